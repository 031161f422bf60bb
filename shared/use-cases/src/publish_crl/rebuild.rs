//! Rebuilds the segments from the table of revocations.

use std::collections::BTreeMap;

use super::{PublishCrl, segments::SegmentKey};
use crate::refusal::Failure;
use pki::EntryEncoder;

impl PublishCrl {
    /// Rebuilds the segments. Published entries get the same indexes as before. Returns the keys of rows that cannot be
    /// read.
    ///
    /// Operators use this method after segments were lost or damaged. No publisher may run at the same time. The next
    /// publisher packs the revocations that were never packed. All revocations are in memory at the same time. Each
    /// revocation needs a few hundred bytes.
    ///
    /// # Errors
    ///
    /// [`Failure::Store`] or [`Failure::Port`] if the store or the object store fails. The rebuild can be repeated.
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
