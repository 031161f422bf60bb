//! Parses CRLs of any size as a stream. The parser uses constant memory and hashes the signed octets while reading.

use std::io::{self, Read};

use ring::digest::{Context, Digest};
use x509_parser::{prelude::FromDer, time::ASN1Time};

use super::{
    CrlEntry, CrlError, CrlSummary,
    der::{self, Elements},
    issuing_distribution_point,
};
use crate::{CertificationAuthority, SignatureAlgorithm, Timestamp};

/// The size of the read buffer in octets. Each entry and each other field of a CRL must fit into the buffer.
const BUFFER_SIZE: usize = 64 * 1024;

/// A source of consecutive CRL entries.
pub trait Entries {
    /// Returns the next entry, or `None` after the last entry.
    ///
    /// # Errors
    ///
    /// Returns [`CrlError::Malformed`] if the next element is not a DER-encoded entry. Returns [`CrlError::Read`] if
    /// the input cannot be read.
    fn next_entry(&mut self) -> Result<Option<CrlEntry<'_>>, CrlError>;
}

/// Reads consecutive CRL entries from an input that contains only entries.
pub struct EntryReader<R> {
    input: Input<R>,
    left: u64,
}

impl<R: Read> EntryReader<R> {
    /// Creates a reader for the entries in the next `length` octets of `input`.
    pub fn new(input: R, length: u64) -> Self {
        Self { input: Input::new(input), left: length }
    }
}

impl<R: Read> Entries for EntryReader<R> {
    #[inline]
    fn next_entry(&mut self) -> Result<Option<CrlEntry<'_>>, CrlError> {
        if self.left == 0 {
            return Ok(None);
        }
        let length = self.input.element_length()?;
        self.left = self.left.checked_sub(length as u64).ok_or(CrlError::Malformed)?;
        CrlEntry::read(self.input.take(length)).map(Some).ok_or(CrlError::Malformed)
    }
}

/// A streaming parser that reads the fields before the entries, the entries, and the fields after the entries.
pub struct CrlReader<R> {
    entries: EntryReader<R>,
    contents: CrlContents,
    /// The number of TBSCertList octets after the entries.
    after_entries: u64,
    /// The number of CertificateList octets after the TBSCertList.
    after_tbs_cert_list: u64,
}

/// The content of a CRL without its entries. The content must not be trusted before [`CrlContents::verify`] succeeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlContents {
    /// The issuer as a DER-encoded Name (RFC 5280 §5.1.2.3).
    pub issuer: Vec<u8>,
    /// The thisUpdate time (RFC 5280 §5.1.2.4).
    pub this_update: Timestamp,
    /// The nextUpdate time (RFC 5280 §5.1.2.5).
    pub next_update: Option<Timestamp>,
    /// The CRL number (RFC 5280 §5.2.3).
    pub number: Option<u64>,
    /// The key identifier in the authority key identifier extension (RFC 5280 §5.2.1).
    pub authority_key_identifier: Option<Vec<u8>>,
    /// The criticality and the DER-encoded value of the issuing distribution point extension (RFC 5280 §5.2.5).
    pub issuing_distribution_point: Option<(bool, Vec<u8>)>,
    /// True if the CRL has a delta CRL indicator (RFC 5280 §5.2.4).
    pub is_delta: bool,
    /// The number of revoked certificates that the CRL lists.
    pub entry_count: u64,
    /// True if the list of revoked certificates is present but empty.
    pub has_empty_list: bool,
    /// The reason codes (RFC 5280 §5.3.1) of all entries as a bit set. Bit n is set if an entry has code n. Bit 15 is
    /// set for code 15 and for all higher codes.
    pub reason_codes: u16,
    algorithm: SignatureAlgorithm,
    tbs_cert_list_digest: Vec<u8>,
    signature: Vec<u8>,
}

