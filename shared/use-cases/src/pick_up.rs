//! Pick-up (証明書取得): issues one certificate for a certificate code and a certification request.
//!
//! The service records each certificate before the CA signs it. The linted TBSCertificate is stored as a claim on the
//! application. After the CA has signed the certificate, all changes are written in one transaction. A certificate that
//! was signed but not committed is never returned. The next request with the same key continues from the claim.
//! Repeated or concurrent requests with the same key therefore return the same certificate.

use std::sync::Arc;

use crate::{
    effects,
    pick_up_check::{PickUpCheck, PickUpCredentials, still_usable},
    refusal::{Failure, InputLocation, InvalidField, Refusal},
    statements::StatementSigner,
};
use domain::{
    Timestamp,
    application::{Accepted, AnyApplication, Application, IssuanceClaim, IssuedCertificate, PickedUp},
    certificate::{Certificate, CertificateState, Validity},
    crl_scope::{CrlShard, ShardCount},
    enrollment::EnrollmentId,
    fields::Rule,
    numbers::{CouponNumber, SerialNumber},
    revocation::{RevokedCertificate, SignedStatement},
};
use pki::{
    CertificationAuthority, EndEntityCertificate,
    certification_request::{CertificationRequestError, CompromisedKeys, SubjectPublicKey},
    issuance::{IssuanceProfile, IssuanceRequest, PreparedCertificate, SubjectName},
};
use ports::{Entropy, Signer};
use store::{Credential, Effect, Issuance, OutboxRow, PickUpRecords, StoreError};

/// The maximum number of attempts to issue a certificate while other requests change the application.
const MAX_TRIES: u32 = 8;

/// Issues new certificates to subscribers.
pub struct PickUp {
    /// The credential check, whose store and clock are also used for the issuance.
    pub check: PickUpCheck,
    /// The source of randomness for serial numbers, coupon numbers, enrollment ids and outbox row ids.
    pub entropy: Arc<dyn Entropy>,
    /// The signer that uses the CA's private key.
    pub signer: Arc<dyn Signer>,
    pub profile: IssuanceProfile,
    /// The number of CRL shards for new certificates.
    pub shards: ShardCount,
    /// The compromised keys and the keys of the service, which the CA refuses to certify.
    pub compromised: CompromisedKeys,
    pub statements: StatementSigner,
}

/// The credentials, as sent by the client.
#[derive(Default)]
pub struct PickUpInput {
    /// 証明書コード
    pub certificate_code: Option<String>,
    /// 申請パスワード
    pub application_password: Option<String>,
}

/// The credentials and the certification request, as sent by the client.
#[derive(Default)]
pub struct IssuanceInput {
    /// 証明書コード
    pub certificate_code: Option<String>,
    /// 申請パスワード
    pub application_password: Option<String>,
    /// The PKCS #10 certification request, in PEM format (RFC 7468 §7).
    pub certification_request: Option<String>,
}

/// The state of a pick-up, before or after the certificate is issued.
#[derive(Debug)]
pub struct OpenedPickUp {
    /// The application and the certificate that it replaces.
    pub records: PickUpRecords,
    /// The time at which the new certificate expires.
    pub not_after: Timestamp,
    /// The new certificate, if it has been issued.
    pub issued: Option<Issued>,
}

/// An issued certificate, and the values that are included in the response.
#[derive(Debug)]
pub struct Issued {
    pub coupon_number: CouponNumber,
    pub certificate: EndEntityCertificate,
    pub subject: SubjectName,
    /// The email address in the certificate.
    pub email_address: String,
    /// The CA that issued the certificate.
    pub authority: CertificationAuthority,
}

/// A parsed request to issue a certificate.
struct Request {
    credentials: PickUpCredentials,
    key: SubjectPublicKey,
    key_sha256: String,
}

