//! CRL segments. Each segment contains the CRL entries for the certificates of one shard that expire in the same month.
//! The entries are encoded in DER and stored in the order in which they were packed.
//!
//! Entries are only appended to a segment, so a segment can be read during an update. After the month of a segment has
//! passed, CRLs omit the whole segment. The segment's object is not deleted, because it is small and earlier CRLs were
//! generated from it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::Path,
};

use time::{Date, Month};

use super::{
    MAX_TRIES,
    missing_entries::{MissingEntries, missing_entries},
    scratch::ScratchFile,
};
use crate::refusal::Failure;
use domain::{
    Timestamp,
    crl_scope::{CrlScope, CrlShard},
    numbers::SerialNumber,
    revocation::RevokedCertificate,
};
use ports::{Content, ObjectStore, Precondition, PutOutcome};
use telemetry::{Place, unreadable};

const MEDIA_TYPE: &str = "application/octet-stream";

/// The folder of the segments in the object store.
pub(crate) const SEGMENT_FOLDER: &str = "revoked/";

/// The month in which certificates expire, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ExpiryMonth {
    year: i32,
    month: u8,
}

/// The key of a segment. Keys are ordered like the segments in a CRL: by month, then by shard. Within a month,
/// certificates without a shard come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SegmentKey {
    pub(super) month: ExpiryMonth,
    pub(super) shard: Option<CrlShard>,
}

/// A segment, and its length at the time of the listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Segment {
    pub(super) key: SegmentKey,
    /// The segment's length in octets.
    pub(super) length: u64,
}

/// The result of appending revocations to their segments.
#[derive(Default)]
pub(super) struct Appended {
    /// The zero-based index of each revocation in its segment.
    pub(super) indexes: Vec<(SerialNumber, u64)>,
    /// The revocations whose segment is damaged.
    pub(super) rejected: BTreeSet<SerialNumber>,
}

pub(super) struct Segments<'a> {
    pub(super) store: &'a dyn ObjectStore,
    pub(super) scratch: &'a Path,
}

impl ExpiryMonth {
    fn of(not_after: Timestamp) -> Self {
        let date = not_after.to_utc();
        Self { year: date.year(), month: date.month().into() }
    }

    /// Returns true if this month ended before `time`, which means that all its certificates have expired.
    pub(super) fn has_ended_before(self, time: Timestamp) -> bool {
        self < Self::of(time)
    }

    fn parse(name: &str) -> Option<Self> {
        let (year, month) = name.split_once('-')?;
        let parsed = Self { year: year.parse().ok()?, month: month.parse().ok()? };
        Date::from_calendar_date(parsed.year, Month::try_from(parsed.month).ok()?, 1).ok()?;
        (parsed.to_string() == name).then_some(parsed)
    }
}

impl fmt::Display for ExpiryMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl SegmentKey {
    /// Returns the key of the segment to which the entry for `revoked` belongs.
    pub(super) fn of(revoked: &RevokedCertificate) -> Self {
        Self { month: ExpiryMonth::of(revoked.not_after), shard: revoked.crl_shard }
    }

    pub(super) fn parse(key: &str) -> Option<Self> {
        let (shard, month) = key.strip_prefix(SEGMENT_FOLDER)?.split_once('/')?;
        let shard = match shard {
            "unsharded" => None,
            name => match name.parse().ok()? {
                CrlScope::Shard(shard) => Some(shard),
                CrlScope::Complete => return None,
            },
        };
        Some(Self { month: ExpiryMonth::parse(month)?, shard })
    }
}

/// Formats the key of the segment's object, such as `revoked/shard-7/2028-08`.
impl fmt::Display for SegmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shard {
            None => write!(f, "{SEGMENT_FOLDER}unsharded/{}", self.month),
            Some(shard) => write!(f, "{SEGMENT_FOLDER}{}/{}", CrlScope::Shard(shard), self.month),
        }
    }
}

