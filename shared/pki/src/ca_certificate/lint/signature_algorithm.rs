use x509_parser::oid_registry::{
    OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA, OID_SIG_ECDSA_WITH_SHA256,
    OID_SIG_ECDSA_WITH_SHA384, OID_SIG_ECDSA_WITH_SHA512, Oid,
};

use super::Lint;

/// SBR §7.1.3.2.1 also allows RSASSA-PSS, which this service cannot verify.
pub(super) const LINT: Lint = Lint {
    rule: "the signature uses RSA (PKCS #1 v1.5) or ECDSA with SHA-256, SHA-384 or SHA-512",
    citation: "SBR §7.1.3.2",
    holds: |link| ALLOWED.contains(&link.certificate.signature_algorithm.algorithm),
};

const ALLOWED: &[Oid<'_>] = &[
    OID_PKCS1_SHA256WITHRSA,
    OID_PKCS1_SHA384WITHRSA,
    OID_PKCS1_SHA512WITHRSA,
    OID_SIG_ECDSA_WITH_SHA256,
    OID_SIG_ECDSA_WITH_SHA384,
    OID_SIG_ECDSA_WITH_SHA512,
];
