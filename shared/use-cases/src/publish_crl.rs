//! Packs revocations into segments, and signs, verifies and publishes the complete CRL and its shards.
//!
//! The revocations table is authoritative. Each revocation is *packed* once, which means that its entry is encoded and
//! appended to a segment. A CRL is an envelope around concatenated segments. A revocation's `unlisted` attribute is
//! removed after the CRLs that list the revocation have been published.
//!
//! Publishers may run concurrently and may crash at any time. The next publisher completes unfinished work. A publisher
//! reads the published CRL *before* it reads the segments, and replaces the CRL only if it has not changed. Therefore,
//! an older CRL never replaces a newer CRL. Each CRL number is claimed before it is used. A crash can leave a gap in
//! the numbers, but a number is never used twice.

mod fallback;
mod inspection;
mod missing_entries;
mod publication;
mod rebuild;
mod scratch;
mod segments;

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

pub(crate) use self::{inspection::Inspection, segments::SEGMENT_FOLDER};

use self::segments::{Appended, Segments};
use crate::refusal::Failure;
use domain::{
    DAY,
    crl_scope::{CrlScope, CrlShard, ShardCount},
    publication::{CRL_FOLDER, PublicationUrl, crl_scope},
    revocation::{Listing, RevokedCertificate},
};
use pki::{CertificationAuthority, CrlSummary};
use ports::{Clock, ObjectStore, Signer, with_causes};
use store::{Effect, OutboxRow, Store, StoreError};
use telemetry::{Place, metrics, unreadable};

/// The media type of a CRL (RFC 2585 §4.2).
pub const CRL_MEDIA_TYPE: &str = "application/pkix-crl";
/// The time from thisUpdate to nextUpdate, in seconds (S/MIME Baseline Requirements §4.9.7: at most 10 days).
pub const CRL_VALIDITY: i64 = 7 * DAY;

/// The maximum number of attempts when other publishers are faster than this publisher.
const MAX_TRIES: u32 = 5;
/// The maximum number of revocations in one round, which limits memory use. Additional revocations are published in
/// later rounds.
const MAX_ROUND: usize = 10_000;

pub struct PublishCrl {
    pub store: Store,
    /// The signer that uses the CA's private key.
    pub signer: Arc<dyn Signer>,
    pub authority: CertificationAuthority,
    /// The object store for published CRLs.
    pub objects: Arc<dyn ObjectStore>,
    /// The object store for segments. Only the publisher reads and writes segments.
    pub segments: Arc<dyn ObjectStore>,
    /// The base URL from which relying parties download the CRLs.
    pub publication: PublicationUrl,
    /// The number of CRL shards for new certificates. Every shard is published, even if it is empty.
    pub shards: ShardCount,
    pub clock: Arc<dyn Clock>,
    /// The folder for scratch files. The folder must have free space for at least three times the size of the complete
    /// CRL.
    pub scratch: PathBuf,
}

/// The result of a publisher run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// The published CRLs, in the order of their publication.
    pub crls: Vec<(CrlScope, CrlSummary)>,
    /// The keys of unreadable revocations. Unreadable revocations are not listed on a CRL, and remain in the index of
    /// unlisted revocations.
    pub unreadable: Vec<String>,
}

/// The trigger of a run, which determines which CRLs are published.
enum PublishTrigger {
    /// A new revocation, which requires publishing only the CRLs that list it.
    Revocation,
    /// The schedule, which requires publishing all CRLs.
    Schedule,
}

impl PublishCrl {
    /// Publishes CRLs that list the revocations in the outbox rows `ids` and all other pending revocations. CRLs
    /// without new revocations are not republished.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] if the store fails, [`Failure::Port`] if the signer or an object store fails, and
    /// [`Failure::Internal`] if no valid CRL can be created. The rows remain pending after an error, so revocations are
    /// not lost.
    pub async fn publish_for(&self, ids: &[String]) -> Result<Published, Failure> {
        let (named, unreadable) = self.waiting(ids).await?;
        if named.is_empty() && unreadable == 0 {
            return Ok(Published::default());
        }
        let others = self.store.pending(Effect::CRL_QUEUE).await?;
        let (mut waiting, _) = self.waiting(&others).await?;
        waiting.extend(named);
        let serial_numbers = waiting.iter().filter_map(|row| match &row.effect {
            Effect::Crl { serial_number } => Some(serial_number.to_string()),
            _ => None,
        });
        let published = self.run(serial_numbers.collect(), PublishTrigger::Revocation).await?;
        for row in &waiting {
            self.store.mark_done(&row.id, self.clock.now()).await?;
        }
        Ok(published)
    }

    /// Republishes every CRL. The new CRLs list all revocations from the index of unlisted revocations.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] if the store fails, [`Failure::Port`] if the signer or an object store fails, and
    /// [`Failure::Internal`] if no valid CRL can be created. After an error, each CRL is either unchanged or completely
    /// replaced.
    pub async fn publish_all(&self) -> Result<Published, Failure> {
        self.run(BTreeSet::new(), PublishTrigger::Schedule).await
    }

