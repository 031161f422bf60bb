//! Compares the published CRLs and the segments with the revocations in the database.

use std::collections::BTreeMap;

use super::{
    PublishCrl,
    publication::off_the_async_threads,
    scratch::ScratchFile,
    segments::{SEGMENT_FOLDER, SegmentKey},
};
use crate::{
    check_service::{Fault, Finding, Location, unreadable_row},
    refusal::Failure,
};
use domain::{HOUR, Timestamp, crl_scope::CrlScope, publication::crl_key};
use pki::{
    CrlReader,
    crl::{Entries, EntryReader},
};
use store::RecordedRevocation;

/// The time in seconds within which a publisher publishes all CRLs of a round, with ample reserve.
const ROUND_TIME: i64 = HOUR;

/// The findings of [`PublishCrl::inspect`].
#[derive(Debug, Default)]
pub(crate) struct Inspection {
    pub(crate) crls: Vec<Finding>,
    pub(crate) segments: Vec<Finding>,
    pub(crate) rows: Vec<Finding>,
}

/// A summary of the revocations in the database.
#[derive(Default)]
struct Recorded {
    by_segment: BTreeMap<SegmentKey, RecordedEntries>,
    /// The highest number of a CRL that is recorded with a revocation, for each scope.
    last_listed: BTreeMap<CrlScope, u64>,
    /// The latest time at which a CRL listed a revocation. The complete CRL of the same round listed it, too.
    last_listed_at: Option<Timestamp>,
    unreadable: Vec<String>,
}

/// The revocations that belong to one segment.
#[derive(Clone, Copy, Default)]
struct RecordedEntries {
    /// The number of revocations.
    count: u64,
    /// The number of entries that the segment must contain, according to the recorded indexes.
    indexed: u64,
}

impl Recorded {
    fn add(&mut self, row: Result<RecordedRevocation, String>) {
        let row = match row {
            Ok(row) => row,
            Err(key) => return self.unreadable.push(key),
        };
        let entries = self.by_segment.entry(SegmentKey::of(&row.revoked)).or_default();
        entries.count += 1;
        entries.indexed = entries.indexed.max(row.segment_index.map_or(0, |index| index + 1));
        if let Some(listing) = row.listing() {
            let last = self.last_listed.entry(listing.scope).or_default();
            *last = listing.number.max(*last);
            self.last_listed_at = self.last_listed_at.max(Some(listing.at));
        }
    }
}

impl PublishCrl {
    /// Compares CRLs, segments and revocations. A publisher may run at the same time.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] if the store fails, [`Failure::Port`] if an object store fails, and
    /// [`Failure::Internal`] if a scratch file cannot be written.
    pub(crate) async fn inspect(&self) -> Result<Inspection, Failure> {
        let mut inspection = Inspection::default();
        // A revocation is recorded before its entry is appended. The segments are therefore counted first, so that the
        // database has a revocation for every counted entry.
        let counted = self.count_segments(&mut inspection).await?;
        let mut recorded = Recorded::default();
        self.store.for_each_revocation(|row| recorded.add(row)).await?;
        self.compare_segments(&counted, &recorded, &mut inspection).await?;
        for scope in self.all_scopes(&self.segments()).await? {
            inspection.crls.extend(self.inspect_crl(scope, &recorded).await?);
        }
        let unreadable = recorded.unreadable.iter();
        inspection.rows.extend(unreadable.map(|key| Finding::row(key, Fault::Unreadable)));
        Ok(inspection)
    }

    /// Returns the number of entries in each segment that can be read.
    async fn count_segments(
        &self,
        inspection: &mut Inspection,
    ) -> Result<BTreeMap<SegmentKey, u64>, Failure> {
        let mut counted = BTreeMap::new();
        for object in self.segments.list(SEGMENT_FOLDER).await? {
            let Some(key) = SegmentKey::parse(&object.key) else {
                inspection.segments.push(Finding::state(&object.key, Fault::UnknownObject));
                continue;
            };
            match self.count_entries(key).await? {
                Some(count) => drop(counted.insert(key, count)),
                None => inspection.segments.push(Finding::state(&object.key, Fault::Unreadable)),
            }
        }
        Ok(counted)
    }

    /// Returns the number of entries in the segment, or `None` if the segment is damaged. A missing segment has no
    /// entries.
    async fn count_entries(&self, key: SegmentKey) -> Result<Option<u64>, Failure> {
        let Some(object) = self.segments.read(&key.to_string()).await? else { return Ok(Some(0)) };
        let file = ScratchFile::download(&self.scratch, object).await?;
        off_the_async_threads(move || {
            let mut entries = EntryReader::new(file.reader()?, file.length());
            let mut count = 0;
            loop {
                match entries.next_entry() {
                    Ok(Some(_)) => count += 1,
                    Ok(None) => return Ok(Some(count)),
                    Err(_) => return Ok(None),
                }
            }
        })
        .await
    }

