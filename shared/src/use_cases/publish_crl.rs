//! The complete CRL is made from the records, signed, verified and published.
//!
//! Publishers may run at the same time and may die at any moment. What is published never goes back: the
//! object that is replaced is read *before* the revocations, and is replaced only if it is still the same. A
//! CRL number is claimed before it is used, so a dead publisher leaves a gap and never a repetition.

use std::sync::Arc;

use crate::{
    domain::{DAY, Timestamp, revocation::RevokedCertificate},
    pki::{CertificationAuthority, CrlSummary, PreparedCrl, SignedCrl, verify_crl},
    ports::{Clock, ObjectStore, Precondition, PutOutcome, Signer},
    refusal::Failure,
    store::{Effect, Store},
};

/// Where the complete CRL is, in the object store and below the site's root.
pub const COMPLETE_CRL_KEY: &str = "crl/complete.crl";
/// The media type of a CRL (RFC 2585 §4.2).
pub const CRL_MEDIA_TYPE: &str = "application/pkix-crl";
/// nextUpdate is this many seconds after thisUpdate (S/MIME Baseline Requirements §4.9.7: at most 10 days).
pub const CRL_VALIDITY: i64 = 7 * DAY;

/// How often a publisher that another one overtook starts over.
const MAX_TRIES: u32 = 5;

/// Publishes CRLs.
pub struct PublishCrl {
    /// The records.
    pub store: Store,
    /// Holds the CA's private key.
    pub signer: Arc<dyn Signer>,
    /// The CA.
    pub authority: CertificationAuthority,
    /// Where CRLs are published.
    pub objects: Arc<dyn ObjectStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What relying parties have at a moment: a CRL of this CA, unless somebody else wrote there.
struct Published {
    etag: String,
    crl: Option<CrlSummary>,
}

impl PublishCrl {
    /// Publishes a CRL if one of the outbox rows `ids` still waits for it; it serves every waiting row.
    ///
    /// # Errors
    ///
    /// A failure of the records, the signer or the object store. Nothing is lost: the rows still wait.
    pub async fn publish_for(&self, ids: &[String]) -> Result<Option<CrlSummary>, Failure> {
        let mut waiting = Vec::new();
        for id in ids {
            let row = self.store.outbox_row(id).await?;
            waiting.extend(row.filter(|row| row.done_at.is_none()).map(|row| row.id));
        }
        if waiting.is_empty() {
            return Ok(None);
        }
        waiting.extend(self.store.pending(Effect::CRL_QUEUE).await?);
        waiting.sort_unstable();
        waiting.dedup();
        let summary = self.publish().await?;
        for id in &waiting {
            self.store.mark_done(id, self.clock.now()).await?;
        }
        Ok(Some(summary))
    }

    /// Publishes a CRL with every revocation that was committed before the call.
    ///
    /// # Errors
    ///
    /// A failure of the records, the signer or the object store; then the published CRL is as it was, or is
    /// the new one and only the confirmation is missing.
    pub async fn publish(&self) -> Result<CrlSummary, Failure> {
        for _ in 0..MAX_TRIES {
            let published = self.published().await?;
            let crl = self.sign_crl(published.as_ref()).await?;
            if self.replace(published.as_ref(), &crl).await? {
                self.read_back(&crl).await?;
                return Ok(crl.summary());
            }
        }
        Err(Failure::Internal("other publishers were faster, again and again".to_owned()))
    }

    async fn published(&self) -> Result<Option<Published>, Failure> {
        let Some(object) = self.objects.read(COMPLETE_CRL_KEY).await? else { return Ok(None) };
        let crl = verify_crl(&object.bytes, &self.authority)
            .inspect_err(
                |error| tracing::error!(%error, "what is published is no CRL of this CA; it is replaced"),
            )
            .ok();
        Ok(Some(Published { etag: object.etag, crl }))
    }

    async fn sign_crl(&self, published: Option<&Published>) -> Result<SignedCrl, Failure> {
        let previous = published.and_then(|published| published.crl);
        let number = self.store.claim_crl_number(previous.map_or(0, |crl| crl.number)).await?;
        let (revoked, unreadable) = self.store.revocations().await?;
        for serial_number in unreadable {
            tracing::error!(serial_number, "a revocation that cannot be read is left out of the CRL");
        }
        let previous_update = previous.map(|crl| crl.this_update);
        let listed = revoked.iter().filter(|revoked| is_listed(revoked, previous_update));
        let now = self.clock.now();
        let prepared = PreparedCrl::new(&self.authority, number, now, now.plus(CRL_VALIDITY), listed)
            .map_err(|error| internal(&error))?;
        let signature = self.signer.sign_digest(prepared.digest().as_ref()).await?;
        prepared.assemble(&signature).map_err(|error| internal(&error))
    }

    async fn replace(&self, published: Option<&Published>, crl: &SignedCrl) -> Result<bool, Failure> {
        let precondition = match published {
            None => Precondition::Absent,
            Some(published) => Precondition::Unchanged(&published.etag),
        };
        let outcome = self.objects.put(COMPLETE_CRL_KEY, crl.der(), CRL_MEDIA_TYPE, precondition).await?;
        Ok(outcome == PutOutcome::Stored)
    }

    /// What relying parties get is what was signed, or something newer.
    async fn read_back(&self, crl: &SignedCrl) -> Result<(), Failure> {
        let Some(object) = self.objects.read(COMPLETE_CRL_KEY).await? else {
            return Err(Failure::Internal("the CRL that was published is not there".to_owned()));
        };
        if object.bytes == crl.der() {
            return Ok(());
        }
        let found = verify_crl(&object.bytes, &self.authority).map_err(|error| internal(&error))?;
        if found.number > crl.summary().number {
            Ok(())
        } else {
            Err(Failure::Internal("what is published is not what was signed".to_owned()))
        }
    }
}

/// An entry stays until one CRL past the certificate's expiry (RFC 5280 §3.3): it leaves when the CRL before
/// this one was issued after it.
fn is_listed(revoked: &RevokedCertificate, previous_update: Option<Timestamp>) -> bool {
    previous_update.is_none_or(|previous| revoked.not_after >= previous)
}

fn internal(error: &dyn std::error::Error) -> Failure {
    Failure::Internal(error.to_string())
}
