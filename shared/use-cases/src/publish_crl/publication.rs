//! Assembles a CRL from its segments, and signs, checks and publishes the CRL.

use std::sync::Arc;

use ring::digest::Digest;

use super::{
    CRL_MEDIA_TYPE, CRL_VALIDITY, MAX_TRIES, PublishCrl,
    scratch::{HashedFile, ScratchFile},
    segments::{Segment, SegmentKey},
};
use crate::refusal::Failure;
use domain::{
    crl_scope::CrlScope, numbers::SerialNumber, publication::crl_key, revocation::RevokedCertificate,
};
use pki::{
    CertificationAuthority, CrlFields, CrlReader, CrlSummary, TbsEnvelope,
    crl::{CrlError, Entries, EntryReader, compare_in_any_order, compare_with_previous},
    lint::{CrlExpectation, lint_crl},
};
use ports::{Object, Precondition, PutOutcome, with_causes};
use telemetry::{Place, unreadable};

/// The currently published object. `crl` is `None` if the object is not a CRL of this CA.
struct Current {
    etag: String,
    crl: Option<Previous>,
}

/// The previously published CRL.
#[derive(Clone)]
pub(super) struct Previous {
    pub(super) file: Arc<ScratchFile>,
    pub(super) summary: CrlSummary,
    /// The serial number in the first entry of the CRL, if the CRL has entries.
    first_listed: Option<SerialNumber>,
}

/// The segments that a CRL lists, and the expired segments that only the previous CRL may list.
struct Selection {
    expired: Vec<Segment>,
    listed: Vec<Segment>,
}

/// The source of a CRL's entries.
pub(super) enum EntrySource<'a> {
    /// The entries of these segments.
    Segments(&'a [Segment]),
    /// The entries in a scratch file.
    File(&'a ScratchFile),
}

impl EntrySource<'_> {
    /// Returns the lengths of the sections. New entries may be appended only at the end of a section.
    fn lengths(&self) -> Vec<u64> {
        match self {
            Self::Segments(segments) => segments.iter().map(|segment| segment.length).collect(),
            Self::File(file) => vec![file.length()],
        }
    }
}

/// A CRL that was signed and checked, but not published.
pub(super) struct CheckedCrl {
    file: Arc<ScratchFile>,
    summary: CrlSummary,
}

impl PublishCrl {
    /// Publishes the CRL for `scope`, which lists every revocation that was packed before the call. If the CRL cannot
    /// be built from the segments, publishes a CRL with the entries of the previous CRL and of `revoked`.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] if the store fails, [`Failure::Port`] if the signer or an object store fails, and
    /// [`Failure::Internal`] if the CRL fails a check. After an error, the published CRL is either the previous CRL or
    /// a new CRL that was not verified after its publication.
    pub(super) async fn publish_scope(
        &self,
        scope: CrlScope,
        revoked: &[RevokedCertificate],
    ) -> Result<CrlSummary, Failure> {
        for _ in 0..MAX_TRIES {
            let current = self.current(scope).await?;
            let previous = current.as_ref().and_then(|current| current.crl.as_ref());
            let crl = match (self.assemble_from_segments(scope, previous).await, previous) {
                (Err(failure @ Failure::Internal(_)), Some(previous)) => {
                    self.assemble_from_previous(scope, previous, revoked, &failure).await?
                }
                (crl, _) => crl?,
            };
            if self.replace(scope, current.as_ref(), &crl.file).await? {
                self.read_back(scope, &crl.file, crl.summary).await?;
                return Ok(crl.summary);
            }
        }
        Err(Failure::internal("the CRL could not be replaced, because other publishers kept replacing it"))
    }

    async fn assemble_from_segments(
        &self,
        scope: CrlScope,
        previous: Option<&Previous>,
    ) -> Result<CheckedCrl, Failure> {
        let published_number = previous.map_or(0, |previous| previous.summary.number);
        let number = self.store.claim_crl_number(scope, published_number).await?;
        let segments = self.segments().list(scope).await?;
        let Selection { expired, listed } = self.select(segments, previous).await?;
        self.signed_and_checked(scope, number, &EntrySource::Segments(&listed), &expired, previous).await
    }

