//! One CRL: made of its segments, signed, checked and published.

use std::sync::Arc;

use ring::digest::Digest;

use super::{
    CRL_MEDIA_TYPE, CRL_VALIDITY, PublishCrl,
    scratch::{HashedFile, ScratchFile},
    segments::{Segment, SegmentKey},
};
use crate::refusal::Failure;
use domain::{crl_scope::CrlScope, numbers::SerialNumber, publication::crl_key};
use pki::{
    CertificationAuthority, CrlFields, CrlFrame, CrlReader, CrlSummary,
    crl::{Entries, EntryReader, compare_with_previous},
    lint::{CrlExpectation, lint_crl},
};
use ports::{Object, Precondition, PutOutcome};

/// How often a publisher that another one overtook starts over.
const MAX_TRIES: u32 = 5;

/// What relying parties have at a moment: a CRL of this CA, unless somebody else wrote there.
struct Current {
    etag: String,
    crl: Option<Previous>,
}

/// The CRL that the next one follows.
#[derive(Clone)]
struct Previous {
    file: Arc<ScratchFile>,
    summary: CrlSummary,
    /// The certificate of its first entry.
    first_listed: Option<SerialNumber>,
}

/// The segments of a CRL: those that have left it, if the one before it may list them, and those that it lists.
struct Selection {
    expired: Vec<Segment>,
    listed: Vec<Segment>,
}

impl PublishCrl {
    /// Publishes the CRL of `scope` with everything that was packed before the call.
    ///
    /// # Errors
    ///
    /// A failure of the records, the signer or an object store, or a CRL that is not as it must be; then the published
    /// one is as it was, or is the new one and only the confirmation is missing.
    pub(super) async fn publish_scope(&self, scope: CrlScope) -> Result<CrlSummary, Failure> {
        for _ in 0..MAX_TRIES {
            let current = self.current(scope).await?;
            let previous = current.as_ref().and_then(|current| current.crl.as_ref());
            let published_number = previous.map_or(0, |previous| previous.summary.number);
            let number = self.store.claim_crl_number(scope, published_number).await?;
            let segments = self.segments().list(scope).await?;
            let selection = self.select(segments, previous).await?;
            let (file, fields) = self.sign(scope, number, &selection.listed).await?;
            let file = Arc::new(file);
            let summary = self.check(&file, &fields, selection, previous).await?;
            if self.replace(scope, current.as_ref(), &file).await? {
                self.read_back(scope, &file, summary).await?;
                return Ok(summary);
            }
        }
        Err(Failure::Internal("other publishers were faster, again and again".to_owned()))
    }

    async fn current(&self, scope: CrlScope) -> Result<Option<Current>, Failure> {
        let Some(object) = self.objects.read(&crl_key(scope)).await? else { return Ok(None) };
        let etag = object.etag.clone();
        let crl = match self.download(object).await? {
            Ok(crl) => Some(crl),
            Err(error) => {
                tracing::error!(%scope, %error, "what is published is no CRL of this CA; it is replaced");
                None
            }
        };
        Ok(Some(Current { etag, crl }))
    }

    /// `object` in a scratch file, and what it says if it is a CRL of this CA.
    async fn download(&self, object: Object) -> Result<Result<Previous, Failure>, Failure> {
        let file = ScratchFile::download(&self.scratch, object).await?;
        let authority = self.authority.clone();
        Ok(off_the_async_threads(move || Previous::read(file, &authority)).await)
    }

    /// A segment stays until one CRL past the expiry of all its certificates (RFC 5280 §3.3): it leaves when the CRL
    /// before this one was issued after its month.
    async fn select(
        &self,
        segments: Vec<Segment>,
        previous: Option<&Previous>,
    ) -> Result<Selection, Failure> {
        let Some(previous) = previous else {
            return Ok(Selection { expired: Vec::new(), listed: segments });
        };
        let has_left = |segment: &Segment| segment.key.month.has_ended_before(previous.summary.this_update);
        let (mut expired, listed) = segments.into_iter().partition::<Vec<_>, _>(has_left);
        if previous.summary.entry_count == 0 {
            expired.clear();
        } else if !expired.is_empty() {
            let first = self.first_segment(previous).await?;
            expired.retain(|segment| first.is_none_or(|first| segment.key >= first));
        }
        Ok(Selection { expired, listed })
    }

    /// The first segment that `previous` lists; `None` when the records do not say. Those that come before it had left
    /// already, so they need not be read to compare.
    async fn first_segment(&self, previous: &Previous) -> Result<Option<SegmentKey>, Failure> {
        let keys: Vec<_> = previous.first_listed.iter().map(ToString::to_string).collect();
        let found = self.store.revocations(&keys).await?;
        Ok(found.readable.first().map(|row| SegmentKey::of(&row.revoked)))
    }

    /// The signed CRL in a file.
    async fn sign(
        &self,
        scope: CrlScope,
        number: u64,
        listed: &[Segment],
    ) -> Result<(ScratchFile, CrlFields), Failure> {
        let this_update = self.clock.now();
        let fields = CrlFields {
            number,
            this_update,
            next_update: this_update.plus(CRL_VALIDITY),
            distribution_point: match scope {
                CrlScope::Complete => None,
                CrlScope::Shard(_) => Some(self.publication.crl(scope)),
            },
        };
        let entries_length = listed.iter().map(|segment| segment.length).sum();
        let frame = CrlFrame::new(&self.authority, &fields, entries_length)
            .map_err(|error| Failure::internal(&error))?;
        let (mut file, digest) = self.write_tbs_cert_list(&frame, listed).await?;
        let signature = self.signer.sign_digest(digest.as_ref()).await?;
        let (before, after) =
            frame.envelope(digest.as_ref(), &signature).map_err(|error| Failure::internal(&error))?;
        file.write(&after)?;
        file.prepend(&before)?;
        Ok((file, fields))
    }

