//! Row keys, and the kinds of rows in the registry table.

use std::fmt::Display;

use crate::item::{Item, text};
use domain::enrollment::EnrollmentId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Registry,
    Revocations,
    Outbox,
}

/// The primary key of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) table: Table,
    pub(crate) pk: String,
    pub(crate) sk: Option<String>,
}

/// A kind of row in the registry table. A test checks that ARCHITECTURE.md lists the same kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowKind {
    Credential,
    Certificate,
    Application,
    Session,
    Idempotency,
    Login,
    SignIns,
    Throttle,
    Coupon,
    Serial,
    Receipt,
    Code,
    StopCode,
    SubjectKey,
    CaCertificate,
    KeyFingerprints,
    CrlNumbers,
    OcspResponder,
    OcspSignature,
    OcspNonces,
    AuditLog,
}

/// The prefix of the partition key that all rows of an enrollment share.
const ENROLLMENT: &str = "ENROLLMENT";

impl RowKind {
    pub(crate) const ALL: [Self; 21] = [
        Self::Credential,
        Self::Certificate,
        Self::Application,
        Self::Session,
        Self::Idempotency,
        Self::Login,
        Self::SignIns,
        Self::Throttle,
        Self::Coupon,
        Self::Serial,
        Self::Receipt,
        Self::Code,
        Self::StopCode,
        Self::SubjectKey,
        Self::CaCertificate,
        Self::KeyFingerprints,
        Self::CrlNumbers,
        Self::OcspResponder,
        Self::OcspSignature,
        Self::OcspNonces,
        Self::AuditLog,
    ];

    /// Returns the prefixes of the partition key and the sort key.
    pub(crate) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Credential => (ENROLLMENT, "CREDENTIAL"),
            Self::Certificate => (ENROLLMENT, "CERTIFICATE"),
            Self::Application => (ENROLLMENT, "APPLICATION"),
            Self::Session => (ENROLLMENT, "SESSION"),
            Self::Idempotency => (ENROLLMENT, "SUBMISSION"),
            Self::Login => ("LOGIN", "LOGIN"),
            Self::SignIns => ("SIGN-INS", "LATEST"),
            Self::Throttle => ("THROTTLE", "THROTTLE"),
            Self::Coupon => ("COUPON", "COUPON"),
            Self::Serial => ("SERIAL", "SERIAL"),
            Self::Receipt => ("RECEIPT", "RECEIPT"),
            Self::Code => ("CODE", "CODE"),
            Self::StopCode => ("STOP", "STOP"),
            Self::SubjectKey => ("KEY", "KEY"),
            Self::CaCertificate => ("CA", "CERTIFICATE"),
            Self::KeyFingerprints => ("KEYS", "FINGERPRINTS"),
            Self::CrlNumbers => ("CRL", "NUMBERS"),
            Self::OcspResponder => ("OCSP", "RESPONDER"),
            // answer-ocsp may write only rows whose partition key begins with `OCSP-` (infra/api.yaml).
            Self::OcspSignature => ("OCSP-SIGNATURE", "SIGNATURE"),
            Self::OcspNonces => ("OCSP-NONCES", "COUNT"),
            Self::AuditLog => ("AUDIT", "SEALED"),
        }
    }

    /// Returns the kind of an enrollment row from its sort key, or `None` if the prefix is unknown.
    pub(crate) fn in_enrollment(sort_key: &str) -> Option<Self> {
        let word = sort_key.split('#').next()?;
        Self::ALL.into_iter().find(|kind| kind.words() == (ENROLLMENT, word))
    }
}

impl Key {
    /// Returns the key of the only row of this kind in the enrollment.
    pub(crate) fn in_enrollment(kind: RowKind, enrollment: &EnrollmentId) -> Self {
        Self::registry(enrollment_partition(enrollment), kind.words().1.to_owned())
    }

    /// Returns the key of the row with this kind and `id` in the enrollment.
    pub(crate) fn one_in_enrollment(kind: RowKind, enrollment: &EnrollmentId, id: impl Display) -> Self {
        Self::registry(enrollment_partition(enrollment), format!("{}#{id}", kind.words().1))
    }

    /// Returns the key of the only row of this kind.
    pub(crate) fn only(kind: RowKind) -> Self {
        let (partition, sort) = kind.words();
        Self::registry(partition.to_owned(), sort.to_owned())
    }

    /// Returns the key of a row that has a partition to itself.
    pub(crate) fn alone(kind: RowKind, id: impl Display) -> Self {
        let (partition, sort) = kind.words();
        Self::registry(format!("{partition}#{id}"), sort.to_owned())
    }

    /// Returns the key of a row in a table without a sort key.
    pub(crate) fn without_sort_key(table: Table, pk: impl Display) -> Self {
        Self { table, pk: pk.to_string(), sk: None }
    }

    pub(crate) fn to_item(&self) -> Item {
        let sort_key = self.sk.as_ref().map(|sk| ("sk".to_owned(), text(sk)));
        [("pk".to_owned(), text(&self.pk))].into_iter().chain(sort_key).collect()
    }

    fn registry(pk: String, sk: String) -> Self {
        Self { table: Table::Registry, pk, sk: Some(sk) }
    }
}

/// Returns the partition key shared by all rows of the enrollment.
pub(crate) fn enrollment_partition(enrollment: &EnrollmentId) -> String {
    format!("{ENROLLMENT}#{enrollment}")
}
