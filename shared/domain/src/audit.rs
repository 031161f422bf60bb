//! The audit log: a tamper-evident hash chain that records all state changes of certificates and applications.
//!
//! Events are recorded in the transaction that changes the state. A sealer later numbers them and links each line to
//! the previous line by its hash. Signed checkpoints store the head of the chain externally (S/MIME Baseline
//! Requirements §5.4, OWASP ASVS 5.0 §16.4.2).

use std::fmt;

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::{
    Timestamp,
    application::{
        Accepted, AddressCorrection, Application, ApplicationId, Confirmed, Draft, Expired, PickedUp,
    },
    certificate::{Certificate, CertificateState},
    delivery::{Delivery, DeliveryOutcome},
    enrollment::EnrollmentId,
    numbers::{CouponNumber, SerialNumber},
    receipt::ReceiptNumber,
    revocation::{RevocationReason, RevokedCertificate, SignedStatement},
};

/// A change and the object that changed. The event contains no personal data, only numbers that refer to database rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "change")]
pub enum Change {
    /// A certificate from another issuing system was registered.
    CertificateRegistered {
        /// The enrollment of the certificate.
        enrollment: EnrollmentId,
        /// The coupon number at the registration authority.
        coupon_number: CouponNumber,
        /// The serial number.
        serial_number: SerialNumber,
        /// True if the certificate was already revoked.
        revoked: bool,
    },
    /// A certificate was revoked.
    CertificateRevoked {
        /// The serial number.
        serial_number: SerialNumber,
        /// The reason.
        reason: RevocationReason,
        /// The SHA-256 of the signed statement's payload in lower-case hexadecimal. The payload identifies the
        /// requester.
        statement_sha256: TextHash,
    },
    /// A certificate was issued.
    CertificateIssued {
        /// The enrollment of the certificate.
        enrollment: EnrollmentId,
        /// The coupon number at the registration authority.
        coupon_number: CouponNumber,
        /// The serial number.
        serial_number: SerialNumber,
        /// The SHA-256 of the certificate's DER in lower-case hexadecimal.
        certificate_sha256: String,
    },
    /// An application entered a state.
    Application {
        /// The enrollment of the application.
        enrollment: EnrollmentId,
        /// The certificate to replace.
        coupon_number: CouponNumber,
        /// The version of the application in this state.
        version: u64,
        /// The state.
        state: ApplicationStage,
        /// The receipt number, which exists after acceptance.
        receipt_number: Option<ReceiptNumber>,
    },
    /// An email with a certificate code bounced or was reported as unwanted. The mailbox may not be the subscriber's.
    CodeMail {
        /// The receipt number of the application.
        receipt_number: ReceiptNumber,
        /// The number of the code within the application.
        send_number: u32,
        /// The delivery outcome of the email.
        outcome: DeliveryOutcome,
    },
    /// The email address of an accepted application was corrected. Earlier codes are no longer valid.
    AddressCorrected {
        /// The receipt number of the application.
        receipt_number: ReceiptNumber,
        /// The number of the first code that is sent to the corrected address.
        send_number: u32,
    },
}

/// The name of an application state in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ApplicationStage {
    /// [`Draft`]
    Draft,
    /// [`Confirmed`]
    Confirmed,
    /// [`Accepted`]
    Accepted,
    /// [`PickedUp`]
    PickedUp,
    /// [`Expired`]
    Expired,
}

/// An application state that the log records.
pub trait Stage {
    /// The name of the state in the log.
    const NAME: ApplicationStage;

    /// The receipt number, which exists after acceptance.
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

/// An event that is not sealed yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// The time of the change.
    pub at: Timestamp,
    /// The change.
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

impl AuditEvent {
    /// Creates the event for the registration of `certificate`, which another system issued.
    pub fn registration(enrollment: &EnrollmentId, certificate: &Certificate, at: Timestamp) -> Self {
        let change = Change::CertificateRegistered {
            enrollment: enrollment.clone(),
            coupon_number: certificate.coupon_number.clone(),
            serial_number: certificate.serial_number.clone(),
            revoked: matches!(certificate.state, CertificateState::Revoked { .. }),
        };
        Self { at, change }
    }

    /// Creates the event for the revocation of a certificate, as recorded in `statement`.
    pub fn revocation(revoked: &RevokedCertificate, statement: &SignedStatement) -> Self {
        let change = Change::CertificateRevoked {
            serial_number: revoked.serial_number.clone(),
            reason: revoked.reason,
            statement_sha256: TextHash::of(&statement.payload),
        };
        Self { at: revoked.revoked_at, change }
    }