impl<R: Read> CrlReader<R> {
    /// Parses the fields of `input` before the first entry.
    ///
    /// # Errors
    ///
    /// Returns [`CrlError::Malformed`] if `input` is not a DER-encoded version 2 CRL with a supported signature
    /// algorithm. Returns [`CrlError::Read`] if the input cannot be read.
    pub fn new(input: R) -> Result<Self, CrlError> {
        let mut input = Input::new(input);
        let certificate_list_length = input.header(der::SEQUENCE)?;
        // The signed octets start at this position and end with the TBSCertList.
        let start = input.position();
        input.hash_from_here();
        let tbs_length = input.header(der::SEQUENCE)?;
        let tbs_end = input.position() + tbs_length;
        let after_tbs_cert_list =
            (start + certificate_list_length).checked_sub(tbs_end).ok_or(CrlError::Malformed)?;

        if input.element(der::INTEGER)? != [der::INTEGER, 1, 1] {
            return Err(CrlError::Malformed);
        }
        let algorithm = algorithm(input.element(der::SEQUENCE)?)?;
        input.hash_with(algorithm);
        let issuer = input.element(der::SEQUENCE)?.to_vec();
        let this_update = timestamp(input.any_element()?)?;
        let next_update = match input.peek()? {
            Some(der::UTC_TIME | der::GENERALIZED_TIME) => Some(timestamp(input.any_element()?)?),
            _ => None,
        };
        let in_tbs = |input: &Input<R>| tbs_end.checked_sub(input.position()).ok_or(CrlError::Malformed);
        let (has_list, left) = match input.peek()? {
            Some(der::SEQUENCE) if in_tbs(&input)? > 0 => (true, input.header(der::SEQUENCE)?),
            _ => (false, 0),
        };
        let after_entries = in_tbs(&input)?.checked_sub(left).ok_or(CrlError::Malformed)?;
        let contents = CrlContents {
            issuer,
            this_update,
            next_update,
            number: None,
            authority_key_identifier: None,
            issuing_distribution_point: None,
            is_delta: false,
            entry_count: 0,
            has_empty_list: has_list && left == 0,
            reason_codes: 0,
            algorithm,
            tbs_cert_list_digest: Vec::new(),
            signature: Vec::new(),
        };
        Ok(Self { entries: EntryReader { input, left }, contents, after_entries, after_tbs_cert_list })
    }

    /// Returns the unverified thisUpdate and nextUpdate times, or `None` if nextUpdate is absent.
    pub fn times(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.contents.this_update, self.contents.next_update?))
    }

    /// Reads the remaining entries and the fields after the entries.
    ///
    /// # Errors
    ///
    /// Returns [`CrlError::Malformed`] if the rest of the CRL is not valid DER, or if additional octets follow the CRL.
    /// Returns [`CrlError::Read`] if the input cannot be read.
    pub fn finish(mut self) -> Result<CrlContents, CrlError> {
        while self.next_entry()?.is_some() {}
        let Self { entries: EntryReader { mut input, .. }, mut contents, .. } = self;
        if self.after_entries > 0 {
            let extensions = input.element(der::CONTEXT_0)?;
            if extensions.len() as u64 != self.after_entries {
                return Err(CrlError::Malformed);
            }
            read_extensions(extensions, &mut contents).ok_or(CrlError::Malformed)?;
        }
        contents.tbs_cert_list_digest = input.finish_hash().as_ref().to_vec();

        let end = input.position() + self.after_tbs_cert_list;
        // The signatureAlgorithm field must be equal to the signature field (RFC 5280 §5.1.1.2).
        if algorithm(input.element(der::SEQUENCE)?)? != contents.algorithm {
            return Err(CrlError::Malformed);
        }
        // The first octet of a BIT STRING is the number of unused bits in the last octet.
        match Elements(input.element(der::BIT_STRING)?).content(der::BIT_STRING) {
            Some([0, signature @ ..]) => contents.signature = signature.to_vec(),
            _ => return Err(CrlError::Malformed),
        }
        if input.position() == end && input.peek()?.is_none() {
            Ok(contents)
        } else {
            Err(CrlError::Malformed)
        }
    }
}

impl<R: Read> Entries for CrlReader<R> {
    #[inline]
    fn next_entry(&mut self) -> Result<Option<CrlEntry<'_>>, CrlError> {
        let entry = self.entries.next_entry()?;
        if let Some(entry) = entry {
            self.contents.entry_count += 1;
            if let Some(code) = entry.reason_code {
                self.contents.reason_codes |= 1 << code.min(15);
            }
        }
        Ok(entry)
    }
}

impl CrlContents {
    /// Returns true if the CRL is restricted to the distribution point `url` (RFC 5280 §5.2.5).
    pub fn has_distribution_point(&self, url: &str) -> bool {
        let own = self.issuing_distribution_point.as_ref();
        own.is_some_and(|(_, value)| *value == issuing_distribution_point(url))
    }

