//! Reports items that cannot be read. An unreadable item is skipped, and all other items are processed.

use crate::metrics;

/// The places where the service reads items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A row that was read by its key.
    Row,
    /// The rows of an enrollment.
    Enrollment,
    /// The outbox.
    Outbox,
    /// The stream of the outbox.
    Stream,
    /// A queue of the outbox.
    Queue,
    /// The queue of delivery events.
    MailEvents,
    /// The table of revocations. No CRL lists an unreadable revocation.
    Revocations,
    /// The segments of the CRLs.
    Segments,
    /// The published CRLs.
    PublishedCrls,
    /// The objects of the sealed audit log.
    AuditLog,
    /// The emails in the folder of the local stack.
    MailFolder,
}

impl Place {
    /// Returns the name of the place in logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Row => "row",
            Self::Enrollment => "enrollment",
            Self::Outbox => "outbox",
            Self::Stream => "stream",
            Self::Queue => "queue",
            Self::MailEvents => "mail-events",
            Self::Revocations => "revocations",
            Self::Segments => "segments",
            Self::PublishedCrls => "published-crls",
            Self::AuditLog => "audit-log",
            Self::MailFolder => "mail-folder",
        }
    }
}

/// Logs that `item` cannot be read, and counts the item in a metric. `item` is a key or an ID, never the item's
/// content.
pub fn unreadable(place: Place, item: &str) {
    metrics::UNREADABLE_ITEMS.record(1, [place.name()]);
    tracing::error!(place = place.name(), item, "an item cannot be read and is skipped");
}