    /// Creates the event for the issuance of `certificate`.
    pub fn issuance(enrollment: &EnrollmentId, certificate: &Certificate, at: Timestamp) -> Self {
        let change = Change::CertificateIssued {
            enrollment: enrollment.clone(),
            coupon_number: certificate.coupon_number.clone(),
            serial_number: certificate.serial_number.clone(),
            certificate_sha256: certificate.sha256.clone(),
        };
        Self { at, change }
    }

    /// Creates the event for the transition of `application` to its current state.
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

    /// Creates the event that records a delivery outcome. The email contained a code for the application with this
    /// receipt number.
    pub fn code_mail(receipt_number: &ReceiptNumber, delivery: Delivery) -> Self {
        let Delivery { send_number, outcome, at } = delivery;
        let change = Change::CodeMail { receipt_number: receipt_number.clone(), send_number, outcome };
        Self { at, change }
    }

    /// Creates the event that records an email address correction in the application with this receipt number.
    pub fn address_correction(receipt_number: &ReceiptNumber, correction: &AddressCorrection) -> Self {
        let send_number = correction.first_send_number;
        let change = Change::AddressCorrected { receipt_number: receipt_number.clone(), send_number };
        Self { at: correction.at, change }
    }

    /// The ID of the event. Each state is entered once, so a given change always has the same ID. A repeated
    /// transaction therefore cannot record the change twice.
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
        }
    }
}

/// The SHA-256 of a line or a statement, in lower-case hexadecimal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TextHash([u8; 32]);

/// The text is not 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 hash in lower-case hexadecimal")]
pub struct TextHashError;

impl TextHash {
    /// The predecessor hash in the first line.
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

/// The head of a chain. Checkpoints sign this value, and the next line links to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChainHead {
    /// The number of lines, which equals the number of the last line.
    pub sequence: u64,
    /// The hash of the last line without its line feed.
    pub sha256: TextHash,
}

/// The content of a checkpoint, which states the head of the log at `signed_at`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Checkpoint {
    /// The number of lines.
    pub sequence: u64,
    /// The hash of the last line.
    pub sha256: TextHash,
    /// The time of the signature, in seconds since 1970 UTC.
    pub signed_at: Timestamp,
}

/// A line of the log: one JSON object whose members are sorted by name.
#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    event: AuditEvent,
    id: String,
    previous: TextHash,
    sequence: u64,
}

/// The first broken link of a chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {sequence} of the log: {fault}")]
pub struct BrokenLink {
    /// The expected number of the line, counted from 1 over the whole log.
    pub sequence: u64,
    /// The fault of the line.
    pub fault: LinkFault,
}

/// The fault of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// The text is not a line of this log.
    #[error("it cannot be read")]
    Unreadable,
    /// The line has an unexpected number, because lines are missing, duplicated or out of order.
    #[error("another line is in its place")]
    OutOfSequence,
    /// The line does not link to the previous line.
    #[error("the line before it was changed")]
    OtherPredecessor,
    /// A checkpoint contains a different hash for this position.
    #[error("it was changed after a checkpoint was signed")]
    OtherThanCheckpoint,
    /// A checkpoint covers this line, but the line is missing.
    #[error("it is missing, although a checkpoint was signed over it")]
    Missing,
}

impl ChainHead {
    /// The head of an empty log.
    pub const ORIGIN: Self = Self { sequence: 0, sha256: TextHash::ORIGIN };

    /// Returns the line for `event` without a line feed, and the head of the chain after this line.
    ///
    /// # Errors
    ///
    /// A serialization error. It cannot occur for the events of this service, because JSON can represent all of their
    /// members.
    pub fn append(&self, event: AuditEvent) -> Result<(String, Self), serde_json::Error> {
        let sequence = self.sequence + 1;
        let line = Line { id: event.id(), event, previous: self.sha256.clone(), sequence };
        let mut line = serde_json::to_value(line)?;
        // This sort has an effect only if a crate in the build enables serde_json's `preserve_order`.
        line.sort_all_objects();
        let line = line.to_string();
        let sha256 = TextHash::of(&line);
        Ok((line, Self { sequence, sha256 }))
    }

    /// Returns the event in `line` and the head after it. Checks that `line` is the next line of the chain.
    ///
    /// # Errors
    ///
    /// [`BrokenLink`] when `line` is not the next line.
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

/// Verifies the whole chain of `lines` and compares it with every checkpoint. `checkpoints` are the signed heads in any
/// order. The caller must verify their signatures.
///
/// A change to a line after the last checkpoint is detected only if another line follows the changed line.
///
/// # Errors
///
/// The first [`BrokenLink`].
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
