//! The audit log: a tamper-evident hash chain that records all state changes of certificates and applications.
//!
//! Each event is stored in the same transaction as the state change. When the log is sealed, each event receives a
//! sequence number and the hash of the previous line. Signed checkpoints store the head of the chain outside the
//! database (S/MIME Baseline Requirements §5.4, OWASP ASVS 5.0 §16.4.2).

use std::fmt;

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::{
    Timestamp,
    application::{
        Accepted, AddressCorrection, Application, ApplicationId, Confirmed, Draft, Expired, PickedUp,
        Rejected, Stopped,
    },
    certificate::{Certificate, CertificateState},
    delivery::{Delivery, DeliveryOutcome},
    enrollment::EnrollmentId,
    numbers::{CouponNumber, SerialNumber},
    receipt::ReceiptNumber,
    revocation::{RevocationReason, RevokedCertificate, SignedStatement},
};

/// A change to a certificate or an application. The variants identify database rows by number and contain no personal
/// data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "change")]
pub enum Change {
    /// A certificate that another system issued was registered.
    CertificateRegistered {
        enrollment: EnrollmentId,
        coupon_number: CouponNumber,
        serial_number: SerialNumber,
        /// True if the certificate was already revoked at registration.
        revoked: bool,
    },
    /// A certificate was revoked.
    CertificateRevoked {
        serial_number: SerialNumber,
        reason: RevocationReason,
        /// The SHA-256 hash of the revocation statement's payload, which contains the receipt number of the
        /// application.
        statement_sha256: TextHash,
    },
    /// A certificate was issued.
    CertificateIssued {
        enrollment: EnrollmentId,
        coupon_number: CouponNumber,
        serial_number: SerialNumber,
        /// The SHA-256 hash of the DER-encoded certificate, in lower-case hexadecimal.
        certificate_sha256: String,
    },
    /// An application was created or changed.
    Application {
        enrollment: EnrollmentId,
        /// The coupon number of the certificate to replace.
        coupon_number: CouponNumber,
        /// The application's version after the change.
        version: u64,
        /// The state after the change.
        state: ApplicationStage,
        /// The receipt number, or `None` before acceptance.
        receipt_number: Option<ReceiptNumber>,
    },
    /// An email with a certificate code bounced or was reported as unwanted. The address may not belong to the
    /// subscriber.
    CodeMail {
        receipt_number: ReceiptNumber,
        /// The sequence number of the code within the application.
        send_number: u32,
        outcome: DeliveryOutcome,
    },
    /// The subscriber corrected the email address of an accepted application. All earlier codes became invalid.
    AddressCorrected {
        receipt_number: ReceiptNumber,
        /// The number of the first code for the corrected address.
        send_number: u32,
    },
    /// An officer decided about an application whose email address was changed.
    OfficerDecision {
        receipt_number: ReceiptNumber,
        /// The application's version after the decision.
        version: u64,
        decision: Decision,
        /// The name of the officer.
        officer: String,
        /// The officer's reason, without personal data of the subscriber.
        reason: String,
    },
}

/// An officer's decision about an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// Certificate codes may be sent to the current email address.
    Released,
    /// The application has ended.
    Rejected,
}

/// The person who decides about an application, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Officer {
    pub name: String,
    pub reason: String,
}

/// An application state, as named in the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ApplicationStage {
    Draft,
    Confirmed,
    Accepted,
    PickedUp,
    Expired,
    Stopped,
    Rejected,
}

/// An application state that appears in the audit log.
pub trait Stage {
    const NAME: ApplicationStage;

    /// The receipt number, or `None` before acceptance.
    fn receipt_number(&self) -> Option<&ReceiptNumber> {
        None
    }
}

impl Stage for Draft {
    const NAME: ApplicationStage = ApplicationStage::Draft;
}

impl Stage for Confirmed {
    const NAME: ApplicationStage = ApplicationStage::Confirmed;
}

impl Stage for Accepted {
    const NAME: ApplicationStage = ApplicationStage::Accepted;

    fn receipt_number(&self) -> Option<&ReceiptNumber> {
        Some(&self.receipt_number)
    }
}

/// An event that has not been sealed yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    pub at: Timestamp,
    #[serde(flatten)]
    pub change: Change,
}

impl Stage for PickedUp {
    const NAME: ApplicationStage = ApplicationStage::PickedUp;

    fn receipt_number(&self) -> Option<&ReceiptNumber> {
        Some(&self.accepted.receipt_number)
    }
}

impl Stage for Expired {
    const NAME: ApplicationStage = ApplicationStage::Expired;

    fn receipt_number(&self) -> Option<&ReceiptNumber> {
        Some(&self.accepted.receipt_number)
    }
}

