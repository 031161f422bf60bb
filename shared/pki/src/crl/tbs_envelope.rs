//! Encodes the octets before and after the entries of a CRL, including the signature.
//!
//! This module does not use rcgen, because rcgen stores all entries in memory. The rcgen crate also re-encodes the
//! issuer name with only one attribute of each type. If the re-encoded name differed from the CA's subject, relying
//! parties would reject the CRL.

use time::OffsetDateTime;
use yasna::{
    DERWriter, Tag,
    models::{GeneralizedTime, ObjectIdentifier, UTCTime},
};

use super::{CrlError, MAXIMUM_LENGTH, MAXIMUM_VALIDITY, der};
use crate::{CertificationAuthority, Timestamp, to_be_signed::write_algorithm_identifier};

const AUTHORITY_KEY_IDENTIFIER: &[u64] = &[2, 5, 29, 35];
const CRL_NUMBER: &[u64] = &[2, 5, 29, 20];
const ISSUING_DISTRIBUTION_POINT: &[u64] = &[2, 5, 29, 28];

/// The CRL number, the times and the distribution point of a new CRL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlFields {
    /// The CRL number (RFC 5280 §5.2.3). The number must be higher than the numbers of all earlier CRLs that the CA
    /// issued for the same scope. RFC 5280 allows CRL numbers of up to 20 octets.
    pub number: u64,
    /// The thisUpdate time (RFC 5280 §5.1.2.4).
    pub this_update: Timestamp,
    /// The nextUpdate time (RFC 5280 §5.1.2.5).
    pub next_update: Timestamp,
    /// The URL in the issuing distribution point (RFC 5280 §5.2.5) of a shard, or `None` for the complete CRL.
    pub distribution_point: Option<String>,
}

/// An unsigned CRL without its entries. The TBSCertList consists of [`Self::before_entries`], the entries and
/// [`Self::after_entries`].
#[derive(Clone, Debug)]
pub struct TbsEnvelope<'a> {
    authority: &'a CertificationAuthority,
    before_entries: Vec<u8>,
    after_entries: Vec<u8>,
    length: u64,
}

impl<'a> TbsEnvelope<'a> {
    /// Prepares the envelope of a CRL that `authority` issues. The total length of the entries is `entries_length`
    /// octets.
    ///
    /// # Errors
    ///
    /// Returns [`CrlError`] if nextUpdate is not later than thisUpdate or is more than [`MAXIMUM_VALIDITY`] later.
    /// Returns [`CrlError::TooLong`] if the TBSCertList would be longer than [`MAXIMUM_LENGTH`].
    pub fn new(
        authority: &'a CertificationAuthority,
        fields: &CrlFields,
        entries_length: u64,
    ) -> Result<Self, CrlError> {
        if fields.next_update <= fields.this_update {
            return Err(CrlError::NextUpdateTooEarly);
        }
        if fields.next_update.since(fields.this_update) > MAXIMUM_VALIDITY {
            return Err(CrlError::NextUpdateTooLate);
        }
        let mut first_fields = first_fields(authority, fields);
        // If there are no revoked certificates, the list must be absent (RFC 5280 §5.1.2.6).
        if entries_length > 0 {
            first_fields.extend(der::header(der::SEQUENCE, entries_length));
        }
        let after_entries = crl_extensions(authority, fields);
        let length = first_fields.len() as u64 + entries_length + after_entries.len() as u64;
        if length > MAXIMUM_LENGTH {
            return Err(CrlError::TooLong);
        }
        let header = der::header(der::SEQUENCE, length);
        let length = length + header.len() as u64;
        Ok(Self { authority, before_entries: [header, first_fields].concat(), after_entries, length })
    }

    /// Returns the octets of the TBSCertList (RFC 5280 §5.1.2) before the entries.
    pub fn before_entries(&self) -> &[u8] {
        &self.before_entries
    }

    /// Returns the octets of the TBSCertList after the entries. These octets contain the crlExtensions field.
    pub fn after_entries(&self) -> &[u8] {
        &self.after_entries
    }

