//! The CA that a deployment runs for. Its certificate is in the records, so that all functions have the same one
//! and none has it from a setting, and in the public store, where its certificates' caIssuers leads.

use domain::publication::CA_CERTIFICATE_KEY;
use pki::{CaError, CertificationAuthority, PublicKey};
use ports::{Content, ObjectStore, PortError, Precondition, PutOutcome};
use store::{CaRow, Store, StoreError};

/// The media type of a certificate in DER (RFC 5280 §4.2.2.1).
pub const CA_CERTIFICATE_MEDIA_TYPE: &str = "application/pkix-cert";

/// Why a deployment has no CA that can be used, or not the one that it was to have.
#[derive(Debug, thiserror::Error)]
pub enum CaOnRecordError {
    /// None was put on record yet.
    #[error(
        "this deployment has no CA certificate yet: `cert-reissue-operator ca create-root` gives it one, or \
         `cert-reissue-operator ca request-certificate` and then `ca import-certificate`"
    )]
    Missing,
    /// A CA is for the life of a deployment: what it issued and revoked is published in its name.
    #[error(
        "this deployment has another CA certificate on record, which is never replaced: deploy a new CA beside \
         it, and let this one publish until its last certificate has ended"
    )]
    Other,
    /// What relying parties get is not the CA's certificate.
    #[error(
        "{CA_CERTIFICATE_KEY} in the public bucket is another certificate: find out whose it is, and remove it"
    )]
    OtherPublished,
    /// Nothing that the key signs would verify.
    #[error("the CA certificate on record is not for the key that CA_KEY_ID names")]
    OtherKey,
    /// The record is damaged.
    #[error(transparent)]
    Ca(#[from] CaError),
    /// The records did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The public store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// The CA on record.
///
/// # Errors
///
/// [`CaOnRecordError::Missing`], [`CaOnRecordError::Ca`], or a failure of the records.
pub async fn ca_on_record(store: &Store) -> Result<CertificationAuthority, CaOnRecordError> {
    let row = store.ca_certificate().await?.ok_or(CaOnRecordError::Missing)?;
    Ok(CertificationAuthority::from_certificate(row.certificate.as_bytes())?)
}

/// Puts `authority` on record for good, if it is the CA whose key is `key`. The same one again changes nothing.
///
/// # Errors
///
/// [`CaOnRecordError::OtherKey`], [`CaOnRecordError::Other`], or a failure of the records.
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

/// Whether `authority` is the CA whose key is `key`.
///
/// # Errors
///
/// [`CaOnRecordError::OtherKey`].
pub fn check_key(authority: &CertificationAuthority, key: &PublicKey) -> Result<(), CaOnRecordError> {
    if authority.public_key() == key { Ok(()) } else { Err(CaOnRecordError::OtherKey) }
}

/// Publishes the certificate of `authority` in `objects`. Once it is there, nothing changes.
///
/// # Errors
///
/// [`CaOnRecordError::OtherPublished`], or a failure of the store.
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