    /// Signs and checks a CRL with the entries of `source`. The previous CRL may also list the entries of `expired`.
    pub(super) async fn signed_and_checked(
        &self,
        scope: CrlScope,
        number: u64,
        source: &EntrySource<'_>,
        expired: &[Segment],
        previous: Option<&Previous>,
    ) -> Result<CheckedCrl, Failure> {
        let (file, fields) = self.sign(scope, number, source).await?;
        let file = Arc::new(file);
        let summary = self.check(&file, &fields, source.lengths(), expired, previous).await?;
        Ok(CheckedCrl { file, summary })
    }

    async fn current(&self, scope: CrlScope) -> Result<Option<Current>, Failure> {
        let Some(object) = self.objects.read(&crl_key(scope)).await? else { return Ok(None) };
        let etag = object.etag.clone();
        let crl = match self.download(object).await? {
            Ok(crl) => Some(crl),
            Err(error) => {
                unreadable(Place::PublishedCrls, &crl_key(scope));
                tracing::error!(%scope, error = with_causes(&error), "the published object is not a CRL of this CA and will be replaced");
                None
            }
        };
        Ok(Some(Current { etag, crl }))
    }

    /// Copies `object` to a scratch file, and verifies that the object is a CRL of this CA.
    async fn download(&self, object: Object) -> Result<Result<Previous, Failure>, Failure> {
        let file = ScratchFile::download(&self.scratch, object).await?;
        let authority = self.authority.clone();
        Ok(off_the_async_threads(move || Previous::read(file, &authority)).await)
    }

    /// Selects the segments of the CRL. A segment stays on one more CRL after all its certificates have expired (RFC
    /// 5280 §3.3). The segment is omitted if the previous CRL was issued after the segment's month.
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

    /// Returns the first segment of the CRL `previous`, or `None` if the store does not contain the first revocation on
    /// this CRL. Earlier segments are not on `previous`, so the comparison can ignore them.
    async fn first_segment(&self, previous: &Previous) -> Result<Option<SegmentKey>, Failure> {
        let keys: Vec<_> = previous.first_listed.iter().map(ToString::to_string).collect();
        let found = self.store.revocations(&keys).await?;
        Ok(found.readable.first().map(|row| SegmentKey::of(&row.revoked)))
    }

    /// Writes the CRL to a scratch file and signs the CRL.
    async fn sign(
        &self,
        scope: CrlScope,
        number: u64,
        source: &EntrySource<'_>,
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
        let entries_length = source.lengths().into_iter().sum();
        let envelope =
            TbsEnvelope::new(&self.authority, &fields, entries_length).map_err(Failure::internal)?;
        let (mut file, digest) = self.write_tbs_cert_list(&envelope, source).await?;
        let signature = self.signer.sign_digest(digest.as_ref()).await?;
        let (before, after) =
            envelope.signed_parts(digest.as_ref(), &signature).map_err(Failure::internal)?;
        file.write(&after)?;
        file.prepend(&before)?;
        Ok((file, fields))
    }

    async fn write_tbs_cert_list(
        &self,
        envelope: &TbsEnvelope<'_>,
        source: &EntrySource<'_>,
    ) -> Result<(ScratchFile, Digest), Failure> {
        let mut file = HashedFile::new(&self.scratch, self.authority.signature_algorithm())?;
        file.write(envelope.before_entries())?;
        match source {
            EntrySource::Segments(listed) => {
                let segments = self.segments();
                for segment in *listed {
                    segments.read(segment, |piece| file.write(piece)).await?;
                }
            }
            EntrySource::File(entries) => entries.read(|piece| file.write(piece))?,
        }
        file.write(envelope.after_entries())?;
        Ok(file.finish())
    }