    /// Verifies that `authority` issued the CRL. This function checks the issuer, the authority key identifier, the
    /// signature algorithm and the signature.
    ///
    /// # Errors
    ///
    /// Returns [`CrlError::Unexpected`] if the CRL names another CA, or if it lacks a CRL number or nextUpdate. Returns
    /// [`CrlError::BadSignature`] if the signature cannot be verified with the public key of `authority`.
    pub fn verify(&self, authority: &CertificationAuthority) -> Result<CrlSummary, CrlError> {
        if self.issuer != authority.subject_der() {
            return Err(CrlError::Unexpected("issuer"));
        }
        if self.authority_key_identifier.as_deref() != Some(authority.subject_key_identifier()) {
            return Err(CrlError::Unexpected("authority key identifier"));
        }
        if self.algorithm != authority.signature_algorithm() {
            return Err(CrlError::Unexpected("signature algorithm"));
        }
        authority.public_key().verify_digest(&self.tbs_cert_list_digest, &self.signature)?;
        Ok(CrlSummary {
            number: self.number.ok_or(CrlError::Unexpected("CRL number"))?,
            this_update: self.this_update,
            next_update: self.next_update.ok_or(CrlError::Unexpected("nextUpdate"))?,
            entry_count: self.entry_count,
        })
    }
}

fn algorithm(identifier: &[u8]) -> Result<SignatureAlgorithm, CrlError> {
    let known = [
        SignatureAlgorithm::EcdsaP256Sha256,
        SignatureAlgorithm::EcdsaP384Sha384,
        SignatureAlgorithm::RsaPkcs1Sha256,
    ];
    let is_it = |algorithm: &SignatureAlgorithm| {
        let encoded = yasna::construct_der(|writer| {
            crate::to_be_signed::write_algorithm_identifier(writer, *algorithm);
        });
        encoded == identifier
    };
    known.into_iter().find(is_it).ok_or(CrlError::Malformed)
}

fn timestamp(element: &[u8]) -> Result<Timestamp, CrlError> {
    let (_, time) = ASN1Time::from_der(element).map_err(|_| CrlError::Malformed)?;
    Timestamp::try_from(time.timestamp()).map_err(|_| CrlError::Malformed)
}

/// Parses the crlExtensions field (RFC 5280 §5.2).
fn read_extensions(element: &[u8], contents: &mut CrlContents) -> Option<()> {
    let explicit = Elements(element).content(der::CONTEXT_0)?;
    let mut list = Elements(explicit);
    for extension in der::extensions(list.content(der::SEQUENCE)?)? {
        match extension.oid {
            // These object identifiers are 2.5.29.35, 2.5.29.20, 2.5.29.27 and 2.5.29.28.
            [0x55, 0x1d, 35] => {
                let mut fields = Elements(Elements(extension.value).content(der::SEQUENCE)?);
                contents.authority_key_identifier = fields.content(der::IMPLICIT_0).map(<[u8]>::to_vec);
            }
            [0x55, 0x1d, 20] => contents.number = Some(number(extension.value)?),
            [0x55, 0x1d, 27] => contents.is_delta = true,
            [0x55, 0x1d, 28] => {
                contents.issuing_distribution_point = Some((extension.critical, extension.value.to_vec()));
            }
            _ => {}
        }
    }
    list.is_empty().then_some(())
}

fn number(integer: &[u8]) -> Option<u64> {
    let octets = match Elements(integer).content(der::INTEGER)? {
        zero @ [0] => zero,
        octets @ [0, 0x80..=0xff, ..] => &octets[1..],
        octets @ [1..0x80, ..] => octets,
        _ => return None,
    };
    let fits = octets.len() <= size_of::<u64>();
    fits.then(|| octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet)))
}

/// A buffered reader that can hash the octets that it has consumed.
struct Input<R> {
    reader: R,
    buffer: Box<[u8]>,
    /// The buffer index of the first octet that has not been consumed.
    start: usize,
    end: usize,
    /// The buffer index of the first octet that has not been hashed.
    unhashed: usize,
    hash: Hash,
    /// The number of input octets that precede the buffer.
    before_buffer: u64,
}