impl Stage for Stopped {
    const NAME: ApplicationStage = ApplicationStage::Stopped;

    fn receipt_number(&self) -> Option<&ReceiptNumber> {
        Some(&self.accepted.receipt_number)
    }
}

impl Stage for Rejected {
    const NAME: ApplicationStage = ApplicationStage::Rejected;

    fn receipt_number(&self) -> Option<&ReceiptNumber> {
        Some(&self.accepted.receipt_number)
    }
}

impl AuditEvent {
    /// Creates an event for the registration of a certificate that another system issued.
    pub fn registration(enrollment: &EnrollmentId, certificate: &Certificate, at: Timestamp) -> Self {
        let change = Change::CertificateRegistered {
            enrollment: enrollment.clone(),
            coupon_number: certificate.coupon_number.clone(),
            serial_number: certificate.serial_number.clone(),
            revoked: matches!(certificate.state, CertificateState::Revoked { .. }),
        };
        Self { at, change }
    }

    /// Creates an event for the revocation described by `statement`.
    pub fn revocation(revoked: &RevokedCertificate, statement: &SignedStatement) -> Self {
        let change = Change::CertificateRevoked {
            serial_number: revoked.serial_number.clone(),
            reason: revoked.reason,
            statement_sha256: TextHash::of(&statement.payload),
        };
        Self { at: revoked.revoked_at, change }
    }

    /// Creates an event for the issuance of `certificate`.
    pub fn issuance(enrollment: &EnrollmentId, certificate: &Certificate, at: Timestamp) -> Self {
        let change = Change::CertificateIssued {
            enrollment: enrollment.clone(),
            coupon_number: certificate.coupon_number.clone(),
            serial_number: certificate.serial_number.clone(),
            certificate_sha256: certificate.sha256.clone(),
        };
        Self { at, change }
    }

    /// Creates an event that records the current state and version of `application`.
    pub fn application<S: Stage>(id: &ApplicationId, application: &Application<S>, at: Timestamp) -> Self {
        let change = Change::Application {
            enrollment: id.enrollment.clone(),
            coupon_number: id.coupon_number.clone(),
            version: application.version,
            state: S::NAME,
            receipt_number: application.state.receipt_number().cloned(),
        };
        Self { at, change }
    }

    /// Creates an event for the delivery outcome of an email with a certificate code.
    pub fn code_mail(receipt_number: &ReceiptNumber, delivery: Delivery) -> Self {
        let Delivery { send_number, outcome, at } = delivery;
        let change = Change::CodeMail { receipt_number: receipt_number.clone(), send_number, outcome };
        Self { at, change }
    }

    /// Creates an event for an email address correction.
    pub fn address_correction(receipt_number: &ReceiptNumber, correction: &AddressCorrection) -> Self {
        let send_number = correction.first_send_number;
        let change = Change::AddressCorrected { receipt_number: receipt_number.clone(), send_number };
        Self { at: correction.at, change }
    }

    /// Creates an event for the decision of `officer` that led to the application's `version`.
    pub fn decision(
        receipt_number: &ReceiptNumber,
        version: u64,
        decision: Decision,
        officer: &Officer,
        at: Timestamp,
    ) -> Self {
        let Officer { name, reason } = officer.clone();
        let receipt_number = receipt_number.clone();
        Self {
            at,
            change: Change::OfficerDecision { receipt_number, version, decision, officer: name, reason },
        }
    }

    /// Returns the event ID, which is derived from the change. A repeated transaction therefore cannot record the same
    /// change twice.
    pub fn id(&self) -> String {
        match &self.change {
            Change::CertificateRegistered { serial_number, .. } => {
                format!("certificate/{serial_number}/registered")
            }
            Change::CertificateIssued { serial_number, .. } => format!("certificate/{serial_number}/issued"),
            Change::CertificateRevoked { serial_number, .. } => {
                format!("certificate/{serial_number}/revoked")
            }
            Change::Application { enrollment, coupon_number, version, .. } => {
                format!("application/{enrollment}/{coupon_number}/{version}")
            }
            Change::CodeMail { receipt_number, send_number, outcome } => {
                format!("code/{receipt_number}/{send_number}/{}", outcome.name())
            }
            Change::AddressCorrected { receipt_number, send_number } => {
                format!("address/{receipt_number}/{send_number}")
            }
            Change::OfficerDecision { receipt_number, version, .. } => {
                format!("decision/{receipt_number}/{version}")
            }
        }
    }
}

/// The SHA-256 hash of a log line or a revocation statement, serialised as lower-case hexadecimal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TextHash([u8; 32]);

/// The error returned if a hash is not 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 hash in lower-case hexadecimal")]
pub struct TextHashError;