impl PickUp {
    /// Checks the credentials and returns the state of the pick-up. Does not change the application.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::InvalidFields`], [`Refusal::PickUpCheckFailed`], [`Refusal::CodeBlocked`],
    /// [`Refusal::CodeExpired`], [`Refusal::ApplicationExpired`], [`Refusal::ApplicationStopped`] or
    /// [`Refusal::ApplicationRejected`]. Returns [`Failure::Store`] if the store fails.
    pub async fn open(&self, input: &PickUpInput) -> Result<OpenedPickUp, Failure> {
        let credentials = PickUpCredentials::parse(&input.certificate_code, &input.application_password)
            .map_err(Refusal::InvalidFields)?;
        let records = self.check.check(&credentials).await?;
        match &records.application {
            AnyApplication::PickedUp(application) => {
                let issued = self.issued(
                    &records.certificate,
                    &application.state.accepted,
                    &application.state.issued,
                )?;
                Ok(OpenedPickUp { not_after: issued.certificate.not_after(), issued: Some(issued), records })
            }
            _ => {
                let validity = self.validity(&records.certificate, self.check.clock.now())?;
                Ok(OpenedPickUp { records, not_after: validity.not_after(), issued: None })
            }
        }
    }

    /// Issues a certificate for the key in the certification request. Repeating the request with the same key returns
    /// the same certificate.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::InvalidFields`] if the certification request or its key is refused,
    /// [`Refusal::AlreadyPickedUp`] if a certificate was already issued for another key, or any error of
    /// [`PickUp::open`]. Returns [`Failure::Store`] if the store fails, and [`Failure::Port`] if a signer fails. If
    /// only the store's response was lost, the certificate has been issued, and repeating the request with the same key
    /// returns it.
    pub async fn issue(&self, input: &IssuanceInput) -> Result<Issued, Failure> {
        let (credentials, pem) = parse(input)?;
        let mut records = self.check.check(&credentials).await?;
        let request = Request::new(credentials, pem, &self.compromised)?;
        for _ in 0..MAX_TRIES {
            match self.issue_to(&records, &request).await {
                Err(Failure::Store(StoreError::Conflict(_))) => {}
                decided => return decided,
            }
            // The key is looked up before the application is read again. If the key is found, another request may have
            // just issued the certificate for this application.
            let key_is_on_record = self.check.store.is_key_on_record(&request.key_sha256).await?;
            let read_again = self.check.store.pick_up_records(&records.application_id).await?;
            records = read_again.ok_or(Refusal::PickUpCheckFailed)?;
            if key_is_on_record && !matches!(records.application, AnyApplication::PickedUp(_)) {
                return Err(refused_request(Rule::KeyReused).into());
            }
        }
        Err(Refusal::TemporarilyUnavailable.into())
    }

    async fn issue_to(&self, records: &PickUpRecords, request: &Request) -> Result<Issued, Failure> {
        let now = self.check.clock.now();
        still_usable(records, &request.credentials.code_sha256(), now)?;
        match &records.application {
            AnyApplication::Accepted(application) => {
                let claim = match application.state.claim_for(&request.key_sha256, now) {
                    Some(claim) => claim.clone(),
                    None => self.claim(records, &application.state, request, now).await?,
                };
                let certificate = self.sign(&claim).await?;
                self.commit(records, application, request, claim, &certificate, now).await
            }
            AnyApplication::PickedUp(application) => {
                let PickedUp { accepted, issued, .. } = &application.state;
                if issued.key_sha256 == request.key_sha256 {
                    self.issued(&records.certificate, accepted, issued)
                } else {
                    Err(Refusal::AlreadyPickedUp(accepted.receipt_number.clone()).into())
                }
            }
            AnyApplication::Draft(_)
            | AnyApplication::Confirmed(_)
            | AnyApplication::Expired(_)
            | AnyApplication::Stopped(_)
            | AnyApplication::Rejected(_) => Err(Refusal::PickUpCheckFailed.into()),
        }
    }

    /// Creates the TBSCertificate and stores it in a claim.
    async fn claim(
        &self,
        records: &PickUpRecords,
        accepted: &Accepted,
        request: &Request,
        now: Timestamp,
    ) -> Result<IssuanceClaim, Failure> {
        let serial_number = SerialNumber::from_random(self.random()?);
        let crl_shard = CrlShard::assign(&serial_number, self.shards);
        let certificate = IssuanceRequest {
            serial_number: serial_number.clone(),
            subject: records.certificate.subject_name(),
            mailbox: accepted.fields.email_address().as_rfc822_name().clone(),
            public_key: request.key.clone(),
            validity: self.validity(&records.certificate, now)?,
            crl_shard,
        };
        let prepared = self.profile.prepare(&certificate).map_err(Failure::internal)?;
        let claim = IssuanceClaim {
            key_sha256: request.key_sha256.clone(),
            serial_number,
            crl_shard,
            to_be_signed: data_encoding::BASE64.encode(prepared.to_be_signed()),
            claimed_at: now,
        };
        let code_sha256 = request.credentials.code_sha256();
        self.check
            .store
            .claim_issuance(&records.application_id, &code_sha256, accepted.claim.as_ref(), &claim)
            .await?;
        Ok(claim)
    }