    /// Returns the length of the TBSCertList including the entries, in octets.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Returns the octets before and after the TBSCertList in a CertificateList (RFC 5280 §5.1). `digest` is the digest
    /// of the TBSCertList.
    ///
    /// # Errors
    ///
    /// Returns [`CrlError::BadSignature`] if `signature` cannot be verified over `digest` with the CA's public key.
    pub fn signed_parts(&self, digest: &[u8], signature: &[u8]) -> Result<(Vec<u8>, Vec<u8>), CrlError> {
        self.authority.public_key().verify_digest(digest, signature)?;
        let algorithm = yasna::construct_der(|writer| {
            write_algorithm_identifier(writer, self.authority.signature_algorithm());
        });
        let signature =
            yasna::construct_der(|writer| writer.write_bitvec_bytes(signature, signature.len() * 8));
        let after = [algorithm, signature].concat();
        Ok((der::header(der::SEQUENCE, self.length + after.len() as u64), after))
    }
}

/// Encodes the fields version, signature, issuer, thisUpdate and nextUpdate.
fn first_fields(authority: &CertificationAuthority, fields: &CrlFields) -> Vec<u8> {
    const VERSION_2: u8 = 1;
    let algorithm = yasna::construct_der(|writer| {
        write_algorithm_identifier(writer, authority.signature_algorithm());
    });
    [
        yasna::construct_der(|writer| writer.write_u8(VERSION_2)),
        algorithm,
        authority.subject_der().to_vec(),
        yasna::construct_der(|writer| write_time(writer, fields.this_update.to_utc())),
        yasna::construct_der(|writer| write_time(writer, fields.next_update.to_utc())),
    ]
    .concat()
}

fn crl_extensions(authority: &CertificationAuthority, fields: &CrlFields) -> Vec<u8> {
    yasna::construct_der(|writer| {
        writer.write_tagged(Tag::context(0), |writer| {
            writer.write_sequence(|writer| {
                let key_identifier = yasna::construct_der(|writer| {
                    writer.write_sequence(|writer| {
                        writer.next().write_tagged_implicit(Tag::context(0), |writer| {
                            writer.write_bytes(authority.subject_key_identifier());
                        });
                    });
                });
                write_extension(writer.next(), AUTHORITY_KEY_IDENTIFIER, false, &key_identifier);
                let number = yasna::construct_der(|writer| writer.write_u64(fields.number));
                write_extension(writer.next(), CRL_NUMBER, false, &number);
                if let Some(url) = &fields.distribution_point {
                    let value = issuing_distribution_point(url);
                    write_extension(writer.next(), ISSUING_DISTRIBUTION_POINT, true, &value);
                }
            });
        });
    })
}

/// Encodes the IssuingDistributionPoint (RFC 5280 §5.2.5) of the shard at `url`. The distributionPoint field contains
/// the URL as fullName. The onlyContainsUserCerts field is TRUE, because only subscriber certificates are assigned to
/// shards. Relying parties can therefore determine that a shard does not cover CA certificates.
pub(crate) fn issuing_distribution_point(url: &str) -> Vec<u8> {
    let (distribution_point, full_name, only_contains_user_certs) =
        (Tag::context(0), Tag::context(0), Tag::context(1));
    let uniform_resource_identifier = Tag::context(6);
    yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer.next().write_tagged(distribution_point, |writer| {
                writer.write_tagged_implicit(full_name, |writer| {
                    writer.write_sequence(|writer| {
                        writer.next().write_tagged_implicit(uniform_resource_identifier, |writer| {
                            writer.write_ia5_string(url);
                        });
                    });
                });
            });
            writer.next().write_tagged_implicit(only_contains_user_certs, |writer| writer.write_bool(true));
        });
    })
}

/// Writes an Extension (RFC 5280 §4.1).
fn write_extension(writer: DERWriter<'_>, oid: &[u64], critical: bool, value: &[u8]) {
    writer.write_sequence(|writer| {
        writer.next().write_oid(&ObjectIdentifier::from_slice(oid));
        if critical {
            writer.next().write_bool(true);
        }
        writer.next().write_bytes(value);
    });
}

/// Writes a Time value. Dates through 2049 are encoded as UTCTime, and later dates as GeneralizedTime (RFC 5280
/// §5.1.2.4). Dates before 1950 also use GeneralizedTime, because UTCTime cannot represent them.
fn write_time(writer: DERWriter<'_>, time: OffsetDateTime) {
    if (1950..2050).contains(&time.year()) {
        writer.write_utctime(&UTCTime::from_datetime(time));
    } else {
        writer.write_generalized_time(&GeneralizedTime::from_datetime(time));
    }
}
