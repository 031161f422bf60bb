//! Defines the revocation reasons and the revocation status of certificates.

use serde::{Deserialize, Serialize};
use x509_cert::ext::pkix::CrlReason;

use crate::{SerialNumber, Timestamp, crl_scope::CrlShard};

/// Generates [`RevocationReason`], the list of its variants, and their CRLReason codes. Each variant has the same name
/// as in [`CrlReason`], and its JSON value is the name in RFC 5280.
macro_rules! define_revocation_reasons {
    ($($(#[$doc:meta])+ $variant:ident,)+) => {
        /// A revocation reason (CRLReason, RFC 5280 §5.3.1) that is allowed for subscriber certificates. The reasons
        /// `unspecified` and `certificateHold` are not allowed (S/MIME Baseline Requirements §7.2.2).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum RevocationReason {
            $($(#[$doc])+ $variant,)+
        }

        impl RevocationReason {
            /// All reasons.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            pub(crate) const fn crl_reason(self) -> CrlReason {
                match self {
                    $(Self::$variant => CrlReason::$variant,)+
                }
            }

            /// The CRLReason code.
            pub const fn code(self) -> u8 {
                self.crl_reason() as u8
            }
        }
    };
}

define_revocation_reasons! {
    /// keyCompromise (1).
    KeyCompromise,
    /// affiliationChanged (3).
    AffiliationChanged,
    /// superseded (4). Every reissue uses this reason.
    Superseded,
    /// cessationOfOperation (5).
    CessationOfOperation,
    /// privilegeWithdrawn (9).
    PrivilegeWithdrawn,
}

/// A revoked certificate, with the fields of its CRL entry (RFC 5280 §5.1.2.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedCertificate {
    /// The serial number (userCertificate).
    pub serial_number: SerialNumber,
    /// The time of the revocation (revocationDate).
    pub revoked_at: Timestamp,
    /// The revocation reason (reasonCode).
    pub reason: RevocationReason,
    /// The time at which the certificate expires. An entry must not be removed before it has appeared on a CRL issued
    /// after this time (RFC 5280 §3.3).
    pub not_after: Timestamp,
    /// The CRL shard named in the certificate, or `None` if the certificate names no shard. Both the shard and the
    /// complete CRL list the certificate.
    pub crl_shard: Option<CrlShard>,
}

/// The revocation status of a certificate that the CA has issued (RFC 6960 §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateStatus {
    /// The CA issued the certificate and has not revoked it. The certificate may have expired.
    Good,
    /// The certificate is permanently revoked.
    Revoked {
        /// The revocation reason.
        reason: RevocationReason,
        /// The time of the revocation.
        at: Timestamp,
    },
}