    /// Signs the TBSCertificate in the claim and verifies the signed certificate.
    async fn sign(&self, claim: &IssuanceClaim) -> Result<EndEntityCertificate, Failure> {
        let to_be_signed = from_base64(&claim.to_be_signed)?;
        let prepared =
            PreparedCertificate::from_recorded(&self.profile, &to_be_signed).map_err(Failure::internal)?;
        let signature = self.signer.sign_digest(prepared.digest().as_ref()).await?;
        let certificate = prepared.assemble(&signature).map_err(Failure::internal)?;
        if certificate.key_sha256() == claim.key_sha256 {
            Ok(certificate)
        } else {
            Err(Failure::internal("the claimed certificate contains another key than the claim"))
        }
    }

    async fn commit(
        &self,
        records: &PickUpRecords,
        application: &Application<Accepted>,
        request: &Request,
        claim: IssuanceClaim,
        certificate: &EndEntityCertificate,
        now: Timestamp,
    ) -> Result<Issued, Failure> {
        let (replaced, accepted) = (&records.certificate, &application.state);
        let (revocation, outbox) = self.revoke_if_active(replaced, accepted, now).await?;
        let credential = Credential {
            enrollment: EnrollmentId::from_random(self.random()?),
            password_hash: records.password_hash.clone(),
        };
        let issued = IssuedCertificate {
            coupon_number: CouponNumber::from_random(self.random()?),
            serial_number: claim.serial_number.clone(),
            enrollment: credential.enrollment.clone(),
            key_sha256: claim.key_sha256.clone(),
            der: data_encoding::BASE64.encode(certificate.der()),
        };
        let answer = self.issued(replaced, accepted, &issued)?;
        let issuance = Issuance {
            application_id: records.application_id.clone(),
            code_sha256: request.credentials.code_sha256(),
            login: request.credentials.login(&self.check.keys, application.receipt()),
            certificate: successor(replaced, accepted, &issued, claim.crl_shard, certificate)?,
            application: application.clone().pick_up(now, issued),
            claim,
            credential,
            revocation,
            outbox,
        };
        self.check.store.issue(&issuance).await?;
        Ok(answer)
    }

    /// Returns a revocation of the replaced certificate and the outbox row for its CRL. Returns no revocation and no
    /// outbox row if the certificate was already revoked at the submission or at the deadline.
    async fn revoke_if_active(
        &self,
        replaced: &Certificate,
        accepted: &Accepted,
        now: Timestamp,
    ) -> Result<Revocation, Failure> {
        match replaced.state {
            CertificateState::Revoked { .. } => Ok((None, Vec::new())),
            CertificateState::Active => {
                let revocation = self.statements.supersede(replaced, &accepted.receipt_number, now).await?;
                let crl = Effect::Crl { serial_number: replaced.serial_number.clone() };
                Ok((Some(revocation), vec![effects::at_once(self.entropy.as_ref(), crl, now)?]))
            }
        }
    }

    /// Parses a stored certificate and adds the values that are included in the response.
    fn issued(
        &self,
        replaced: &Certificate,
        accepted: &Accepted,
        issued: &IssuedCertificate,
    ) -> Result<Issued, Failure> {
        let certificate =
            EndEntityCertificate::parse(&from_base64(&issued.der)?).map_err(Failure::internal)?;
        Ok(Issued {
            coupon_number: issued.coupon_number.clone(),
            certificate,
            subject: replaced.subject_name(),
            email_address: accepted.fields.email_address().as_str().to_owned(),
            authority: self.profile.authority().clone(),
        })
    }

