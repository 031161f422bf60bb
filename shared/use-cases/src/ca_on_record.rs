//! Stores, loads and publishes the CA certificate of a deployment. The CA certificate is stored in the database rather
//! than in a setting, so all functions use the same certificate. The certificate is also published in the public object
//! store, at the caIssuers URL that issued certificates contain.

use domain::publication::CA_CERTIFICATE_KEY;
use pki::{CaError, CertificationAuthority, PublicKey};
use ports::{Content, ObjectStore, PortError, Precondition, PutOutcome};
use store::{CaRow, Store, StoreError};

/// The media type of a DER-encoded certificate (RFC 5280 §4.2.2.1).
pub const CA_CERTIFICATE_MEDIA_TYPE: &str = "application/pkix-cert";

/// An error while storing, loading or publishing the CA certificate.
#[derive(Debug, thiserror::Error)]
pub enum CaOnRecordError {
    /// No CA certificate is stored yet.
    #[error(
        "this deployment has no CA certificate yet; run `cert-reissue-operator ca create-root`, or \
         `cert-reissue-operator ca request-certificate` and then `ca import-certificate`"
    )]
    Missing,
    /// A different CA certificate is already stored. A deployment's CA cannot be replaced, because CRLs for the
    /// certificates that it issued are published in its name.
    #[error(
        "this deployment already has another CA certificate, which cannot be replaced; create a new deployment \
         for the new CA, and keep this deployment running until its last certificate has expired"
    )]
    Other,
    /// The published certificate is not the CA's certificate.
    #[error(
        "{CA_CERTIFICATE_KEY} in the public bucket is another certificate; find out who uses it, and remove it"
    )]
    OtherPublished,
    /// The CA certificate does not contain the configured public key, so signatures with the configured key would be
    /// invalid.
    #[error("the stored CA certificate does not match the key that CA_KEY_ID selects")]
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
/// Returns [`CaOnRecordError::Missing`] if no certificate is stored, [`CaOnRecordError::Ca`] if the stored certificate
/// is damaged, and [`CaOnRecordError::Store`] if the store fails.
pub async fn ca_on_record(store: &Store) -> Result<CertificationAuthority, CaOnRecordError> {
    let row = store.ca_certificate().await?.ok_or(CaOnRecordError::Missing)?;
    Ok(CertificationAuthority::from_certificate(row.certificate.as_bytes())?)
}

/// Permanently stores the certificate of `authority` if `key` is the CA's public key. A repeated call with the same CA
/// changes nothing.
///
/// # Errors
///
/// Returns [`CaOnRecordError::OtherKey`] if `key` is not the CA's public key, [`CaOnRecordError::Other`] if another CA
/// is already stored, and [`CaOnRecordError::Store`] if the store fails.
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

/// Checks that `key` is the public key of `authority`.
///
/// # Errors
///
/// Returns [`CaOnRecordError::OtherKey`] if `key` is not the CA's public key.
pub fn check_key(authority: &CertificationAuthority, key: &PublicKey) -> Result<(), CaOnRecordError> {
    if authority.public_key() == key { Ok(()) } else { Err(CaOnRecordError::OtherKey) }
}

/// Publishes the certificate of `authority` in `objects`. Does nothing if the certificate is already published.
///
/// # Errors
///
/// Returns [`CaOnRecordError::OtherPublished`] if another certificate is published, and [`CaOnRecordError::Port`] if
/// the object store fails.
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
