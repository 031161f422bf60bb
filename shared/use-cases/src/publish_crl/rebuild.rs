//! Rebuilds the segments from the revocations table.

use std::collections::BTreeMap;

use super::{PublishCrl, segments::SegmentKey};
use crate::refusal::Failure;
use pki::EntryEncoder;

impl PublishCrl {
    /// Rebuilds the segments. Previously packed entries keep their indexes. Returns the keys of unreadable rows.
    ///
    /// Operators rebuild the segments after segments have been lost or damaged. No publisher may run during the
    /// rebuild. The next publisher packs the revocations that have never been packed. The rebuild holds all revocations
    /// in memory, at a few hundred bytes per revocation.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] if the store fails, and [`Failure::Port`] if the object store fails. The rebuild can
    /// be repeated.
    pub async fn rebuild(&self) -> Result<Vec<String>, Failure> {
        let found = self.store.all_revocations().await?;
        let mut by_segment: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in found.readable {
            if let Some(index) = row.segment_index {
                by_segment.entry(SegmentKey::of(&row.revoked)).or_default().push((index, row.revoked));
            }
        }
        for (key, mut revoked) in by_segment {
            revoked.sort_by_key(|(index, _)| *index);
            let (mut encoder, mut entries) = (EntryEncoder::default(), Vec::new());
            for (_, revoked) in &revoked {
                encoder.encode(revoked, &mut entries);
            }
            self.segments().replace(key, &entries).await?;
        }
        Ok(found.unreadable)
    }
}