    fn validity(&self, replaced: &Certificate, now: Timestamp) -> Result<Validity, Failure> {
        self.profile.validity(now, replaced.validity.not_after()).map_err(Failure::internal)
    }

    fn random<const N: usize>(&self) -> Result<[u8; N], Failure> {
        let mut random = [0; N];
        self.entropy.fill(&mut random)?;
        Ok(random)
    }
}

impl Request {
    fn new(
        credentials: PickUpCredentials,
        pem: &str,
        compromised: &CompromisedKeys,
    ) -> Result<Self, Refusal> {
        let key = SubjectPublicKey::from_certification_request(pem.as_bytes(), compromised)
            .inspect_err(report_compromise)
            .map_err(|error| refused_request(rule_of(error)))?;
        let key_sha256 = data_encoding::HEXLOWER.encode(&key.fingerprint());
        Ok(Self { credentials, key, key_sha256 })
    }
}

/// An optional revocation with its signed statement, and the outbox rows for its effects.
type Revocation = (Option<(RevokedCertificate, SignedStatement)>, Vec<OutboxRow>);

/// Parses the credentials, and returns them with the text of the certification request.
fn parse(input: &IssuanceInput) -> Result<(PickUpCredentials, &str), Refusal> {
    let credentials = PickUpCredentials::parse(&input.certificate_code, &input.application_password);
    let request = input.certification_request.as_deref().filter(|request| !request.trim().is_empty());
    match (credentials, request) {
        (Ok(credentials), Some(request)) => Ok((credentials, request)),
        (credentials, request) => {
            let mut invalid = credentials.err().unwrap_or_default();
            invalid.extend(request.is_none().then(|| invalid_request(Rule::Required)));
            Err(Refusal::InvalidFields(invalid))
        }
    }
}

/// Creates the record of the new certificate from the fixed fields of the replaced certificate and the fields of the
/// accepted application.
fn successor(
    replaced: &Certificate,
    accepted: &Accepted,
    issued: &IssuedCertificate,
    crl_shard: CrlShard,
    certificate: &EndEntityCertificate,
) -> Result<Certificate, Failure> {
    let validity = Validity::try_from((certificate.not_before(), certificate.not_after()));
    Ok(Certificate {
        coupon_number: issued.coupon_number.clone(),
        serial_number: issued.serial_number.clone(),
        sha256: certificate.sha256(),
        validity: validity.map_err(Failure::internal)?,
        common_name: replaced.common_name.clone(),
        fixed: replaced.fixed.clone(),
        corporate_number: replaced.corporate_number.clone(),
        application: accepted.fields.as_fields().clone(),
        state: CertificateState::Active,
        crl_shard: Some(crl_shard),
        replaced_by: None,
    })
}

fn invalid_request(rule: Rule) -> InvalidField {
    InvalidField { location: InputLocation::CertificationRequest, rule }
}

fn refused_request(rule: Rule) -> Refusal {
    Refusal::InvalidFields(vec![invalid_request(rule)])
}

fn rule_of(error: CertificationRequestError) -> Rule {
    match error {
        CertificationRequestError::TooLong | CertificationRequestError::Malformed => Rule::CsrMalformed,
        CertificationRequestError::PrivateKey => Rule::CsrIsPrivateKey,
        CertificationRequestError::Certificate => Rule::CsrIsCertificate,
        CertificationRequestError::UnsupportedSignature => Rule::CsrSignatureAlgorithm,
        CertificationRequestError::BadSignature => Rule::CsrSignature,
        CertificationRequestError::UnsupportedKey => Rule::KeyUnsupported,
        CertificationRequestError::PointNotOnCurve | CertificationRequestError::WeakKey(_) => Rule::KeyWeak,
        CertificationRequestError::CompromisedKey | CertificationRequestError::ServiceKey => {
            Rule::KeyCompromised
        }
    }
}

/// Logs an error if a certification request was signed with a key of the service.
fn report_compromise(error: &CertificationRequestError) {
    if *error == CertificationRequestError::ServiceKey {
        tracing::error!(%error, "a certification request was signed with a key of the service");
    }
}

fn from_base64(text: &str) -> Result<Vec<u8>, Failure> {
    data_encoding::BASE64.decode(text.as_bytes()).map_err(Failure::internal)
}