    /// Checks the CRL in `file`. The CRL must be signed by this CA, have the intended fields and pass all lints. The
    /// CRL must also list all entries of the previous CRL, except expired entries.
    async fn check(
        &self,
        file: &Arc<ScratchFile>,
        fields: &CrlFields,
        listed_lengths: Vec<u64>,
        expired_segments: &[Segment],
        previous: Option<&Previous>,
    ) -> Result<CrlSummary, Failure> {
        let mut expired = ScratchFile::new(&self.scratch)?;
        let segments = self.segments();
        for segment in expired_segments {
            segments.read(segment, |piece| expired.write(piece)).await?;
        }
        let check = Check {
            authority: self.authority.clone(),
            file: Arc::clone(file),
            fields: fields.clone(),
            previous: previous.cloned(),
            expired,
            expired_lengths: EntrySource::Segments(expired_segments).lengths(),
            listed_lengths,
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

    /// Checks that the published CRL is the signed CRL or a newer CRL.
    async fn read_back(
        &self,
        scope: CrlScope,
        file: &ScratchFile,
        published: CrlSummary,
    ) -> Result<(), Failure> {
        let gone = || Failure::internal("the published CRL is missing");
        let object = self.objects.read(&crl_key(scope)).await?.ok_or_else(gone)?;
        if file.is_same(object).await? {
            return Ok(());
        }
        let object = self.objects.read(&crl_key(scope)).await?.ok_or_else(gone)?;
        let found = self.download(object).await??;
        if found.summary.number > published.number {
            Ok(())
        } else {
            Err(Failure::internal("the published CRL differs from the signed CRL"))
        }
    }
}

impl Previous {
    fn read(file: ScratchFile, authority: &CertificationAuthority) -> Result<Self, Failure> {
        let mut reader = CrlReader::new(file.reader()?).map_err(Failure::internal)?;
        let first = reader.next_entry().map_err(Failure::internal)?;
        let first_listed = first.and_then(|entry| SerialNumber::from_be_bytes(entry.serial_number).ok());
        let contents = reader.finish().map_err(Failure::internal)?;
        let summary = contents.verify(authority).map_err(Failure::internal)?;
        Ok(Self { file: Arc::new(file), summary, first_listed })
    }
}

/// The inputs for checking a CRL. Large inputs are stored on disk.
struct Check {
    authority: CertificationAuthority,
    file: Arc<ScratchFile>,
    fields: CrlFields,
    previous: Option<Previous>,
    /// The entries in the omitted segments.
    expired: ScratchFile,
    expired_lengths: Vec<u64>,
    listed_lengths: Vec<u64>,
}

impl Check {
    fn run(self) -> Result<CrlSummary, Failure> {
        let mut crl = CrlReader::new(self.file.reader()?).map_err(Failure::internal)?;
        if let Some(previous) = &self.previous {
            let previous = || Ok::<_, Failure>(CrlReader::new(previous.file.reader()?));
            let expired =
                || Ok::<_, Failure>(EntryReader::new(self.expired.reader()?, self.expired.length()));
            let in_order = compare_with_previous(
                &mut previous()?.map_err(Failure::internal)?,
                (&mut expired()?, &self.expired_lengths),
                (&mut crl, &self.listed_lengths),
            );
            if in_order == Err(CrlError::IllegalDifference) {
                // A CRL that was built from its predecessor may list its entries in a different order than the
                // segments.
                crl = CrlReader::new(self.file.reader()?).map_err(Failure::internal)?;
                compare_in_any_order(&mut previous()?.map_err(Failure::internal)?, &mut expired()?, &mut crl)
                    .map_err(Failure::internal)?;
            } else {
                in_order.map_err(Failure::internal)?;
            }
        }
        let contents = crl.finish().map_err(Failure::internal)?;
        let expected = CrlExpectation {
            authority: &self.authority,
            distribution_point: self.fields.distribution_point.as_deref(),
            previous_number: self.previous.as_ref().map(|previous| previous.summary.number),
            now: self.fields.this_update,
        };
        if let Some(finding) = lint_crl(&contents, &expected).into_iter().next() {
            return Err(Failure::internal(finding));
        }
        let summary = contents.verify(&self.authority).map_err(Failure::internal)?;
        let times = (self.fields.number, self.fields.this_update, self.fields.next_update);
        if (summary.number, summary.this_update, summary.next_update) == times {
            Ok(summary)
        } else {
            Err(Failure::internal("the number or the times of the CRL are not as requested"))
        }
    }
}

/// Runs `work` on a blocking thread, because checking ten million entries takes one second.
pub(super) async fn off_the_async_threads<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(Failure::internal)?
}
