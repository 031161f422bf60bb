//! The octets before and after the entries of a CRL, and the envelope that contains the signature.
//!
//! rcgen is not used here, because it stores all entries in memory. It also re-encodes the issuer's name with only one
//! attribute of each type. The issuer may then differ from the CA's subject, and relying parties would reject the CRL.

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

/// The content of a CRL without its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlFields {
    /// The CRL number (RFC 5280 §5.2.3). It must be higher than the numbers of all earlier CRLs that the CA issued for
    /// the same scope. A u64 always fits into the allowed 20 octets.
    pub number: u64,
    /// thisUpdate (RFC 5280 §5.1.2.4).
    pub this_update: Timestamp,
    /// nextUpdate (RFC 5280 §5.1.2.5).
    pub next_update: Timestamp,
    /// The URL in the issuing distribution point (RFC 5280 §5.2.5) of a shard; `None` for a complete CRL.
    pub distribution_point: Option<String>,
}

/// A CRL without its entries and its signature. The length of the entries is known. The TBSCertList consists of
/// [`Self::before_entries`], the entries and [`Self::after_entries`].
#[derive(Clone, Debug)]
pub struct TbsEnvelope<'a> {
    authority: &'a CertificationAuthority,
    before_entries: Vec<u8>,
    after_entries: Vec<u8>,
    length: u64,
}

impl<'a> TbsEnvelope<'a> {
    /// Prepares the envelope of a CRL that `authority` issues. The entries have `entries_length` octets in total.
    ///
    /// # Errors
    ///
    /// [`CrlError`] when nextUpdate is not later than thisUpdate or more than [`MAXIMUM_VALIDITY`] later, or when the
    /// CRL would be longer than [`MAXIMUM_LENGTH`].
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
        // §5.1.2.6: "When there are no revoked certificates, the revoked certificates list MUST be absent."
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

    /// The TBSCertList (RFC 5280 §5.1.2) up to the entries.
    pub fn before_entries(&self) -> &[u8] {
        &self.before_entries
    }

    /// The part of the TBSCertList after the entries, which contains crlExtensions.
    pub fn after_entries(&self) -> &[u8] {
        &self.after_entries
    }

    /// The length of the TBSCertList, in octets.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Returns the octets before and after the TBSCertList in a CertificateList (RFC 5280 §5.1). `digest` is the digest
    /// of the TBSCertList.
    ///
    /// # Errors
    ///
    /// [`CrlError::BadSignature`] when `signature` does not verify for `digest` with the CA's key.
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

/// Encodes version, signature, issuer, thisUpdate and nextUpdate.
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

/// Encodes the IssuingDistributionPoint (RFC 5280 §5.2.5) of the shard at `url`. distributionPoint is one URI as
/// fullName. onlyContainsUserCerts is TRUE, because only subscriber certificates are assigned to shards. Relying
/// parties can then determine that a shard does not cover CA certificates.
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

/// Writes a Time: UTCTime through the year 2049, and GeneralizedTime from 2050 on (RFC 5280 §5.1.2.4). Years before
/// 1950 also use GeneralizedTime, because UTCTime cannot represent them.
fn write_time(writer: DERWriter<'_>, time: OffsetDateTime) {
    if (1950..2050).contains(&time.year()) {
        writer.write_utctime(&UTCTime::from_datetime(time));
    } else {
        writer.write_generalized_time(&GeneralizedTime::from_datetime(time));
    }
}
