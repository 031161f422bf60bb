//! Complete CRLs (RFC 5280 §5): prepared, signed elsewhere, verified and read back.

mod tbs_cert_list;

use x509_parser::{
    extensions::ParsedExtension, prelude::FromDer, revocation_list::CertificateRevocationList, time::ASN1Time,
};

use self::tbs_cert_list::{reason_code, write_tbs_cert_list};
use super::{BadSignature, CertificationAuthority, ToBeSigned};
use crate::domain::{DAY, Timestamp, numbers::SerialNumber, revocation::RevokedCertificate};

/// nextUpdate is at most this many seconds after thisUpdate (S/MIME Baseline Requirements §4.9.7).
pub const MAXIMUM_VALIDITY: i64 = 10 * DAY;

/// Why there is no CRL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrlError {
    /// nextUpdate is not later than thisUpdate.
    #[error("nextUpdate is not later than thisUpdate")]
    NextUpdateTooEarly,
    /// nextUpdate is more than [`MAXIMUM_VALIDITY`] after thisUpdate.
    #[error("nextUpdate is more than 10 days after thisUpdate")]
    NextUpdateTooLate,
    /// A certificate is to be listed twice.
    #[error("serial number {0} is listed twice")]
    DuplicateSerialNumber(SerialNumber),
    /// The signature is not that of this CRL under the CA's key.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    /// It is not the DER of a CRL that this service makes.
    #[error("not a version 2 CRL with nextUpdate and a CRL number, in DER")]
    Malformed,
    /// It is not a CRL of this CA, or not the CRL that was asked for.
    #[error("the CRL is not the one expected: its {0} differs")]
    Unexpected(&'static str),
}

/// A CRL that only lacks its signature.
#[derive(Clone, Debug)]
pub struct PreparedCrl<'a> {
    authority: &'a CertificationAuthority,
    summary: CrlSummary,
    revoked: Vec<&'a RevokedCertificate>,
    to_be_signed: ToBeSigned,
}

/// A CRL that verifies under the CA's key and says what it was asked to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCrl {
    der: Vec<u8>,
    summary: CrlSummary,
}

/// What tells one CRL of a CA from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrlSummary {
    /// The CRL number (RFC 5280 §5.2.3).
    pub number: u64,
    /// thisUpdate (RFC 5280 §5.1.2.4)
    pub this_update: Timestamp,
    /// nextUpdate (RFC 5280 §5.1.2.5)
    pub next_update: Timestamp,
    /// How many certificates it lists.
    pub entry_count: usize,
}

impl<'a> PreparedCrl<'a> {
    /// A complete CRL of `authority` that lists `revoked`, in the order of their serial numbers, so that the
    /// same input always gives the same bytes.
    ///
    /// `number` must be higher than that of every CRL that this CA issued before (RFC 5280 §5.2.3); a u64
    /// never takes more than the 20 octets that a CRL number may have.
    ///
    /// # Errors
    ///
    /// When `next_update` is not later than `this_update` or more than [`MAXIMUM_VALIDITY`] later, or when a
    /// serial number is there twice.
    pub fn new(
        authority: &'a CertificationAuthority,
        number: u64,
        this_update: Timestamp,
        next_update: Timestamp,
        revoked: impl IntoIterator<Item = &'a RevokedCertificate>,
    ) -> Result<Self, CrlError> {
        if next_update <= this_update {
            return Err(CrlError::NextUpdateTooEarly);
        }
        if next_update.since(this_update) > MAXIMUM_VALIDITY {
            return Err(CrlError::NextUpdateTooLate);
        }
        let mut revoked: Vec<_> = revoked.into_iter().collect();
        revoked.sort_by(|a, b| a.serial_number.cmp(&b.serial_number));
        if let Some(twice) = revoked.windows(2).find(|pair| pair[0].serial_number == pair[1].serial_number) {
            return Err(CrlError::DuplicateSerialNumber(twice[0].serial_number.clone()));
        }
        let summary = CrlSummary { number, this_update, next_update, entry_count: revoked.len() };
        let der = yasna::construct_der(|writer| write_tbs_cert_list(writer, authority, summary, &revoked));
        Ok(Self { authority, summary, revoked, to_be_signed: ToBeSigned::new(der, authority.public_key()) })
    }

