//! The findings of a check: the place of a fault, the fault and its remedy.

/// A check that [`CheckService`](super::CheckService) performs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The keys are the ones that the database's records depend on.
    Keys,
    /// The CRLs are published, valid, and not newer than the database.
    Crls,
    /// Each segment contains the revocations that the database assigns to it.
    Segments,
    /// The audit log is complete up to its sealed head, and not newer than the database.
    AuditLog,
    /// The rows that effects and CRLs depend on can be read.
    Rows,
}

impl Check {
    /// Returns the name of the check in the operators' tool.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Crls => "CRLs",
            Self::Segments => "CRL segments",
            Self::AuditLog => "audit log",
            Self::Rows => "rows",
        }
    }
}

/// One of the service's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPurpose {
    Ca,
    Statement,
    Ocsp,
    Code,
}

/// The place of a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// The whole database.
    Database,
    /// The row with this key.
    Row(String),
    Key(KeyPurpose),
    CaCertificate,
    /// The object with this key in the public object store.
    PublishedObject(String),
    /// The object with this key in the private object store.
    StateObject(String),
}

/// A fault that a check found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("is not the key whose fingerprint the database contains, so one of the two was replaced")]
    OtherKey,
    #[error("contains no fingerprints of the keys yet")]
    KeysNotRecorded,
    #[error("does not contain the public key of the CA key")]
    OtherCaKey,
    #[error("is a certificate for another key or from another CA")]
    OtherResponder,
    #[error("is older than {0}, so it lacks recorded changes")]
    OlderThan(String),
    #[error("is not published")]
    NotPublished,
    #[error("is missing")]
    Missing,
    #[error("cannot be read")]
    Unreadable,
    #[error("does not have the name of a CRL segment")]
    UnknownObject,
    #[error("is not a valid CRL of this CA: {0}")]
    InvalidCrl(String),
    #[error("has the number {published}, but revocations were listed on number {listed}")]
    OldCrl { published: u64, listed: u64 },
    #[error("is older than revocations that were listed on a later CRL")]
    OldCompleteCrl,
    #[error("was published with another publication URL")]
    OtherPublicationUrl,
    #[error("contains {entries} of {expected} entries")]
    MissingEntries { entries: u64, expected: u64 },
    #[error("does not continue the audit log: {0}")]
    BrokenLog(String),
    #[error("is not a checkpoint that the statement key signed")]
    InvalidCheckpoint,
}

/// The action that repairs a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    RestoreKey,
    /// The key may have been replaced on purpose.
    RestoreOrRecordKey,
    RecordKeys,
    RestoreCaCertificate,
    RenewResponder,
    RestoreDatabase,
    RestoreRow,
    PublishCrls,
    RestorePublicationUrl,
    RebuildSegments,
    RestoreObject,
    RemoveObject,
}

/// A fault and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub location: Location,
    pub fault: Fault,
}

/// Expresses places and remedies in the terms of a deployment or of a data folder.
pub trait Wording {
    /// Returns the name of a place, such as the path of a file.
    fn place(&self, location: &Location) -> String;

    /// Returns an instruction, such as a command.
    fn instruction(&self, remedy: Remedy) -> &'static str;
}

impl Finding {
    pub(crate) fn new(location: Location, fault: Fault) -> Self {
        Self { location, fault }
    }

    pub(crate) fn row(key: &str, fault: Fault) -> Self {
        Self::new(Location::Row(key.to_owned()), fault)
    }

    pub(crate) fn published(key: &str, fault: Fault) -> Self {
        Self::new(Location::PublishedObject(key.to_owned()), fault)
    }

    pub(crate) fn state(key: &str, fault: Fault) -> Self {
        Self::new(Location::StateObject(key.to_owned()), fault)
    }

    /// Returns the remedy of the fault.
    pub fn remedy(&self) -> Remedy {
        match (&self.fault, &self.location) {
            (Fault::OtherKey, Location::Key(KeyPurpose::Statement | KeyPurpose::Ocsp)) => {
                Remedy::RestoreOrRecordKey
            }
            (Fault::OtherKey, _) => Remedy::RestoreKey,
            (Fault::KeysNotRecorded, _) => Remedy::RecordKeys,
            (Fault::OtherCaKey, _) => Remedy::RestoreCaCertificate,
            (Fault::OtherResponder, _) => Remedy::RenewResponder,
            (Fault::OlderThan(_), _) => Remedy::RestoreDatabase,
            (Fault::OtherPublicationUrl, _) => Remedy::RestorePublicationUrl,
            (
                Fault::NotPublished | Fault::InvalidCrl(_) | Fault::OldCrl { .. } | Fault::OldCompleteCrl,
                _,
            )
            | (Fault::Missing | Fault::Unreadable, Location::PublishedObject(_)) => Remedy::PublishCrls,
            (Fault::UnknownObject, _) => Remedy::RemoveObject,
            (Fault::MissingEntries { .. }, _) => Remedy::RebuildSegments,
            (Fault::Missing | Fault::Unreadable, Location::StateObject(key))
                if key.starts_with(crate::publish_crl::SEGMENT_FOLDER) =>
            {
                Remedy::RebuildSegments
            }
            (Fault::Missing | Fault::Unreadable, Location::Row(_)) => Remedy::RestoreRow,
            (
                Fault::Missing | Fault::Unreadable | Fault::BrokenLog(_) | Fault::InvalidCheckpoint,
                Location::Database
                | Location::Row(_)
                | Location::Key(_)
                | Location::CaCertificate
                | Location::PublishedObject(_)
                | Location::StateObject(_),
            ) => Remedy::RestoreObject,
        }
    }

    /// Returns true if requests that are served despite the fault would do harm: they would use the wrong key, or
    /// would contradict what was published.
    pub fn forbids_service(&self) -> bool {
        match self.remedy() {
            Remedy::RestoreKey
            | Remedy::RestoreOrRecordKey
            | Remedy::RestoreCaCertificate
            | Remedy::RestoreDatabase
            | Remedy::RestorePublicationUrl => true,
            Remedy::RecordKeys
            | Remedy::RenewResponder
            | Remedy::RestoreRow
            | Remedy::PublishCrls
            | Remedy::RebuildSegments
            | Remedy::RestoreObject
            | Remedy::RemoveObject => false,
        }
    }

    /// Returns a sentence with the place and the fault.
    pub fn statement(&self, wording: &impl Wording) -> String {
        format!("{} {}", wording.place(&self.location), self.fault)
    }

    /// Returns a line with the place, the fault and the remedy.
    pub fn describe(&self, wording: &impl Wording) -> String {
        format!("{}; {}", self.statement(wording), wording.instruction(self.remedy()))
    }
}