    async fn write_tbs_cert_list(
        &self,
        frame: &CrlFrame<'_>,
        listed: &[Segment],
    ) -> Result<(ScratchFile, Digest), Failure> {
        let mut file = HashedFile::new(&self.scratch, self.authority.signature_algorithm())?;
        file.write(frame.before_entries())?;
        let segments = self.segments();
        for segment in listed {
            segments.read(segment, |piece| file.write(piece)).await?;
        }
        file.write(frame.after_entries())?;
        Ok(file.finish())
    }

    /// Reads the CRL in `file` back: it is this CA's, it says what it was to say, it breaks no rule, and it lists what
    /// the one before it listed.
    async fn check(
        &self,
        file: &Arc<ScratchFile>,
        fields: &CrlFields,
        selection: Selection,
        previous: Option<&Previous>,
    ) -> Result<CrlSummary, Failure> {
        let mut expired = ScratchFile::new(&self.scratch)?;
        let segments = self.segments();
        for segment in &selection.expired {
            segments.read(segment, |piece| expired.write(piece)).await?;
        }
        let check = Check {
            authority: self.authority.clone(),
            file: Arc::clone(file),
            fields: fields.clone(),
            previous: previous.cloned(),
            expired,
            selection,
        };
        off_the_async_threads(move || check.run()).await
    }

    async fn replace(
        &self,
        scope: CrlScope,
        current: Option<&Current>,
        file: &ScratchFile,
    ) -> Result<bool, Failure> {
        let precondition = match current {
            None => Precondition::Absent,
            Some(current) => Precondition::Unchanged(&current.etag),
        };
        let key = crl_key(scope);
        let outcome = self.objects.put(&key, file.content(), CRL_MEDIA_TYPE, precondition).await?;
        Ok(outcome == PutOutcome::Stored)
    }

    /// What relying parties get is what was signed, or something newer.
    async fn read_back(
        &self,
        scope: CrlScope,
        file: &ScratchFile,
        published: CrlSummary,
    ) -> Result<(), Failure> {
        let gone = || Failure::Internal("the CRL that was published is not there".to_owned());
        let object = self.objects.read(&crl_key(scope)).await?.ok_or_else(gone)?;
        if file.is_same(object).await? {
            return Ok(());
        }
        let object = self.objects.read(&crl_key(scope)).await?.ok_or_else(gone)?;
        let found = self.download(object).await??;
        if found.summary.number > published.number {
            Ok(())
        } else {
            Err(Failure::Internal("what is published is not what was signed".to_owned()))
        }
    }
}

impl Previous {
    fn read(file: ScratchFile, authority: &CertificationAuthority) -> Result<Self, Failure> {
        let mut reader = CrlReader::new(file.reader()?).map_err(|error| Failure::internal(&error))?;
        let first = reader.next_entry().map_err(|error| Failure::internal(&error))?;
        let first_listed = first.and_then(|entry| SerialNumber::from_be_bytes(entry.serial_number).ok());
        let contents = reader.finish().map_err(|error| Failure::internal(&error))?;
        let summary = contents.verify(authority).map_err(|error| Failure::internal(&error))?;
        Ok(Self { file: Arc::new(file), summary, first_listed })
    }
}

/// What a CRL is checked against, all of it on the disk.
struct Check {
    authority: CertificationAuthority,
    file: Arc<ScratchFile>,
    fields: CrlFields,
    previous: Option<Previous>,
    /// The entries of the segments that have left.
    expired: ScratchFile,
    selection: Selection,
}

impl Check {
    fn run(self) -> Result<CrlSummary, Failure> {
        let mut crl = CrlReader::new(self.file.reader()?).map_err(|error| Failure::internal(&error))?;
        if let Some(previous) = &self.previous {
            let mut previous =
                CrlReader::new(previous.file.reader()?).map_err(|error| Failure::internal(&error))?;
            let mut expired = EntryReader::new(self.expired.reader()?, self.expired.length());
            let lengths =
                |segments: &[Segment]| -> Vec<_> { segments.iter().map(|segment| segment.length).collect() };
            compare_with_previous(
                &mut previous,
                (&mut expired, &lengths(&self.selection.expired)),
                (&mut crl, &lengths(&self.selection.listed)),
            )
            .map_err(|error| Failure::internal(&error))?;
        }
        let contents = crl.finish().map_err(|error| Failure::internal(&error))?;
        let expected = CrlExpectation {
            authority: &self.authority,
            distribution_point: self.fields.distribution_point.as_deref(),
            previous_number: self.previous.as_ref().map(|previous| previous.summary.number),
            now: self.fields.this_update,
        };
        if let Some(finding) = lint_crl(&contents, &expected).first() {
            return Err(Failure::internal(finding));
        }
        let summary = contents.verify(&self.authority).map_err(|error| Failure::internal(&error))?;
        let times = (self.fields.number, self.fields.this_update, self.fields.next_update);
        if (summary.number, summary.this_update, summary.next_update) == times {
            Ok(summary)
        } else {
            Err(Failure::Internal("the CRL does not say what it was to say".to_owned()))
        }
    }
}

/// Runs `work`, which takes a second for ten million entries, where it keeps nobody waiting.
async fn off_the_async_threads<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Failure::internal(&error))?
}