    /// The TBSCertList in DER (RFC 5280 §5.1.2), for a linter.
    pub fn to_be_signed(&self) -> &[u8] {
        self.to_be_signed.der()
    }

    /// What [`Signer::sign_digest`](crate::ports::Signer::sign_digest) is to sign.
    pub fn digest(&self) -> ring::digest::Digest {
        self.to_be_signed.digest()
    }

    /// The CRL with its `signature`, after it was verified, read back and compared with what was asked for.
    ///
    /// # Errors
    ///
    /// [`CrlError::BadSignature`] when the signature is not that of this CRL under the CA's key, such as when
    /// the signer holds another key; [`CrlError::Unexpected`] when reading it back gives something else.
    pub fn assemble(&self, signature: &[u8]) -> Result<SignedCrl, CrlError> {
        let der = self.to_be_signed.assemble(signature)?;
        let crl = parse(&der)?;
        let summary = verify_parsed(&crl, self.authority)?;
        if summary != self.summary {
            return Err(CrlError::Unexpected("number, thisUpdate, nextUpdate or number of entries"));
        }
        let listed = crl.iter_revoked_certificates().map(ListedEntry::from);
        if !listed.eq(self.revoked.iter().copied().map(ListedEntry::from)) {
            return Err(CrlError::Unexpected("list of revoked certificates"));
        }
        Ok(SignedCrl { der, summary })
    }
}

impl SignedCrl {
    /// The CertificateList in DER (RFC 5280 §5.1), as it is published.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// What it says.
    pub fn summary(&self) -> CrlSummary {
        self.summary
    }
}

/// Reads what a CRL says about itself. Nothing is verified: for that there is [`verify_crl`].
///
/// # Errors
///
/// [`CrlError::Malformed`] when it is not a version 2 CRL in DER with a nextUpdate and a CRL number below 2^64.
pub fn read_crl(der: &[u8]) -> Result<CrlSummary, CrlError> {
    summarise(&parse(der)?)
}

/// Reads what a CRL says about itself, if it is a CRL of `authority`: issuer, authority key identifier and
/// signature.
///
/// # Errors
///
/// As [`read_crl`]; [`CrlError::Unexpected`] when another CA is named in it; [`CrlError::BadSignature`].
pub fn verify_crl(der: &[u8], authority: &CertificationAuthority) -> Result<CrlSummary, CrlError> {
    verify_parsed(&parse(der)?, authority)
}

fn parse(der: &[u8]) -> Result<CertificateRevocationList<'_>, CrlError> {
    match CertificateRevocationList::from_der(der) {
        Ok(([], crl)) => Ok(crl),
        _ => Err(CrlError::Malformed),
    }
}

fn summarise(crl: &CertificateRevocationList<'_>) -> Result<CrlSummary, CrlError> {
    const VERSION_2: u32 = 1;
    if crl.version().is_none_or(|version| version.0 != VERSION_2) {
        return Err(CrlError::Malformed);
    }
    Ok(CrlSummary {
        number: crl.crl_number().and_then(|number| u64::try_from(number).ok()).ok_or(CrlError::Malformed)?,
        this_update: timestamp(crl.last_update())?,
        next_update: timestamp(crl.next_update().ok_or(CrlError::Malformed)?)?,
        entry_count: crl.iter_revoked_certificates().count(),
    })
}

fn verify_parsed(
    crl: &CertificateRevocationList<'_>,
    authority: &CertificationAuthority,
) -> Result<CrlSummary, CrlError> {
    let summary = summarise(crl)?;
    if crl.issuer().as_raw() != authority.subject_der() {
        return Err(CrlError::Unexpected("issuer"));
    }
    let key_identifier = crl.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(aki) => {
            aki.key_identifier.as_ref().map(|identifier| identifier.0)
        }
        _ => None,
    });
    if key_identifier != Some(authority.subject_key_identifier()) {
        return Err(CrlError::Unexpected("authority key identifier"));
    }
    // RFC 5280 §5.1.1.2: signatureAlgorithm MUST be the same as the signature field.
    if crl.tbs_cert_list.signature != crl.signature_algorithm {
        return Err(CrlError::Unexpected("signature algorithm"));
    }
    authority.public_key().verify(crl.tbs_cert_list.as_ref(), &crl.signature_value.data)?;
    Ok(summary)
}