    async fn compare_segments(
        &self,
        counted: &BTreeMap<SegmentKey, u64>,
        recorded: &Recorded,
        inspection: &mut Inspection,
    ) -> Result<(), Failure> {
        let mut unrecorded = (0, None);
        for (key, entries) in counted {
            let known = recorded.by_segment.get(key).map_or(0, |known| known.count);
            if *entries > known {
                unrecorded = (unrecorded.0 + entries - known, Some(key));
            }
        }
        if let (count, Some(key)) = unrecorded
            && count > recorded.unreadable.len() as u64
        {
            let newer = format!("the CRL segment {key}");
            inspection.rows.push(Finding::new(Location::Database, Fault::OlderThan(newer)));
        }
        for (key, expected) in recorded.by_segment.iter().map(|(key, known)| (*key, known.indexed)) {
            let is_listed = counted.get(&key).is_some_and(|entries| *entries >= expected);
            let name = key.to_string();
            let is_reported = inspection.segments.iter().any(
                |finding| matches!(&finding.location, Location::StateObject(reported) if *reported == name),
            );
            if is_listed || is_reported || expected == 0 {
                continue;
            }
            // A publisher may have appended entries after the segment was counted.
            let fault = match self.count_entries(key).await? {
                Some(entries) if entries >= expected => continue,
                Some(0) => Fault::Missing,
                Some(entries) => Fault::MissingEntries { entries, expected },
                None => Fault::Unreadable,
            };
            inspection.segments.push(Finding::state(&name, fault));
        }
        Ok(())
    }

    /// Checks the published CRL for `scope`.
    async fn inspect_crl(&self, scope: CrlScope, recorded: &Recorded) -> Result<Option<Finding>, Failure> {
        let key = crl_key(scope);
        let Some(object) = self.objects.read(&key).await? else {
            // A publisher may have crashed after it had claimed the first number.
            let was_listed = match scope {
                CrlScope::Complete => recorded.last_listed_at.is_some(),
                CrlScope::Shard(_) => recorded.last_listed.contains_key(&scope),
            };
            return match self.store.claimed_crl_number(scope).await {
                Ok(0 | 1) if !was_listed => Ok(Some(Finding::published(&key, Fault::NotPublished))),
                Ok(_) => Ok(Some(Finding::published(&key, Fault::Missing))),
                Err(error) => unreadable_row(error).map(Some),
            };
        };
        let file = ScratchFile::download(&self.scratch, object).await?;
        let (authority, publication) = (self.authority.clone(), self.publication.clone());
        let read = off_the_async_threads(move || {
            let contents = CrlReader::new(file.reader()?).and_then(CrlReader::finish);
            let verified = contents.and_then(|crl| Ok((crl.verify(&authority)?, crl)));
            Ok(verified.map(|(summary, crl)| {
                let has_own_url = match scope {
                    CrlScope::Complete => true,
                    CrlScope::Shard(_) => crl.has_distribution_point(&publication.crl(scope)),
                };
                (summary, has_own_url)
            }))
        })
        .await?;
        let (published, has_own_url) = match read {
            Ok(read) => read,
            Err(error) => return Ok(Some(Finding::published(&key, Fault::InvalidCrl(error.to_string())))),
        };
        let number = published.number;
        let claimed = match self.store.claimed_crl_number(scope).await {
            Ok(claimed) => claimed,
            Err(error) => return unreadable_row(error).map(Some),
        };
        // A number is claimed before its CRL is published.
        if number > claimed {
            let newer = format!("the published CRL {key}, which has the number {number}");
            return Ok(Some(Finding::new(Location::Database, Fault::OlderThan(newer))));
        }
        let listed = recorded.last_listed.get(&scope).copied().unwrap_or_default();
        let is_old = recorded.last_listed_at.is_some_and(|at| at.since(published.this_update) > ROUND_TIME);
        let fault = if !has_own_url {
            Some(Fault::OtherPublicationUrl)
        } else if number < listed {
            Some(Fault::OldCrl { published: number, listed })
        } else if scope == CrlScope::Complete && is_old {
            Some(Fault::OldCompleteCrl)
        } else {
            None
        };
        Ok(fault.map(|fault| Finding::published(&key, fault)))
    }
}
