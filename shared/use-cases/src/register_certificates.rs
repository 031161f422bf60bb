//! Registers certificates that were imported from an older system or generated for the demonstration.
//!
//! The caller reads the records from a file. An invalid record is reported with its line number and the reason, and the
//! import continues. Registering the same record again changes nothing.

use std::sync::Arc;

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    passwords::{Passwords, check_stored_hash},
    refusal::Failure,
};
use domain::{
    application::{ApplicationFields, ApplicationFieldsInput, FixedFields, FixedFieldsInput},
    certificate::{Certificate, CertificateState, Validity},
    certificate_code::CertificateCode,
    credential_keys::CredentialKeys,
    enrollment::EnrollmentId,
    fields::{Field, FieldError, FixedFieldError, FixedFieldFault, Language, Rule},
    numbers::{CorporateNumber, CouponNumber},
    password::ApplicationPassword,
    publication::PublicationUrl,
    revocation::RevocationReason,
    text::RecordedName,
};
use pki::{CertificationAuthority, DirectoryString, EndEntityCertificate};
use ports::{Clock, Entropy};
use store::{Credential, NewCertificate, RegistrationOutcome, Store};

/// The minimum number of characters in an imported password. Older systems accepted shorter passwords, which can be
/// guessed (OWASP ASVS 5.0 §6.2.1).
const MIN_PASSWORD_LENGTH: usize = 8;

pub struct RegisterCertificates {
    pub store: Store,
    pub passwords: Passwords,
    pub keys: CredentialKeys,
    pub clock: Arc<dyn Clock>,
    /// The source of randomness for enrollment ids and salts.
    pub entropy: Arc<dyn Entropy>,
    /// The CA of this deployment, which can revoke only certificates that it issued.
    pub authority: CertificationAuthority,
    /// The CA's publication URL, which is used to derive the shard of a certificate from its CRL URLs.
    pub publication: PublicationUrl,
}

/// The record of a certificate to register.
pub struct CertificateRecord {
    /// The certificate, in PEM format.
    pub certificate: String,
    /// クーポン番号
    pub coupon_number: String,
    /// 証明書コード of the certificate's pick-up.
    pub certificate_code: String,
    /// 申請パスワード in clear text. A record contains either the password or its hash.
    pub application_password: Option<String>,
    /// 申請パスワード as an argon2id hash in PHC form.
    pub application_password_hash: Option<String>,
    /// 法人番号
    pub corporate_number: String,
    /// The evidence of the first authentication.
    pub fixed: FixedFieldsInput,
    /// The revocation, if the certificate is revoked.
    pub revoked: Option<RecordedRevocation>,
    /// The fields of the application for this certificate.
    pub application: ApplicationFieldsInput,
}

/// A revocation that took place before the registration.
pub struct RecordedRevocation {
    pub reason: RevocationReason,
    /// The revocation time, in RFC 3339 format.
    pub at: String,
}

/// The result of an import.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The number of certificates that this import registered.
    pub registered: usize,
    /// The number of certificates that were already registered before this import.
    pub already_registered: usize,
    /// The line number of each refused record, starting at 1, and the reason for the refusal.
    pub refused: Vec<(usize, String)>,
}

/// The reason why a record is refused or the import stops.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// The record is invalid.
    #[error("{0}")]
    Refused(String),
    /// The registration failed, for example because the store was unavailable.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// A line number, and the line's record or the reason why the line cannot be parsed.
pub type NumberedRecord = (usize, Result<CertificateRecord, String>);

impl RegisterCertificates {
    /// Registers the certificates in `records`.
    ///
    /// # Errors
    ///
    /// Returns an error if the store or another dependency fails. Certificates that were registered before the failure
    /// remain registered, and the import can be repeated.
    pub async fn register_records(
        &self,
        records: impl IntoIterator<Item = NumberedRecord>,
    ) -> Result<Report, Failure> {
        let mut report = Report::default();
        for (line, record) in records {
            let outcome = match record {
                Ok(record) => self.register(&record).await,
                Err(reason) => refused(reason),
            };
            match outcome {
                Ok(RegistrationOutcome::Registered) => report.registered += 1,
                Ok(RegistrationOutcome::AlreadyRegistered) => report.already_registered += 1,
                Ok(RegistrationOutcome::Taken) => {
                    let reason = "the coupon number or serial number belongs to another certificate";
                    report.refused.push((line, reason.to_owned()));
                }
                Err(RegistrationError::Refused(reason)) => report.refused.push((line, reason)),
                Err(RegistrationError::Failed(failure)) => return Err(failure),
            }
        }
        Ok(report)
    }

    /// Registers one certificate.
    ///
    /// # Errors
    ///
    /// Returns [`RegistrationError::Refused`] if the record is invalid, and [`RegistrationError::Failed`] if the store
    /// fails.
    pub async fn register(
        &self,
        record: &CertificateRecord,
    ) -> Result<RegistrationOutcome, RegistrationError> {
        let issued = EndEntityCertificate::parse(record.certificate.as_bytes())
            .map_err(|error| refusal("certificate", &error))?;
        let certificate = self.read_certificate(record, &issued)?;
        let code: CertificateCode = parse_field(Field::CertificateCode, &record.certificate_code)?;
        let login = self.keys.login(certificate.email_address(), &code);
        let known = self.store.credential(&login).await.map_err(Failure::from)?;
        let credential = self.credential(record, known).await?;
        let key_sha256 = issued.key_sha256().to_owned();
        let new = NewCertificate { login, credential, certificate, key_sha256 };
        Ok(self.store.register(&new, self.clock.now()).await.map_err(Failure::from)?)
    }