impl TextHash {
    /// The value of `previous` in the first line of a log.
    pub const ORIGIN: Self = Self([0; 32]);

    fn of(text: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
        Self(hash)
    }
}

impl TryFrom<String> for TextHash {
    type Error = TextHashError;

    fn try_from(hex: String) -> Result<Self, TextHashError> {
        let octets = data_encoding::HEXLOWER.decode(hex.as_bytes()).map_err(|_| TextHashError)?;
        octets.try_into().map(Self).map_err(|_| TextHashError)
    }
}

impl From<TextHash> for String {
    fn from(hash: TextHash) -> Self {
        hash.to_string()
    }
}

impl fmt::Display for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TextHash({self})")
    }
}

/// The head of the hash chain. A checkpoint records the chain head, and the next line repeats its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChainHead {
    /// The number of lines in the log, which is also the number of the last line.
    pub sequence: u64,
    /// The hash of the last line, excluding its line feed.
    pub sha256: TextHash,
}

/// The signed content of a checkpoint: the head of the log at `signed_at`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Checkpoint {
    /// The number of lines in the log.
    pub sequence: u64,
    /// The hash of the last line, excluding its line feed.
    pub sha256: TextHash,
    /// The signing time, in seconds since 1970-01-01T00:00:00Z.
    pub signed_at: Timestamp,
}

/// A log line: a JSON object with members sorted by name.
#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    event: AuditEvent,
    id: String,
    previous: TextHash,
    sequence: u64,
}

/// The first broken link in a hash chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {sequence} of the log: {fault}")]
pub struct BrokenLink {
    /// The expected line number, counted from 1 across the entire log.
    pub sequence: u64,
    pub fault: LinkFault,
}

/// A fault in a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// The text is not a valid log line.
    #[error("the line cannot be read")]
    Unreadable,
    /// The line number is unexpected because lines are missing, duplicated or out of order.
    #[error("another line is in this position")]
    OutOfSequence,
    /// The line does not contain the hash of the previous line.
    #[error("the previous line was changed")]
    OtherPredecessor,
    /// A checkpoint contains a different hash for this line.
    #[error("the line was changed after a checkpoint was signed")]
    OtherThanCheckpoint,
    /// A checkpoint covers this line, but the line is missing.
    #[error("the line is missing, although a checkpoint covers it")]
    Missing,
}

impl ChainHead {
    /// The head of an empty log.
    pub const ORIGIN: Self = Self { sequence: 0, sha256: TextHash::ORIGIN };

    /// Returns the log line for `event`, without a line feed, and the new head of the chain.
    ///
    /// # Errors
    ///
    /// Returns an error if serialisation fails. JSON can represent every [`Change`], so serialisation does not fail in
    /// practice.
    pub fn append(&self, event: AuditEvent) -> Result<(String, Self), serde_json::Error> {
        let sequence = self.sequence + 1;
        let line = Line { id: event.id(), event, previous: self.sha256.clone(), sequence };
        let mut line = serde_json::to_value(line)?;
        // Sorting has an effect only if another crate enables the `preserve_order` feature of serde_json.
        line.sort_all_objects();
        let line = line.to_string();
        let sha256 = TextHash::of(&line);
        Ok((line, Self { sequence, sha256 }))
    }

    /// Returns the head that `line` claims to follow, or `None` if the text is not a log line.
    pub fn before(line: &str) -> Option<Self> {
        let Line { previous, sequence, .. } = serde_json::from_str(line).ok()?;
        Some(Self { sequence: sequence.checked_sub(1)?, sha256: previous })
    }

    /// Checks that `line` is the next line of the chain, and returns the event and the new head.
    ///
    /// # Errors
    ///
    /// Returns [`BrokenLink`] if `line` is not the next line of the chain.
    pub fn follow(&self, line: &str) -> Result<(AuditEvent, Self), BrokenLink> {
        let sequence = self.sequence + 1;
        let broken = |fault| BrokenLink { sequence, fault };
        let read: Line = serde_json::from_str(line).map_err(|_| broken(LinkFault::Unreadable))?;
        if read.sequence != sequence {
            return Err(broken(LinkFault::OutOfSequence));
        }
        if read.previous != self.sha256 {
            return Err(broken(LinkFault::OtherPredecessor));
        }
        if read.id != read.event.id() {
            return Err(broken(LinkFault::Unreadable));
        }
        Ok((read.event, Self { sequence, sha256: TextHash::of(line) }))
    }
}