impl Segments<'_> {
    /// Lists the segments of the CRL for `scope`, in CRL order.
    pub(super) async fn list(&self, scope: CrlScope) -> Result<Vec<Segment>, Failure> {
        let prefix = match scope {
            CrlScope::Complete => SEGMENT_FOLDER.to_owned(),
            CrlScope::Shard(_) => format!("{SEGMENT_FOLDER}{scope}/"),
        };
        let mut segments = Vec::new();
        for object in self.store.list(&prefix).await? {
            match SegmentKey::parse(&object.key) {
                Some(key) => segments.push(Segment { key, length: object.length }),
                None => unreadable(Place::Segments, &object.key),
            }
        }
        segments.sort_unstable();
        Ok(segments)
    }

    /// Passes the content of `segment` to `take`, piece by piece.
    pub(super) async fn read(
        &self,
        segment: &Segment,
        mut take: impl FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let gone = || Failure::internal(format!("the segment {} is missing or too short", segment.key));
        let mut object = self.store.read(&segment.key.to_string()).await?.ok_or_else(gone)?;
        let mut left = segment.length;
        while left > 0 {
            let piece = object.body.next().await?.ok_or_else(gone)?;
            let wanted = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            take(&piece[..wanted])?;
            left -= wanted as u64;
        }
        Ok(())
    }

    /// Appends the entries of `revoked` to their segments, except entries that the segments already contain. A damaged
    /// segment is reported and left unchanged.
    pub(super) async fn append(&self, revoked: &[RevokedCertificate]) -> Result<Appended, Failure> {
        let mut by_segment: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for revoked in revoked {
            by_segment.entry(SegmentKey::of(revoked)).or_default().push(revoked);
        }
        let mut appended = Appended::default();
        for (key, mut revoked) in by_segment {
            // Sorting ensures that the same rows always result in the same bytes.
            revoked.sort_by(|a, b| a.serial_number.cmp(&b.serial_number));
            match self.append_to(key, &revoked).await? {
                Some(indexes) => appended.indexes.extend(indexes),
                None => {
                    unreadable(Place::Segments, &key.to_string());
                    appended.rejected.extend(revoked.iter().map(|revoked| revoked.serial_number.clone()));
                }
            }
        }
        Ok(appended)
    }

    /// Appends the entries of `revoked` to one segment and returns their indexes, or `None` if the segment is damaged.
    async fn append_to(
        &self,
        key: SegmentKey,
        revoked: &[&RevokedCertificate],
    ) -> Result<Option<Vec<(SerialNumber, u64)>>, Failure> {
        let key = key.to_string();
        for _ in 0..MAX_TRIES {
            let (etag, mut file) = match self.store.read(&key).await? {
                None => (None, ScratchFile::new(self.scratch)?),
                Some(object) => {
                    (Some(object.etag.clone()), ScratchFile::download(self.scratch, object).await?)
                }
            };
            let Some(MissingEntries { appended, indexes }) = missing_entries(&file, revoked)? else {
                return Ok(None);
            };
            if appended.is_empty() {
                return Ok(Some(indexes));
            }
            file.write(&appended)?;
            let precondition = etag.as_deref().map_or(Precondition::Absent, Precondition::Unchanged);
            let outcome = self.store.put(&key, file.content(), MEDIA_TYPE, precondition).await?;
            if outcome == PutOutcome::Stored {
                return Ok(Some(indexes));
            }
        }
        Err(Failure::internal(format!(
            "{key} could not be written, because other publishers kept writing it"
        )))
    }

    /// Replaces the content of a segment, or creates the segment if it does not exist.
    pub(super) async fn replace(&self, key: SegmentKey, entries: &[u8]) -> Result<(), Failure> {
        let key = key.to_string();
        for _ in 0..MAX_TRIES {
            let etag = self.store.read(&key).await?.map(|object| object.etag);
            let precondition = etag.as_deref().map_or(Precondition::Absent, Precondition::Unchanged);
            let outcome = self.store.put(&key, Content::Bytes(entries), MEDIA_TYPE, precondition).await?;
            if outcome == PutOutcome::Stored {
                return Ok(());
            }
        }
        Err(Failure::internal(format!(
            "{key} could not be replaced, because other publishers kept writing it"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::try_from(seconds).unwrap()
    }

    #[test]
    fn a_month_ends_with_its_last_second() {
        let august = ExpiryMonth::parse("2028-08").unwrap();
        // 2028-09-01T00:00:00Z
        let end = 1_851_379_200;
        assert_eq!(ExpiryMonth::of(at(end - 1)), august);
        assert!(!august.has_ended_before(at(end - 1)));
        assert!(august.has_ended_before(at(end)));
    }

    #[test]
    fn keys_have_one_form_and_sort_by_month() {
        let keys = ["revoked/shard-9/2028-08", "revoked/unsharded/2028-09", "revoked/shard-10/2028-09"];
        let parsed = keys.map(|key| SegmentKey::parse(key).unwrap());
        assert_eq!(parsed.map(|key| key.to_string()), keys);
        assert!(parsed.is_sorted());
        for key in [
            "revoked/shard-9/2028-8",
            "revoked/shard-09/2028-08",
            "revoked/complete/2028-08",
            "revoked/shard-9/2028-13",
            "revoked/2028-08",
            "other/shard-9/2028-08",
        ] {
            assert_eq!(SegmentKey::parse(key), None, "{key}");
        }
    }
}