fn timestamp(time: ASN1Time) -> Result<Timestamp, CrlError> {
    Timestamp::try_from(time.timestamp()).map_err(|_| CrlError::Malformed)
}

/// An entry of revokedCertificates in the terms in which the wish and the result are compared.
#[derive(PartialEq, Eq)]
struct ListedEntry<'a> {
    serial_number: &'a [u8],
    revocation_date: i64,
    /// Whether it is critical, and the code.
    reason_code: Option<(bool, u8)>,
}

impl<'a> From<&'a x509_parser::revocation_list::RevokedCertificate<'_>> for ListedEntry<'a> {
    fn from(entry: &'a x509_parser::revocation_list::RevokedCertificate<'_>) -> Self {
        let octets = entry.raw_serial();
        Self {
            serial_number: octets.strip_prefix(&[0]).unwrap_or(octets),
            revocation_date: entry.revocation_date.timestamp(),
            reason_code: entry.reason_code().map(|(critical, code)| (critical, code.0)),
        }
    }
}

impl<'a> From<&'a RevokedCertificate> for ListedEntry<'a> {
    fn from(revoked: &'a RevokedCertificate) -> Self {
        Self {
            serial_number: revoked.serial_number.as_be_bytes(),
            revocation_date: revoked.revoked_at.as_seconds(),
            reason_code: Some((false, reason_code(revoked.reason))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::revocation::RevocationReason;
    use crate::pki::test_support::{KeyKind, TestCa, openssl};

    /// 2026-11-22T20:08:22Z
    const NOW: i64 = 1_795_378_102;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::try_from(seconds).unwrap()
    }

    fn revoked(serial_number: &[u8], reason: RevocationReason) -> RevokedCertificate {
        RevokedCertificate {
            serial_number: SerialNumber::from_be_bytes(serial_number).unwrap(),
            revoked_at: at(NOW - DAY),
            reason,
            not_after: at(NOW + 100 * DAY),
            crl_shard: None,
        }
    }

    fn signed(ca: &TestCa, number: u64, list: &[RevokedCertificate]) -> SignedCrl {
        let crl = PreparedCrl::new(&ca.authority, number, at(NOW), at(NOW + 7 * DAY), list).unwrap();
        crl.assemble(&ca.sign(crl.digest().as_ref())).unwrap()
    }

    fn openssl_text(ca: &TestCa, crl: &SignedCrl) -> String {
        let command =
            ["crl", "-inform", "DER", "-noout", "-text", "-verify", "-CAfile", &ca.certificate_path()];
        let judged = openssl(&command, crl.der());
        assert!(judged.succeeded && judged.output.contains("verify OK"), "{}", judged.output);
        judged.output
    }

    #[test]
    fn openssl_accepts_it_under_every_kind_of_key() {
        // 0x80… needs a sign octet, and 20 octets are the most that a serial number may have.
        let list = [
            revoked(&[0x80, 1], RevocationReason::Superseded),
            revoked(&[0x7f; 20], RevocationReason::KeyCompromise),
        ];
        for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Rsa] {
            let ca = TestCa::new(kind);
            let crl = signed(&ca, u64::MAX, &list);
            let text = openssl_text(&ca, &crl);
            assert!(text.contains("Serial Number: 8001") && text.contains(&"7F".repeat(20)), "{text}");
            assert!(text.contains("Superseded") && text.contains("Key Compromise"), "{text}");
            assert!(text.contains("X509v3 CRL Number: \n                18446744073709551615"), "{text}");
            assert!(text.contains("X509v3 Authority Key Identifier") && !text.contains("critical"), "{text}");
            assert!(text.contains("Last Update: Nov 22 20:08:22 2026 GMT"), "{text}");
            assert_eq!(read_crl(crl.der()), Ok(crl.summary()));
            assert_eq!(verify_crl(crl.der(), &ca.authority), Ok(crl.summary()));
            assert_eq!(crl.summary().entry_count, 2);
        }
    }

    #[test]
    fn an_empty_list_is_absent() {
        let ca = TestCa::new(KeyKind::P256);
        let crl = signed(&ca, 1, &[]);
        assert!(openssl_text(&ca, &crl).contains("No Revoked Certificates"));
        // After nextUpdate, the last element at its depth, comes crlExtensions [0] at once.
        let outline = openssl(&["asn1parse", "-inform", "DER"], crl.der()).output;
        let mut lines = outline.lines().skip_while(|line| !line.contains("UTCTIME"));
        assert!(lines.nth(2).is_some_and(|line| line.contains("cont [ 0 ]")), "{outline}");
    }

    #[test]
    fn the_same_input_gives_the_same_bytes() {
        let ca = TestCa::new(KeyKind::P256);
        let [a, b] =
            [revoked(&[1], RevocationReason::Superseded), revoked(&[2], RevocationReason::Superseded)];
        let bytes = |list: [&RevokedCertificate; 2]| {
            let crl = PreparedCrl::new(&ca.authority, 1, at(NOW), at(NOW + DAY), list).unwrap();
            crl.to_be_signed().to_vec()
        };
        assert_eq!(bytes([&a, &b]), bytes([&b, &a]));
    }

    #[test]
    fn an_altered_crl_is_refused() {
        let ca = TestCa::new(KeyKind::P256);
        let crl = signed(&ca, 7, &[revoked(&[5; 16], RevocationReason::Superseded)]);
        let entry = crl.der().windows(16).position(|window| window == [5; 16]).unwrap();
        let mut altered = crl.der().to_vec();
        altered[entry] = 6;
        assert_eq!(verify_crl(&altered, &ca.authority), Err(BadSignature.into()));
        assert!(verify_crl(&altered[..altered.len() - 1], &ca.authority).is_err());
        altered = crl.der().to_vec();
        altered.push(0);
        assert_eq!(verify_crl(&altered, &ca.authority), Err(CrlError::Malformed));
        assert_eq!(read_crl(b"garbage"), Err(CrlError::Malformed));
    }

    #[test]
    fn another_keys_signature_is_refused() {
        let (ca, other) = (TestCa::new(KeyKind::P256), TestCa::new(KeyKind::P256));
        let crl = PreparedCrl::new(&ca.authority, 1, at(NOW), at(NOW + DAY), &[]).unwrap();
        assert_eq!(crl.assemble(&other.sign(crl.digest().as_ref())), Err(BadSignature.into()));
        assert_eq!(crl.assemble(b"not a signature"), Err(BadSignature.into()));
        let theirs = signed(&other, 1, &[]);
        assert_eq!(
            verify_crl(theirs.der(), &ca.authority),
            Err(CrlError::Unexpected("authority key identifier"))
        );
    }

    #[test]
    fn what_breaks_the_rules_is_not_prepared() {
        let ca = TestCa::new(KeyKind::P256);
        let refusal = |next_update: i64, list: &[RevokedCertificate]| {
            PreparedCrl::new(&ca.authority, 1, at(NOW), at(next_update), list).err()
        };
        assert_eq!(refusal(NOW, &[]), Some(CrlError::NextUpdateTooEarly));
        assert_eq!(refusal(NOW + 10 * DAY, &[]), None);
        assert_eq!(refusal(NOW + 10 * DAY + 1, &[]), Some(CrlError::NextUpdateTooLate));
        let one = revoked(&[9], RevocationReason::Superseded);
        let twice = [one.clone(), revoked(&[3], RevocationReason::Superseded), one.clone()];
        assert_eq!(refusal(NOW + DAY, &twice), Some(CrlError::DuplicateSerialNumber(one.serial_number)));
    }

    #[test]
    fn times_from_2050_on_are_generalized() {
        let ca = TestCa::new(KeyKind::P256);
        let last_utc_time = 2_524_607_999; // 2049-12-31T23:59:59Z
        let crl = PreparedCrl::new(&ca.authority, 1, at(last_utc_time), at(last_utc_time + 1), &[]).unwrap();
        let crl = crl.assemble(&ca.sign(crl.digest().as_ref())).unwrap();
        let outline = openssl(&["asn1parse", "-inform", "DER"], crl.der()).output;
        assert!(outline.contains("UTCTIME           :491231235959Z"), "{outline}");
        assert!(outline.contains("GENERALIZEDTIME   :20500101000000Z"), "{outline}");
    }
}