    /// Returns the rows with these ids that are not done, and the number of rows that cannot be read. The index of
    /// unlisted revocations also contains the revocations of unreadable rows.
    async fn waiting(&self, ids: &[String]) -> Result<(Vec<OutboxRow>, usize), Failure> {
        let (mut waiting, mut unreadable_rows) = (Vec::new(), 0);
        for id in ids {
            match self.store.outbox_row(id).await {
                Ok(row) => waiting.extend(row.filter(|row| row.done_at.is_none())),
                Err(StoreError::Unreadable(_)) => {
                    unreadable(Place::Outbox, id);
                    unreadable_rows += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok((waiting, unreadable_rows))
    }

    /// Packs revocations and publishes CRLs in rounds until no revocation is pending. `keys` contains revocations that
    /// may be missing from the index.
    async fn run(
        &self,
        mut keys: BTreeSet<String>,
        mut trigger: PublishTrigger,
    ) -> Result<Published, Failure> {
        let mut published = Published::default();
        loop {
            let unlisted = self.store.unlisted_revocations(MAX_ROUND).await?;
            let is_last = unlisted.len() < MAX_ROUND;
            keys.extend(unlisted);
            let progress = self.round(std::mem::take(&mut keys), &trigger, &mut published).await?;
            if is_last || !progress {
                return Ok(published);
            }
            trigger = PublishTrigger::Revocation;
        }
    }

    /// Packs the revocations with these keys, publishes CRLs, and marks the revocations as listed. Returns true if any
    /// of the revocations was unlisted.
    async fn round(
        &self,
        keys: BTreeSet<String>,
        trigger: &PublishTrigger,
        published: &mut Published,
    ) -> Result<bool, Failure> {
        let keys: Vec<_> = keys.into_iter().collect();
        let mut found = self.store.revocations(&keys).await?;
        for serial_number in &found.unreadable {
            unreadable(Place::Revocations, serial_number);
        }
        published.unreadable.append(&mut found.unreadable);
        found.readable.retain(store::RecordedRevocation::is_unlisted);
        let revoked: Vec<_> = found.readable.into_iter().map(|row| row.revoked).collect();

        let segments = self.segments();
        let Appended { indexes, rejected } = segments.append(&revoked).await?;
        self.store.record_segment_indexes(&indexes).await?;

        let mut scopes: BTreeSet<_> =
            revoked.iter().filter_map(|revoked| revoked.crl_shard).map(CrlScope::Shard).collect();
        if !revoked.is_empty() {
            scopes.insert(CrlScope::Complete);
        }
        if matches!(trigger, PublishTrigger::Schedule) {
            scopes.extend(self.all_scopes(&segments).await?);
        }
        let crls = self.publish_scopes(&scopes, &revoked).await?;

        // A revocation stays marked as unlisted until its segment contains its entry.
        let packed = revoked.iter().filter(|revoked| !rejected.contains(&revoked.serial_number));
        let listings = packed.filter_map(|revoked| {
            let scope = revoked.crl_shard.map_or(CrlScope::Complete, CrlScope::Shard);
            let (_, crl) = crls.iter().find(|(published, _)| *published == scope)?;
            let listing = Listing { scope, number: crl.number, at: crl.this_update };
            Some((revoked.serial_number.clone(), listing))
        });
        self.store.record_listings(&listings.collect::<Vec<_>>()).await?;
        published.crls.extend(crls);
        Ok(!revoked.is_empty())
    }

    /// Returns every scope that has a CRL. If the number of shards was reduced, the result still includes the removed
    /// shards.
    async fn all_scopes(&self, segments: &Segments<'_>) -> Result<BTreeSet<CrlScope>, Failure> {
        let with_segments = segments.list(CrlScope::Complete).await?.into_iter();
        let mut scopes: BTreeSet<_> =
            with_segments.filter_map(|segment| segment.key.shard).map(CrlScope::Shard).collect();
        scopes.extend(CrlShard::all(self.shards).map(CrlScope::Shard));
        // The segments of a published CRL may have been lost, so published CRLs are also included.
        let published = self.objects.list(CRL_FOLDER).await?;
        scopes.extend(published.iter().filter_map(|object| crl_scope(&object.key)));
        scopes.insert(CrlScope::Complete);
        Ok(scopes)
    }

    /// Publishes the CRL for each scope in `scopes`. If publishing one CRL fails, the remaining CRLs are still
    /// published.
    ///
    /// # Errors
    ///
    /// Returns the first failure, after an attempt to publish every CRL.
    async fn publish_scopes(
        &self,
        scopes: &BTreeSet<CrlScope>,
        revoked: &[RevokedCertificate],
    ) -> Result<Vec<(CrlScope, CrlSummary)>, Failure> {
        let (mut crls, mut failure) = (Vec::new(), None);
        for &scope in scopes {
            match self.publish_scope(scope, revoked).await {
                Ok(crl) => {
                    metrics::CRLS_PUBLISHED.record(1, [&scope.to_string()]);
                    tracing::info!(
                        %scope,
                        crlNumber = crl.number,
                        entries = crl.entry_count,
                        thisUpdate = crl.this_update.to_rfc3339(),
                        nextUpdate = crl.next_update.to_rfc3339(),
                        "a CRL was published"
                    );
                    crls.push((scope, crl));
                }
                Err(error) => {
                    tracing::error!(%scope, error = with_causes(&error), "the CRL could not be published");
                    failure = failure.or(Some(error));
                }
            }
        }
        failure.map_or(Ok(crls), Err)
    }

    fn segments(&self) -> Segments<'_> {
        Segments { store: self.segments.as_ref(), scratch: &self.scratch }
    }
}