    fn read_certificate(
        &self,
        record: &CertificateRecord,
        issued: &EndEntityCertificate,
    ) -> Result<Certificate, RegistrationError> {
        match issued.is_issued_by(&self.authority) {
            Ok(true) => {}
            Ok(false) => {
                return refused("certificate: not issued by this deployment's CA".to_owned());
            }
            Err(error) => return Err(refusal("certificate", &error)),
        }
        let application = ApplicationFields::parse(&record.application).map_err(|errors| {
            let messages = errors.into_iter().map(|error| messages::field_error(error, Language::En));
            let messages: Vec<_> = messages.collect();
            RegistrationError::Refused(messages.join(" "))
        })?;
        let certified = |address: &String| address.eq_ignore_ascii_case(application.email_address.as_str());
        if !issued.email_addresses().iter().any(certified) {
            return refused("emailAddress: not an address in the certificate".to_owned());
        }
        let fixed = FixedFields::parse(&record.fixed).map_err(invalid_fixed_field)?;
        let common_name = issued.common_name().unwrap_or(fixed.subscriber_name_en.as_str()).to_owned();
        Ok(Certificate {
            coupon_number: parse::<CouponNumber>("couponNumber", &record.coupon_number)?,
            serial_number: issued.serial_number().clone(),
            sha256: issued.sha256(),
            validity: Validity::try_from((issued.not_before(), issued.not_after()))
                .map_err(|error| refusal("certificate", &error))?,
            common_name: RecordedName::try_from(common_name)
                .map_err(|rule| invalid_name("certificate", rule))?,
            fixed,
            corporate_number: parse::<CorporateNumber>("corporateNumber", &record.corporate_number)?,
            application,
            state: record.revoked.as_ref().map_or(Ok(CertificateState::Active), revoked_state)?,
            crl_shard: issued.crl_urls().iter().find_map(|url| self.publication.shard_at(url)),
            replaced_by: None,
        })
    }

    /// Returns the stored credential for this email address and code, or creates a credential if none is stored. A
    /// stored credential must have the same password as the record.
    async fn credential(
        &self,
        record: &CertificateRecord,
        known: Option<Credential>,
    ) -> Result<Credential, RegistrationError> {
        let different = || {
            refused(
                "applicationPassword: differs from the stored password for this address and code".to_owned(),
            )
        };
        match (&record.application_password, &record.application_password_hash, known) {
            (Some(password), None, known) => {
                let password: ApplicationPassword = parse_field(Field::ApplicationPassword, password)?;
                if password.length() < MIN_PASSWORD_LENGTH {
                    let reason = format!("shorter than {MIN_PASSWORD_LENGTH} characters");
                    return Err(refusal(Field::ApplicationPassword.name(), &reason));
                }
                self.credential_by_password(&password, known).await?.map_or_else(different, Ok)
            }
            (None, Some(hash), Some(known)) if known.password_hash == *hash => Ok(known),
            (None, Some(_), Some(_)) => different(),
            (None, Some(hash), None) => {
                check_stored_hash(hash).map_err(|error| refusal("applicationPasswordHash", &error))?;
                Ok(Credential { enrollment: self.new_enrollment()?, password_hash: hash.clone() })
            }
            _ => refused(
                "either applicationPassword or applicationPasswordHash is required, and not both".to_owned(),
            ),
        }
    }

    async fn credential_by_password(
        &self,
        password: &ApplicationPassword,
        known: Option<Credential>,
    ) -> Result<Option<Credential>, Failure> {
        match known {
            Some(known) => {
                let same = self.passwords.verify(password, Some(&known.password_hash)).await?;
                Ok(same.then_some(known))
            }
            None => {
                let password_hash = self.passwords.hash(password, self.entropy.as_ref()).await?;
                Ok(Some(Credential { enrollment: self.new_enrollment()?, password_hash }))
            }
        }
    }

    fn new_enrollment(&self) -> Result<EnrollmentId, Failure> {
        let mut random = [0; 16];
        self.entropy.fill(&mut random)?;
        Ok(EnrollmentId::from_random(random))
    }
}

fn revoked_state(revoked: &RecordedRevocation) -> Result<CertificateState, RegistrationError> {
    let at = OffsetDateTime::parse(&revoked.at, &Rfc3339).map_err(|error| refusal("revoked.at", &error))?;
    Ok(CertificateState::Revoked { reason: revoked.reason, at: at.into() })
}

fn parse<T: std::str::FromStr>(field: &str, value: &str) -> Result<T, RegistrationError>
where
    T::Err: std::fmt::Display,
{
    value.parse().map_err(|error| refusal(field, &error))
}

fn parse_field<T: std::str::FromStr<Err = Rule>>(field: Field, value: &str) -> Result<T, RegistrationError> {
    value.parse().map_err(|rule| {
        refusal(field.name(), &messages::field_error(FieldError { field, rule }, Language::En))
    })
}

fn invalid_fixed_field(FixedFieldError { field, fault }: FixedFieldError) -> RegistrationError {
    match fault {
        FixedFieldFault::Name(rule) => invalid_name(field.name(), rule),
        FixedFieldFault::Number(error) => refusal(field.name(), &error),
    }
}

fn invalid_name(field: &str, rule: Rule) -> RegistrationError {
    let catalogue = messages::in_language(Language::En);
    refusal(field, &catalogue.broken_rule(rule, "this value", DirectoryString::MAX_LENGTH))
}

fn refusal(field: &str, reason: &dyn std::fmt::Display) -> RegistrationError {
    RegistrationError::Refused(format!("{field}: {reason}"))
}

fn refused<T>(reason: String) -> Result<T, RegistrationError> {
    Err(RegistrationError::Refused(reason))
}
