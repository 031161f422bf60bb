//! The CA of a deployment. Its certificate is in the store, so all functions use the same certificate and no setting
//! contains it. The certificate is also published in the public object store, where the caIssuers URL of issued
//! certificates points.

use domain::publication::CA_CERTIFICATE_KEY;
use pki::{CaError, CertificationAuthority, PublicKey};
use ports::{Content, ObjectStore, PortError, Precondition, PutOutcome};
use store::{CaRow, Store, StoreError};

/// The media type of a certificate in DER (RFC 5280 §4.2.2.1).
pub const CA_CERTIFICATE_MEDIA_TYPE: &str = "application/pkix-cert";

/// The reason why a deployment has no usable CA, or has an unexpected CA.
#[derive(Debug, thiserror::Error)]
pub enum CaOnRecordError {
    /// No CA certificate is stored yet.
    #[error(
        "this deployment has no CA certificate yet: `cert-reissue-operator ca create-root` gives it one, or \
         `cert-reissue-operator ca request-certificate` and then `ca import-certificate`"
    )]
    Missing,
    /// Another CA certificate is stored. The CA of a deployment cannot be replaced, because the CRLs of its
    /// certificates are published in its name.
    #[error(
        "this deployment has another CA certificate on record, which is never replaced: deploy a new CA beside \
         it, and let this one publish until its last certificate has ended"
    )]
    Other,
    /// The published certificate is not the CA's certificate.
    #[error(
        "{CA_CERTIFICATE_KEY} in the public bucket is another certificate: find out whose it is, and remove it"
    )]
    OtherPublished,
    /// The stored certificate contains another public key. Signatures with the configured key would not verify.
    #[error("the CA certificate on record is not for the key that CA_KEY_ID names")]
    OtherKey,
    /// The stored certificate is damaged.
    #[error(transparent)]
    Ca(#[from] CaError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The public object store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Returns the stored CA.
///
/// # Errors
///
/// [`CaOnRecordError::Missing`], [`CaOnRecordError::Ca`], or [`CaOnRecordError::Store`] if the store fails.
pub async fn ca_on_record(store: &Store) -> Result<CertificationAuthority, CaOnRecordError> {
    let row = store.ca_certificate().await?.ok_or(CaOnRecordError::Missing)?;
    Ok(CertificationAuthority::from_certificate(row.certificate.as_bytes())?)
}

/// Stores the certificate of `authority` permanently, if `key` is the CA's key. A repeated call with the same CA
/// changes nothing.
///
/// # Errors
///
/// [`CaOnRecordError::OtherKey`], [`CaOnRecordError::Other`], or [`CaOnRecordError::Store`] if the store fails.
pub async fn put_on_record(
    store: &Store,
    authority: &CertificationAuthority,
    key: &PublicKey,
) -> Result<(), CaOnRecordError> {
    check_key(authority, key)?;
    match store.record_ca_certificate(&CaRow { certificate: authority.certificate_pem() }).await {
        Err(StoreError::Conflict(_)) => Err(CaOnRecordError::Other),
        outcome => Ok(outcome?),
    }
}

/// Checks that `key` is the key of the CA `authority`.
///
/// # Errors
///
/// [`CaOnRecordError::OtherKey`].
pub fn check_key(authority: &CertificationAuthority, key: &PublicKey) -> Result<(), CaOnRecordError> {
    if authority.public_key() == key { Ok(()) } else { Err(CaOnRecordError::OtherKey) }
}

/// Publishes the certificate of `authority` in `objects`. Changes nothing if it is already published.
///
/// # Errors
///
/// [`CaOnRecordError::OtherPublished`], or [`CaOnRecordError::Port`] if the object store fails.
pub async fn publish_ca_certificate(
    objects: &dyn ObjectStore,
    authority: &CertificationAuthority,
) -> Result<(), CaOnRecordError> {
    let certificate = authority.certificate_der();
    let content = Content::Bytes(certificate);
    let outcome =
        objects.put(CA_CERTIFICATE_KEY, content, CA_CERTIFICATE_MEDIA_TYPE, Precondition::Absent).await?;
    if outcome == PutOutcome::Stored {
        return Ok(());
    }
    let published = objects.read(CA_CERTIFICATE_KEY).await?.ok_or(CaOnRecordError::OtherPublished)?;
    if published.collect().await? == certificate { Ok(()) } else { Err(CaOnRecordError::OtherPublished) }
}
