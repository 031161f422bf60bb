//! CRLs that are built from the previous CRL, because a segment is lost or damaged.
//!
//! A CRL must neither expire nor omit an entry because of one unreadable object. The previous CRL contains every entry
//! that was published. The new CRL therefore consists of the entries of the previous CRL and entries for the new
//! revocations. A CRL that was built this way keeps all entries, even after the certificates have expired.

use std::collections::HashMap;

use super::{
    PublishCrl,
    publication::{CheckedCrl, EntrySource, Previous},
    scratch::ScratchFile,
    segments::Segment,
};
use crate::refusal::Failure;
use domain::{crl_scope::CrlScope, revocation::RevokedCertificate};
use pki::{
    CrlReader, EntryEncoder,
    crl::{Entries, EntryReader},
};
use ports::with_causes;
use telemetry::{Place, unreadable};

impl PublishCrl {
    /// Signs and checks a CRL with the entries of `previous` and the entries for `revoked`. `failure` is the reason why
    /// the CRL could not be built from the segments.
    pub(super) async fn assemble_from_previous(
        &self,
        scope: CrlScope,
        previous: &Previous,
        revoked: &[RevokedCertificate],
        failure: &Failure,
    ) -> Result<CheckedCrl, Failure> {
        tracing::error!(%scope, error = with_causes(failure), "the CRL is built from the previous CRL");
        let in_scope = revoked.iter().filter(|revoked| match scope {
            CrlScope::Complete => true,
            CrlScope::Shard(shard) => revoked.crl_shard == Some(shard),
        });
        let entries = self.previous_and_new(previous, in_scope)?;
        let number = self.store.claim_crl_number(scope, previous.summary.number).await?;
        let source = EntrySource::File(&entries);
        let crl = self.signed_and_checked(scope, number, &source, &[], Some(previous)).await?;
        self.report_segments(scope).await?;
        Ok(crl)
    }

    /// Writes the entries of `previous`, and then the entries for `revoked` that `previous` does not contain.
    fn previous_and_new<'a>(
        &self,
        previous: &Previous,
        revoked: impl Iterator<Item = &'a RevokedCertificate>,
    ) -> Result<ScratchFile, Failure> {
        let mut new: HashMap<_, _> =
            revoked.map(|revoked| (revoked.serial_number.as_be_bytes(), revoked)).collect();
        let mut entries = ScratchFile::new(&self.scratch)?;
        let mut listed = CrlReader::new(previous.file.reader()?).map_err(Failure::internal)?;
        while let Some(entry) = listed.next_entry().map_err(Failure::internal)? {
            new.remove(entry.serial_number);
            entries.write(entry.der)?;
        }
        let mut new: Vec<_> = new.into_values().collect();
        new.sort_by(|a, b| a.serial_number.cmp(&b.serial_number));
        let (mut encoder, mut encoded) = (EntryEncoder::default(), Vec::new());
        for revoked in new {
            encoder.encode(revoked, &mut encoded);
        }
        entries.write(&encoded)?;
        Ok(entries)
    }

    /// Reports the damaged segments of `scope`. If every segment can be read, then individual entries or whole segments
    /// have been lost.
    async fn report_segments(&self, scope: CrlScope) -> Result<(), Failure> {
        let mut damaged = Vec::new();
        for segment in self.segments().list(scope).await? {
            if !self.is_intact(&segment).await? {
                damaged.push(segment.key.to_string());
            }
        }
        for key in &damaged {
            unreadable(Place::Segments, key);
        }
        if damaged.is_empty() {
            unreadable(Place::Segments, &format!("the segments of {scope}"));
        }
        Ok(())
    }

    async fn is_intact(&self, segment: &Segment) -> Result<bool, Failure> {
        let mut file = ScratchFile::new(&self.scratch)?;
        match self.segments().read(segment, |piece| file.write(piece)).await {
            Ok(()) => {}
            Err(Failure::Internal(_)) => return Ok(false),
            Err(failure) => return Err(failure),
        }
        let mut entries = EntryReader::new(file.reader()?, file.length());
        loop {
            match entries.next_entry() {
                Ok(Some(_)) => {}
                Ok(None) => return Ok(true),
                Err(_) => return Ok(false),
            }
        }
    }
}
