//! The segments made anew from the table of revocations alone.

use std::collections::BTreeMap;

use super::{PublishCrl, segments::SegmentKey};
use crate::refusal::Failure;
use pki::EntryEncoder;

impl PublishCrl {
    /// Makes the segments anew, with the very entries in the very places that were published. Gives the keys of rows
    /// that cannot be read.
    ///
    /// For operators, when segments were lost or damaged; no publisher may run meanwhile. What was never packed is
    /// left to the next publisher. Holds all revocations in memory, some hundred bytes each.
    ///
    /// # Errors
    ///
    /// A failure of the records or the object store; it can be run again.
    pub async fn rebuild(&self) -> Result<Vec<String>, Failure> {
        let found = self.store.all_revocations().await?;
        let mut by_segment: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in found.readable {
            if let Some(place) = row.place {
                by_segment.entry(SegmentKey::of(&row.revoked)).or_default().push((place, row.revoked));
            }
        }
        for (key, mut revoked) in by_segment {
            revoked.sort_by_key(|(place, _)| *place);
            let (mut encoder, mut entries) = (EntryEncoder::default(), Vec::new());
            for (_, revoked) in &revoked {
                encoder.encode(revoked, &mut entries);
            }
            self.segments().replace(key, &entries).await?;
        }
        Ok(found.unreadable)
    }
}
