//! The reissue application (再発行申請): its fields and states.

mod accepted;
mod hold;
mod receipt;
mod state;
#[cfg(test)]
pub(crate) mod test_support;

use serde::{Deserialize, Serialize};

pub use self::{
    accepted::{
        APPLICATION_LIFETIME, Accepted, AddressCorrection, CodeLifetime, CodeLifetimeError, IssuanceClaim,
        IssuedCertificate, MAIL_AFTER_HOLD, MAIL_PROMISE, MailedCode, REMINDER_BEFORE_END,
    },
    hold::{AddressChangeHold, AddressChangeHoldError, AddressHold, Release},
    receipt::{MAX_CORRECTIONS, MAX_RESENDS, NoCorrection, NoResend, Outcome, RESEND_INTERVAL, Receipt},
    state::{AnyApplication, Application, Confirmed, Draft, Expired, PickedUp, Rejected, Stopped},
};
pub use super::fields::{
    ApplicationFields, ApplicationFieldsInput, FieldError, FixedFields, FixedFieldsInput,
};
use super::{contact::EmailAddress, enrollment::EnrollmentId, fields::Reader, numbers::CouponNumber};

/// Identifies an application and the certificate to replace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationId {
    /// The enrollment that contains the application and the certificate.
    pub enrollment: EnrollmentId,
    /// The coupon number of the certificate to replace.
    pub coupon_number: CouponNumber,
}

/// [`ApplicationFields`] with a value for every required field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CompleteFields(ApplicationFields);

impl CompleteFields {
    /// Normalises and validates all fields.
    ///
    /// # Errors
    ///
    /// Returns an error for each invalid or missing field, in page order.
    pub fn parse(input: &ApplicationFieldsInput) -> Result<Self, Vec<FieldError>> {
        ApplicationFields::read(input, Reader::of_complete_fields()).map(Self)
    }

    /// Returns the email address to which the new certificate code is sent.
    pub fn email_address(&self) -> &EmailAddress {
        &self.0.email_address
    }

    /// Replaces the email address.
    #[must_use]
    pub fn with_email_address(self, email_address: EmailAddress) -> Self {
        Self(ApplicationFields { email_address, ..self.0 })
    }

    pub fn as_fields(&self) -> &ApplicationFields {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::{Field, Rule};

    #[test]
    fn empty_and_invalid_fields_are_reported_together() {
        let input: ApplicationFieldsInput = [
            (Field::EmailAddress, "taro@example.co.jp"),
            (Field::PostalCode, "---"),
            (Field::Prefecture, "東京都"),
            (Field::City, " "),
            (Field::Phone, "12345"),
        ]
        .map(|(field, text)| (field, text.to_owned()))
        .into_iter()
        .collect();
        let error = |field, rule| FieldError { field, rule };
        let expected = [
            error(Field::PostalCode, Rule::Required),
            error(Field::City, Rule::Required),
            error(Field::Street, Rule::Required),
            error(Field::Phone, Rule::NotAPhoneNumber),
        ];
        assert_eq!(CompleteFields::parse(&input).unwrap_err(), expected);
        let present = [error(Field::Phone, Rule::NotAPhoneNumber)];
        assert_eq!(ApplicationFields::parse(&input).unwrap_err(), present);
    }
}
