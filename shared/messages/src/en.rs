//! The English messages.

use domain::{
    application::{NoCorrection, NoResend},
    fields::Rule,
    session::SessionEnd,
    session_limits::LimitedRequest,
};
use time::{format_description::FormatItem, macros::format_description};

use crate::{Catalogue, EmailSubject, Problem, ProblemText};

/// The English catalogue.
pub(super) struct English;

const MOMENT: &[FormatItem<'_>] =
    format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] (Japan time)");

const IDENTIFY_AGAIN: &str = "Pass the identity check again. What was saved is still there.";

const STOPPED: &str = "The application was stopped from the mailbox that is registered for the old certificate. If you want to continue it, contact us and give the receipt number.";

const REJECTED: &str =
    "The application was rejected. If you need a certificate, contact us and give the receipt number.";

const NO_LONGER_WAITING: &str = "The application has ended. If you need a certificate, apply to the certification authority for a new one.";

impl Catalogue for English {
    fn moment(&self) -> &'static [FormatItem<'static>] {
        MOMENT
    }

    fn subject_line(&self) -> &'static str {
        "[{service}] {subject}"
    }

    fn email_subject(&self, email: EmailSubject) -> &'static str {
        match email {
            EmailSubject::CertificateCode => "Your new certificate code",
            EmailSubject::SignInCode => "Your sign-in code",
            EmailSubject::AddressChangeNotice => "Another e-mail address was given for your reissue",
            EmailSubject::Reminder => "Your new certificate is waiting to be picked up",
            EmailSubject::ExpiryNotice => "Your application for a reissue has ended",
            EmailSubject::StopNotice => "Your application for a reissue was stopped",
            EmailSubject::RejectionNotice => "Your application for a reissue was rejected",
        }
    }

    fn rule(&self, rule: Rule) -> &'static str {
        match rule {
            Rule::Required => "“{label}” is empty. Fill it in.",
            Rule::TooLong => "“{label}” is too long. Shorten it to {max} characters or fewer.",
            Rule::NotAMailbox => {
                "“{label}” is not an e-mail address. Enter it like name@example.co.jp, in Latin letters, digits and signs."
            }
            Rule::MissingAtSign => "“{label}” has no @. Enter it with the @, like name@example.co.jp.",
            Rule::SeveralAddresses => "“{label}” contains more than one address. Enter only one.",
            Rule::SeveralAtSigns => "“{label}” has more than one @. Remove the others.",
            Rule::SpaceInAddress => "“{label}” contains a space. Remove it.",
            Rule::CommaInAddress => "“{label}” contains a comma. Replace it with a dot.",
            Rule::LocalPartNotAscii => {
                "“{label}” has letters before the @ that a certificate cannot contain. Enter an address in Latin letters, digits and signs."
            }
            Rule::LocalPartDots => {
                "“{label}” has two dots in a row before the @, or a dot at the beginning or right before the @. A certificate cannot contain such an address. If it is not a typing error, enter another address."
            }
            Rule::LocalPartTooLong => {
                "“{label}” is too long before the @. Enter an address with 64 characters or fewer there."
            }
            Rule::DomainWithoutDot => {
                "“{label}” has no dot after the @. Enter it to the end, like name@example.co.jp."
            }
            Rule::NumericDomain => {
                "“{label}” has an IP address after the @, or ends in a number. Enter a domain name after the @, like example.co.jp."
            }
            Rule::DomainMalformed => {
                "“{label}” has no correct domain name after the @. Check it for two dots in a row and for wrong signs, and enter it like example.co.jp."
            }
            Rule::NotFullWidth => {
                "“{label}” has a character without a full-width form. Use kanji, kana, letters and digits."
            }
            Rule::NotRomaji => {
                "“{label}” must be in Latin letters, digits and signs. Replace the other characters."
            }
            Rule::NotAPostalCode => "“{label}” must have 7 digits. Enter it like 1040028.",
            Rule::NotAPrefecture => "“{label}” is not one of the 47 prefectures. Choose it from the list.",
            Rule::NotAPhoneNumber => {
                "“{label}” must have 10 or 11 digits and begin with 0. Enter it with the area code, like 0350001111."
            }
            Rule::SameAddress => {
                "“{label}” is the one that the code is sent to already. If it is right, ask for another code on the receipt."
            }
            Rule::UnsuitableCharacter => "“{label}” contains an invisible control character. Type it again.",
            Rule::CertificateCodeTypo => {
                "“{label}” has a typing error. Compare it with the code in the mail, character by character."
            }
            Rule::NotASignInCode => {
                "“{label}” must have 8 letters and digits. Compare it with the code in the mail."
            }
            Rule::WrongPassword => {
                "“{label}” is wrong. Enter the password that you used for the identity check."
            }
            Rule::FixedField => "“{label}” cannot be changed. Send it as it was shown.",
            Rule::UnknownField => "There is no field “{label}”. Leave it out.",
            Rule::NotAcknowledged => "Revocation cannot be undone. Read the warning and tick the box.",
            Rule::WrongType => {
                "“{label}” has another JSON type than the API description says. Send that type."
            }
            Rule::CsrMalformed => {
                "The certification request cannot be read. Send it as PKCS#10 in PEM, from the BEGIN line to the END line."
            }
            Rule::CsrIsPrivateKey => {
                "This is a private key, which you must never send to anyone. Do not use it any more. Make a new key, and send only its certification request."
            }
            Rule::CsrIsCertificate => {
                "This is a certificate. Send the certification request that was made with the new key, from its BEGIN CERTIFICATE REQUEST line."
            }
            Rule::CsrSignatureAlgorithm => {
                "The signature algorithm of the certification request is not accepted. Make it anew with ECDSA or RSA PKCS#1 v1.5, and with SHA-256, SHA-384 or SHA-512."
            }
            Rule::CsrSignature => {
                "The certification request is not signed with its own key, which would show that you hold it. Make it anew with that key."
            }
            Rule::KeyUnsupported => {
                "No certificate is issued for this kind of key. Make a new key: P-256, P-384, or RSA of 2048 to 4096 bits in steps of 8."
            }
            Rule::KeyWeak => {
                "This key is weak: its private key can be computed. Make a new key with other software or another device."
            }
            Rule::KeyCompromised => {
                "The private key of this key is known to others. Do not use it; make a new key."
            }
            Rule::KeyReused => "A certificate was issued for this key before. Make a new key.",
        }
    }

    fn problem(&self, problem: Problem) -> ProblemText {
        match problem {
            Problem::MalformedBody => ProblemText {
                title: "The data that was sent cannot be read.",
                remedy: "Send the body as JSON.",
            },
            Problem::UnsupportedMediaType => ProblemText {
                title: "The data is of another kind than expected.",
                remedy: "Send Content-Type: application/json.",
            },
            Problem::BodyTooLarge => ProblemText {
                title: "The data that was sent is too large.",
                remedy: "Keep the body within 16 KiB.",
            },
            Problem::InvalidFields => ProblemText {
                title: "Some of what was entered has to be corrected.",
                remedy: "Correct the fields that are named and send again.",
            },
            Problem::IdentityCheckFailed => ProblemText {
                title: "We could not confirm who you are.",
                remedy: "The e-mail address, application password and certificate code do not belong together. Check all three and send again.",
            },
            Problem::ConfirmationByEmail => ProblemText {
                title: "Please confirm the identity check with a sign-in code.",
                remedy: "Too many wrong attempts were made with this e-mail address and certificate code. If your details are right, we have sent a sign-in code to the registered mailbox. Enter it below. If no e-mail arrives within 5 minutes, check your details and send again.",
            },
            Problem::CodeBlocked => ProblemText {
                title: "Too many wrong passwords were entered with this certificate code.",
                remedy: "The code can no longer be used. Ask for another certificate code on the receipt, and pick the certificate up with that one.",
            },
            Problem::SessionMissing => ProblemText {
                title: "The identity check has not been passed yet.",
                remedy: "Start with the identity check.",
            },
            Problem::SessionEnded(end) => ProblemText {
                title: match end {
                    SessionEnd::TimedOut => "The session has ended because of the time that passed.",
                    SessionEnd::SignedOut => "You have signed out.",
                    SessionEnd::Replaced => {
                        "A new identity check in the same browser has ended this session."
                    }
                    SessionEnd::TooManySessions => {
                        "Identity checks in other windows or devices have ended this session, because at most 5 sessions can be open."
                    }
                    SessionEnd::WrongPasswords => "The session has ended because of 5 wrong passwords.",
                },
                remedy: IDENTIFY_AGAIN,
            },
            Problem::SessionLimitReached(request) => ProblemText {
                title: match request {
                    LimitedRequest::Selection => "A certificate can be chosen 20 times in one session.",
                    LimitedRequest::Save => "The application can be saved 20 times in one session.",
                    LimitedRequest::Extension => "A session can be extended 120 times.",
                    LimitedRequest::Code => {
                        "Codes can be sent again and addresses corrected 10 times in one session."
                    }
                },
                remedy: IDENTIFY_AGAIN,
            },
            Problem::TooManySignIns => ProblemText {
                title: "The identity check was passed too many times.",
                remedy: "The identity check can be passed 30 times in 24 hours with the same certificate code. Try again later. If you did not do this, contact us.",
            },
            Problem::StepOutOfOrder => {
                ProblemText { title: "Another step comes first.", remedy: "Go on with the step in nextStep." }
            }
            Problem::AlreadySubmitted => ProblemText {
                title: "The reissue of this certificate was already applied for.",
                remedy: "See the receipt for what was accepted.",
            },
            Problem::NotFound => {
                ProblemText { title: "There is nothing here.", remedy: "Check the number or the address." }
            }
            Problem::CertificateNotReissuable => ProblemText {
                title: "This certificate cannot be reissued.",
                remedy: "A certificate can be reissued while it is not revoked and more than 30 days of its validity are left.",
            },
            Problem::ApplicationChanged => ProblemText {
                title: "The application was changed in another window.",
                remedy: "Load it again and check it once more.",
            },
            Problem::IdempotencyKeyInvalid => ProblemText {
                title: "The key that identifies this submission is missing.",
                remedy: "Send an Idempotency-Key of 16 to 64 letters, digits, - or _.",
            },
            Problem::IdempotencyKeyReused => ProblemText {
                title: "The key belongs to a submission of something else.",
                remedy: "Send with a new Idempotency-Key.",
            },
            Problem::PickUpCheckFailed => ProblemText {
                title: "The certificate code and the application password could not be confirmed.",
                remedy: "Check the certificate code in the latest mail and the application password, and send again.",
            },
            Problem::CodeExpired => ProblemText {
                title: "The time of this certificate code is over.",
                remedy: "Ask for another certificate code on the receipt, and pick the certificate up with that one.",
            },
            Problem::AlreadyPickedUp => ProblemText {
                title: "The new certificate was already issued, for another key.",
                remedy: "Send the first certification request again to get the same certificate. If its key is lost, apply for the reissue of the new certificate.",
            },
            Problem::ApplicationExpired => ProblemText {
                title: "The application has ended: it was not picked up in time.",
                remedy: "If you need a certificate, apply to the certification authority for a new one.",
            },
            Problem::ApplicationStopped => {
                ProblemText { title: "The application was stopped.", remedy: STOPPED }
            }
            Problem::ApplicationRejected => {
                ProblemText { title: "The application was rejected.", remedy: REJECTED }
            }
            Problem::StopCodeUnknown => ProblemText {
                title: "No application belongs to this stop code.",
                remedy: "Compare it with the stop code in the mail about the changed address. If it does not work, contact us at once.",
            },
            Problem::ResendNotPossible(reason) => ProblemText {
                title: "No other certificate code can be sent.",
                remedy: match reason {
                    NoResend::PickedUp => "The new certificate was picked up; no code is needed any more.",
                    NoResend::Expired => NO_LONGER_WAITING,
                    NoResend::Stopped => STOPPED,
                    NoResend::Rejected => REJECTED,
                    NoResend::Held { until: Some(_) } => {
                        "The code is held, because the e-mail address was changed. It is sent when the hold ends."
                    }
                    NoResend::Held { until: None } => {
                        "The code is held, because the e-mail address was changed. It is sent when an officer has approved the change."
                    }
                    NoResend::LimitReached => {
                        "Codes were sent as often as is possible. Use the last one, or contact us."
                    }
                    NoResend::TooSoon { .. } => {
                        "See whether the last mail has arrived, wait a few minutes, and ask again."
                    }
                },
            },
            Problem::CorrectionNotPossible(reason) => ProblemText {
                title: "The e-mail address cannot be corrected.",
                remedy: match reason {
                    NoCorrection::PickedUp => {
                        "The new certificate was picked up. For another address in it, apply for the reissue of the new certificate."
                    }
                    NoCorrection::Expired => NO_LONGER_WAITING,
                    NoCorrection::Stopped => STOPPED,
                    NoCorrection::Rejected => REJECTED,
                    NoCorrection::IssuanceBegun => {
                        "The pick-up was begun with the code that was mailed. Go on with it in the same window, or contact us."
                    }
                    NoCorrection::LimitReached => "It was corrected as often as is possible. Contact us.",
                },
            },
            Problem::IdentityCheckRequired => ProblemText {
                title: "This needs another identity check first.",
                remedy: "Pass the identity check again, and send this within ten minutes of it.",
            },
            Problem::CrossOriginRequest => ProblemText {
                title: "This request does not come from a page of this site.",
                remedy: "Go on with the procedure on the pages of this site. Other programs send the header Sec-Fetch-Site: same-origin.",
            },
            Problem::DirectRequest => ProblemText {
                title: "The API is not available at this address.",
                remedy: "Send the request to the address of the site.",
            },
            Problem::MethodNotAllowed => {
                ProblemText { title: "This cannot be done here.", remedy: "Use one of the methods in Allow." }
            }
            Problem::TemporarilyUnavailable => ProblemText {
                title: "This could not be done just now.",
                remedy: "Nothing is lost. Wait a moment and send the same again.",
            },
            Problem::InternalError => ProblemText {
                title: "Something went wrong on our side.",
                remedy: "Nothing was changed. If it happens again, contact us.",
            },
        }
    }
}
