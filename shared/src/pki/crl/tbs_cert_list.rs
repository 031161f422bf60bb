//! Writes a TBSCertList (RFC 5280 §5.1.2).
//!
//! This is not left to rcgen, which encodes the issuer's name anew: it knows one attribute of a type only, and
//! a CRL whose issuer is not the CA's subject is nobody's CRL.

use yasna::{
    DERWriter, Tag,
    models::{GeneralizedTime, ObjectIdentifier, UTCTime},
};

use super::CrlSummary;
use crate::{
    domain::{
        Timestamp,
        revocation::{RevocationReason, RevokedCertificate},
    },
    pki::{CertificationAuthority, to_be_signed::write_algorithm_identifier},
};

const AUTHORITY_KEY_IDENTIFIER: &[u64] = &[2, 5, 29, 35];
const CRL_NUMBER: &[u64] = &[2, 5, 29, 20];
const REASON_CODE: &[u64] = &[2, 5, 29, 21];

/// TBSCertList (RFC 5280 §5.1.2)
pub(super) fn write_tbs_cert_list(
    writer: DERWriter<'_>,
    authority: &CertificationAuthority,
    summary: CrlSummary,
    revoked: &[&RevokedCertificate],
) {
    const VERSION_2: u8 = 1;
    writer.write_sequence(|writer| {
        writer.next().write_u8(VERSION_2);
        write_algorithm_identifier(writer.next(), authority.signature_algorithm());
        writer.next().write_der(authority.subject_der());
        write_time(writer.next(), summary.this_update);
        write_time(writer.next(), summary.next_update);
        // §5.1.2.6: "When there are no revoked certificates, the revoked certificates list MUST be absent."
        if !revoked.is_empty() {
            writer.next().write_sequence(|writer| {
                for certificate in revoked {
                    write_entry(writer.next(), certificate);
                }
            });
        }
        writer.next().write_tagged(Tag::context(0), |writer| {
            writer.write_sequence(|writer| {
                write_extension(writer.next(), AUTHORITY_KEY_IDENTIFIER, |writer| {
                    writer.write_sequence(|writer| {
                        writer.next().write_tagged_implicit(Tag::context(0), |writer| {
                            writer.write_bytes(authority.subject_key_identifier());
                        });
                    });
                });
                write_extension(writer.next(), CRL_NUMBER, |writer| writer.write_u64(summary.number));
            });
        });
    });
}

/// An element of revokedCertificates (RFC 5280 §5.1.2.6), with its reasonCode (§5.3.1).
fn write_entry(writer: DERWriter<'_>, certificate: &RevokedCertificate) {
    writer.write_sequence(|writer| {
        writer.next().write_bigint_bytes(certificate.serial_number.as_be_bytes(), true);
        write_time(writer.next(), certificate.revoked_at);
        writer.next().write_sequence(|writer| {
            write_extension(writer.next(), REASON_CODE, |writer| {
                writer.write_enum(i64::from(reason_code(certificate.reason)));
            });
        });
    });
}

/// A non-critical Extension (RFC 5280 §4.1).
fn write_extension(writer: DERWriter<'_>, oid: &[u64], write_value: impl FnOnce(DERWriter<'_>)) {
    writer.write_sequence(|writer| {
        writer.next().write_oid(&ObjectIdentifier::from_slice(oid));
        writer.next().write_bytes(&yasna::construct_der(write_value));
    });
}

/// Time: UTCTime through the year 2049, GeneralizedTime from 2050 on (RFC 5280 §5.1.2.4). A UTCTime cannot
/// name a year before 1950.
fn write_time(writer: DERWriter<'_>, time: Timestamp) {
    let time = time.to_utc();
    if (1950..2050).contains(&time.year()) {
        writer.write_utctime(&UTCTime::from_datetime(time));
    } else {
        writer.write_generalized_time(&GeneralizedTime::from_datetime(time));
    }
}

/// The CRLReason code (RFC 5280 §5.3.1).
pub(super) fn reason_code(reason: RevocationReason) -> u8 {
    match reason {
        RevocationReason::KeyCompromise => 1,
        RevocationReason::AffiliationChanged => 3,
        RevocationReason::Superseded => 4,
        RevocationReason::CessationOfOperation => 5,
        RevocationReason::PrivilegeWithdrawn => 9,
    }
}