enum Hash {
    Off,
    /// The hash algorithm has not been determined yet, so the buffer keeps all octets.
    Waiting,
    On(Box<Context>),
}

impl<R: Read> Input<R> {
    fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: vec![0; BUFFER_SIZE].into_boxed_slice(),
            start: 0,
            end: 0,
            unhashed: 0,
            hash: Hash::Off,
            before_buffer: 0,
        }
    }

    fn position(&self) -> u64 {
        self.before_buffer + self.start as u64
    }

    fn hash_from_here(&mut self) {
        self.hash = Hash::Waiting;
        self.unhashed = self.start;
    }

    fn hash_with(&mut self, algorithm: SignatureAlgorithm) {
        self.hash = Hash::On(Box::new(Context::new(algorithm.digest_algorithm())));
    }

    /// Returns the digest of all octets consumed since [`Self::hash_from_here`].
    fn finish_hash(&mut self) -> Digest {
        self.hash_taken();
        match std::mem::replace(&mut self.hash, Hash::Off) {
            Hash::On(context) => context.finish(),
            Hash::Off | Hash::Waiting => Context::new(&ring::digest::SHA256).finish(),
        }
    }

    fn hash_taken(&mut self) {
        if let Hash::On(context) = &mut self.hash {
            context.update(&self.buffer[self.unhashed..self.start]);
            self.unhashed = self.start;
        }
    }

    /// Buffers at least `length` unconsumed octets. Returns false if the input ends first.
    fn ensure(&mut self, length: usize) -> Result<bool, CrlError> {
        while self.end - self.start < length {
            if length > self.buffer.len() {
                return Err(CrlError::Malformed);
            }
            self.hash_taken();
            let kept_from = if matches!(self.hash, Hash::Waiting) { self.unhashed } else { self.start };
            self.buffer.copy_within(kept_from..self.end, 0);
            self.before_buffer += kept_from as u64;
            self.start -= kept_from;
            self.end -= kept_from;
            self.unhashed -= kept_from.min(self.unhashed);
            if self.end == self.buffer.len() {
                return Err(CrlError::Malformed);
            }
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => return Ok(false),
                Ok(count) => self.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(CrlError::Read(error.to_string())),
            }
        }
        Ok(true)
    }

    fn peek(&mut self) -> Result<Option<u8>, CrlError> {
        Ok(self.ensure(1)?.then(|| self.buffer[self.start]))
    }

    /// Consumes the header of an element with the tag `tag` and returns the number of content octets.
    fn header(&mut self, tag: u8) -> Result<u64, CrlError> {
        self.ensure(der::MAXIMUM_HEADER)?;
        match der::read_header(&self.buffer[self.start..self.end]) {
            Some((found, header, length)) if found == tag => {
                self.start += header;
                Ok(length)
            }
            _ => Err(CrlError::Malformed),
        }
    }

    /// Buffers the next element and returns its length in octets, including its header.
    #[inline]
    fn element_length(&mut self) -> Result<usize, CrlError> {
        if let [_, length @ ..0x80, ..] = &self.buffer[self.start..self.end] {
            let length = 2 + usize::from(*length);
            if length <= self.end - self.start {
                return Ok(length);
            }
        }
        self.element_length_across_buffers()
    }

    fn element_length_across_buffers(&mut self) -> Result<usize, CrlError> {
        self.ensure(der::MAXIMUM_HEADER)?;
        let read = der::read_header(&self.buffer[self.start..self.end]);
        let (_, header, length) = read.ok_or(CrlError::Malformed)?;
        let length = usize::try_from(length).ok().and_then(|length| length.checked_add(header));
        let length = length.ok_or(CrlError::Malformed)?;
        if self.ensure(length)? { Ok(length) } else { Err(CrlError::Malformed) }
    }

    #[inline]
    fn take(&mut self, length: usize) -> &[u8] {
        let start = self.start;
        self.start += length;
        &self.buffer[start..self.start]
    }

    fn any_element(&mut self) -> Result<&[u8], CrlError> {
        let length = self.element_length()?;
        Ok(self.take(length))
    }

    fn element(&mut self, tag: u8) -> Result<&[u8], CrlError> {
        let element = self.any_element()?;
        if element[0] == tag { Ok(element) } else { Err(CrlError::Malformed) }
    }
}
