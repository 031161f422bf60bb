//! Compares the database, the keys, the CRLs, the CRL segments and the audit log with each other.
//!
//! The checks change nothing, and they can run while the service is running: each comparison reads the side that is
//! written first after the side that is written last. The checks read each revocation, each segment and each CRL once,
//! each pending outbox row, and the newest [`MAX_LOG_OBJECTS`] objects of the audit log. Their memory use does not
//! depend on the number of revocations. The rows of enrollments are not read; an unreadable one is reported when a
//! request reads it.

mod audit_log;
mod finding;

use std::sync::Arc;

pub use self::{
    audit_log::MAX_LOG_OBJECTS,
    finding::{Check, Fault, Finding, KeyPurpose, Location, Remedy, Wording},
};
use crate::{
    publish_crl::{Inspection, PublishCrl},
    refusal::Failure,
};
use domain::credential_keys::CredentialKeys;
use pki::{PublicKey, ocsp::ResponderCertificate};
use ports::ObjectStore;
use store::{Effect, KeyFingerprints, Store, StoreError};

pub struct CheckService {
    /// The publisher whose CRLs and segments are checked.
    pub publisher: PublishCrl,
    /// The object store that contains the audit log.
    pub log: Arc<dyn ObjectStore>,
    pub keys: CurrentKeys,
}

/// The keys that the service uses now.
pub struct CurrentKeys {
    pub ca: PublicKey,
    pub statement: PublicKey,
    pub ocsp: PublicKey,
    /// The keys that are derived from the code key.
    pub credentials: CredentialKeys,
}

impl CurrentKeys {
    fn fingerprints(&self) -> KeyFingerprints {
        KeyFingerprints {
            ca: self.ca.thumbprint(),
            statement: self.statement.thumbprint(),
            ocsp: self.ocsp.thumbprint(),
            code: self.credentials.fingerprint(),
        }
    }
}

impl CheckService {
    /// Performs all checks, and returns the findings of each check.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] if the database cannot be reached, [`Failure::Port`] if an object store cannot be
    /// reached, and [`Failure::Internal`] if a scratch file cannot be written.
    pub async fn check(&self) -> Result<Vec<(Check, Vec<Finding>)>, Failure> {
        let keys = self.check_keys().await?;
        let Inspection { crls, segments, mut rows } = self.publisher.inspect().await?;
        let log = self.check_audit_log().await?;
        rows.extend(self.check_outbox().await?);
        Ok(vec![
            (Check::Keys, keys),
            (Check::Crls, crls),
            (Check::Segments, segments),
            (Check::AuditLog, log),
            (Check::Rows, rows),
        ])
    }

    /// Records the fingerprints of the current keys. The next check compares the keys with these fingerprints.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] with [`StoreError::Conflict`] if the CA key or the code key differs from the recorded
    /// one. Neither can be replaced.
    pub async fn record_keys(&self) -> Result<(), Failure> {
        Ok(self.store().record_key_fingerprints(&self.keys.fingerprints()).await?)
    }

    fn store(&self) -> &Store {
        &self.publisher.store
    }

    async fn check_keys(&self) -> Result<Vec<Finding>, Failure> {
        let mut findings = Vec::new();
        if *self.publisher.authority.public_key() != self.keys.ca {
            findings.push(Finding::new(Location::CaCertificate, Fault::OtherCaKey));
        }
        match self.store().key_fingerprints().await {
            Ok(None) => findings.push(Finding::new(Location::Database, Fault::KeysNotRecorded)),
            Ok(Some(recorded)) => findings.extend(replaced_keys(&recorded, &self.keys.fingerprints())),
            Err(error) => findings.push(unreadable_row(error)?),
        }
        match self.store().ocsp_responder().await {
            Ok(None) => {}
            Ok(Some(row)) => {
                let certificate =
                    ResponderCertificate::parse(row.certificate.as_bytes(), &self.publisher.authority);
                if !certificate.is_ok_and(|certificate| *certificate.public_key() == self.keys.ocsp) {
                    findings.push(Finding::row("OCSP#RESPONDER", Fault::OtherResponder));
                }
            }
            Err(error) => findings.push(unreadable_row(error)?),
        }
        Ok(findings)
    }

    /// Returns the pending outbox rows that cannot be read.
    async fn check_outbox(&self) -> Result<Vec<Finding>, Failure> {
        let mut findings = Vec::new();
        for queue in Effect::QUEUES {
            for id in self.store().pending(queue).await? {
                if let Err(error) = self.store().outbox_row(&id).await {
                    findings.push(unreadable_row(error)?);
                }
            }
        }
        Ok(findings)
    }
}

fn replaced_keys(
    recorded: &KeyFingerprints,
    current: &KeyFingerprints,
) -> impl Iterator<Item = Finding> + use<> {
    let pairs = [
        (KeyPurpose::Ca, recorded.ca == current.ca),
        (KeyPurpose::Statement, recorded.statement == current.statement),
        (KeyPurpose::Ocsp, recorded.ocsp == current.ocsp),
        (KeyPurpose::Code, recorded.code == current.code),
    ];
    let replaced = pairs.into_iter().filter(|(_, is_same)| !is_same);
    replaced.map(|(purpose, _)| Finding::new(Location::Key(purpose), Fault::OtherKey))
}

/// Converts the error of an unreadable row to a finding, and returns other errors.
pub(crate) fn unreadable_row(error: StoreError) -> Result<Finding, Failure> {
    match error {
        StoreError::Unreadable(key) => Ok(Finding::row(&key, Fault::Unreadable)),
        error => Err(error.into()),
    }
}