/// Verifies a complete log against its checkpoints and returns the head of the chain. `checkpoints` may be in any
/// order. The caller must verify the checkpoint signatures.
///
/// A modified line after the last checkpoint is detected only if another line follows it.
///
/// # Errors
///
/// Returns the first [`BrokenLink`] in the log.
pub fn verify_chain<'a>(
    lines: impl IntoIterator<Item = &'a str>,
    checkpoints: &[ChainHead],
) -> Result<ChainHead, BrokenLink> {
    let mut checkpoints: Vec<_> = checkpoints.iter().collect();
    checkpoints.sort_by_key(|checkpoint| checkpoint.sequence);
    let mut checkpoints = checkpoints.into_iter().peekable();
    let mut head = ChainHead::ORIGIN;
    for line in lines {
        head = head.follow(line)?.1;
        while let Some(checkpoint) = checkpoints.next_if(|checkpoint| checkpoint.sequence <= head.sequence) {
            if *checkpoint != head {
                return Err(BrokenLink { sequence: head.sequence, fault: LinkFault::OtherThanCheckpoint });
            }
        }
    }
    match checkpoints.next() {
        None => Ok(head),
        Some(_) => Err(BrokenLink { sequence: head.sequence + 1, fault: LinkFault::Missing }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(count: u8) -> (Vec<String>, Vec<ChainHead>) {
        let mut head = ChainHead::ORIGIN;
        (1..=count)
            .map(|number| {
                let serial_number = SerialNumber::from_be_bytes(&[number]).unwrap();
                let change = Change::CertificateRevoked {
                    serial_number,
                    reason: RevocationReason::Superseded,
                    statement_sha256: TextHash::of("statement"),
                };
                let at = Timestamp::try_from(1_795_378_102 + i64::from(number)).unwrap();
                let (line, next) = head.append(AuditEvent { at, change }).unwrap();
                head = next;
                (line, head.clone())
            })
            .unzip()
    }

    fn verify(lines: &[String], checkpoints: &[ChainHead]) -> Result<ChainHead, BrokenLink> {
        verify_chain(lines.iter().map(String::as_str), checkpoints)
    }

    #[test]
    fn an_unmodified_log_verifies() {
        let (lines, heads) = log(5);
        assert_eq!(verify(&lines, &heads).as_ref(), Ok(&heads[4]));
        assert_eq!(verify(&[], &[]), Ok(ChainHead::ORIGIN));
        assert!(
            lines[0].starts_with(r#"{"at":1795378103,"change":"certificateRevoked","id":"certificate/01/"#)
        );
    }

    #[test]
    fn the_first_broken_link_is_reported() {
        let (lines, heads) = log(5);
        let broken = |change: &dyn Fn(&mut Vec<String>), checkpoints: &[ChainHead]| {
            let mut lines = lines.clone();
            change(&mut lines);
            let broken = verify(&lines, checkpoints).unwrap_err();
            (broken.sequence, broken.fault)
        };
        let forge = |line: &mut String| *line = line.replace("superseded", "keyCompromise");
        assert_eq!(broken(&|l| forge(&mut l[1]), &[]), (3, LinkFault::OtherPredecessor));
        assert_eq!(broken(&|l| forge(&mut l[4]), &heads[4..]), (5, LinkFault::OtherThanCheckpoint));
        assert_eq!(broken(&|l| forge(&mut l[1]), &heads[1..]), (2, LinkFault::OtherThanCheckpoint));
        assert_eq!(broken(&|l| drop(l.remove(2)), &[]), (3, LinkFault::OutOfSequence));
        assert_eq!(broken(&|l| drop(l.pop()), &heads[4..]), (5, LinkFault::Missing));
        assert_eq!(broken(&|l| l.swap(0, 1), &[]), (1, LinkFault::OutOfSequence));
        assert_eq!(broken(&|l| l.insert(1, l[0].clone()), &[]), (2, LinkFault::OutOfSequence));
        assert_eq!(broken(&|l| l[3].clear(), &[]), (4, LinkFault::Unreadable));
    }

    /// An attacker with write access to the whole log can rebuild the chain, but the rebuilt chain does not match the
    /// checkpoints.
    #[test]
    fn a_rewritten_log_does_not_match_its_checkpoints() {
        let (_, heads) = log(3);
        let (mut others, _) = log(2);
        let (line, _) = verify(&others, &[])
            .unwrap()
            .append(AuditEvent {
                at: Timestamp::try_from(0).unwrap(),
                change: Change::CertificateRevoked {
                    serial_number: SerialNumber::from_be_bytes(&[9]).unwrap(),
                    reason: RevocationReason::KeyCompromise,
                    statement_sha256: TextHash::of("statement"),
                },
            })
            .unwrap();
        others.push(line);
        assert_eq!(verify(&others, &heads).unwrap_err().fault, LinkFault::OtherThanCheckpoint);
    }
}
