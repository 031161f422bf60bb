//! Constructors for the use cases, in the order of the procedure, and for the entrance that the functions behind the
//! API share. Functions, the local stack and the operators' tool call these constructors. Each constructor returns an
//! error if a required component is not available.

use std::sync::Arc;

use super::{Backend, BackendError, FunctionBackend};
use crate::{
    edge::{Entrance, Pseudonyms},
    pki::{CertificationAuthority, issuance::IssuanceProfile},
    ports::Signer,
    use_cases::{
        answer_ocsp::{AnswerOcsp, CurrentResponder},
        ca_on_record::check_key,
        check_service::{CheckService, CurrentKeys},
        correct_address::CorrectAddress,
        decide_application::DecideApplication,
        identity_check::IdentityCheck,
        meet_deadlines::MeetDeadlines,
        pick_up::PickUp,
        pick_up_check::PickUpCheck,
        publish_crl::PublishCrl,
        record_delivery::RecordDelivery,
        register_certificates::RegisterCertificates,
        renew_ocsp_responder::RenewOcspResponder,
        resend_code::ResendCode,
        seal_audit_log::SealAuditLog,
        send_mail::SendMail,
        stop_application::StopApplication,
        submit_application::SubmitApplication,
        sweep_outbox::SweepOutbox,
        watch_service::WatchService,
    },
};

pub async fn entrance(backend: &impl FunctionBackend) -> Result<Entrance, BackendError> {
    Ok(Entrance {
        edge_secrets: backend.edge_secrets()?,
        origins: backend.origins()?,
        pseudonyms: Pseudonyms::start(backend.log_authenticator()?, backend.clock()).await,
    })
}

pub async fn register_certificates(backend: &impl Backend) -> Result<RegisterCertificates, BackendError> {
    Ok(RegisterCertificates {
        store: backend.store().await?,
        passwords: backend.passwords()?,
        keys: backend.credential_keys().await?,
        clock: backend.clock(),
        entropy: backend.entropy(),
        authority: backend.authority().await?,
        publication: backend.publication()?,
    })
}

pub async fn identity_check(backend: &impl Backend) -> Result<IdentityCheck, BackendError> {
    Ok(IdentityCheck {
        store: backend.store().await?,
        passwords: backend.passwords()?,
        keys: backend.credential_keys().await?,
        clock: backend.clock(),
        entropy: backend.entropy(),
    })
}

pub async fn submit_application(backend: &impl FunctionBackend) -> Result<SubmitApplication, BackendError> {
    Ok(SubmitApplication {
        store: backend.store().await?,
        passwords: backend.passwords()?,
        statements: backend.statement_signer().await?,
        clock: backend.clock(),
        entropy: backend.entropy(),
        timing: backend.timing()?,
        hold: backend.address_change_hold()?,
    })
}

pub async fn resend_code(backend: &impl Backend) -> Result<ResendCode, BackendError> {
    Ok(ResendCode { store: backend.store().await?, clock: backend.clock(), entropy: backend.entropy() })
}

pub async fn correct_address(backend: &impl FunctionBackend) -> Result<CorrectAddress, BackendError> {
    Ok(CorrectAddress {
        store: backend.store().await?,
        passwords: backend.passwords()?,
        clock: backend.clock(),
        entropy: backend.entropy(),
        hold: backend.address_change_hold()?,
    })
}

pub async fn stop_application(backend: &impl Backend) -> Result<StopApplication, BackendError> {
    Ok(StopApplication { store: backend.store().await?, clock: backend.clock(), entropy: backend.entropy() })
}

pub async fn decide_application(backend: &impl Backend) -> Result<DecideApplication, BackendError> {
    Ok(DecideApplication {
        store: backend.store().await?,
        clock: backend.clock(),
        entropy: backend.entropy(),
    })
}

pub async fn send_mail(backend: &impl FunctionBackend) -> Result<SendMail, BackendError> {
    Ok(SendMail {
        store: backend.store().await?,
        authenticator: backend.code_authenticator()?,
        mailer: backend.mailer()?,
        clock: backend.clock(),
        branding: backend.mail_branding()?,
        code_lifetime: backend.code_lifetime()?,
    })
}

/// Creates the use case that sweeps the outbox.
pub async fn sweep_outbox(backend: &impl Backend) -> Result<SweepOutbox, BackendError> {
    Ok(SweepOutbox { store: backend.store().await?, clock: backend.clock() })
}

pub async fn record_delivery(backend: &impl Backend) -> Result<RecordDelivery, BackendError> {
    Ok(RecordDelivery { store: backend.store().await? })
}

pub async fn meet_deadlines(backend: &impl Backend) -> Result<MeetDeadlines, BackendError> {
    Ok(MeetDeadlines {
        store: backend.store().await?,
        statements: backend.statement_signer().await?,
        clock: backend.clock(),
        entropy: backend.entropy(),
    })
}

pub async fn pick_up(backend: &impl FunctionBackend) -> Result<PickUp, BackendError> {
    let ((signer, authority), statements) = tokio::try_join!(ca_signer(backend), backend.statement_signer())?;
    let clock = backend.clock();
    let (publication, policy) = (backend.publication()?, backend.certificate_policy()?);
    let compromised = backend.compromised_keys()?;
    let compromised =
        compromised.and_service_key(authority.public_key()).and_service_key(&statements.public_key);
    let profile = IssuanceProfile::new(authority, publication, policy, clock.now())?;
    Ok(PickUp {
        check: PickUpCheck {
            store: backend.store().await?,
            passwords: backend.passwords()?,
            keys: backend.credential_keys().await?,
            clock,
        },
        entropy: backend.entropy(),
        signer,
        profile,
        shards: backend.crl_shards()?,
        compromised,
        statements,
    })
}

pub async fn publish_crl(backend: &impl Backend) -> Result<PublishCrl, BackendError> {
    let (signer, authority) = ca_signer(backend).await?;
    publisher(backend, signer, authority).await
}

/// Creates the check of the service. The check also works with a CA certificate that does not match the CA key.
pub async fn check_service(backend: &impl Backend) -> Result<CheckService, BackendError> {
    let ((signer, ca), authority) = tokio::try_join!(backend.ca_key(), backend.authority())?;
    let ((_, ocsp), statements) = tokio::try_join!(backend.ocsp_key(), backend.statement_signer())?;
    Ok(CheckService {
        publisher: publisher(backend, signer, authority).await?,
        log: backend.state_objects()?,
        keys: CurrentKeys {
            ca,
            statement: statements.public_key,
            ocsp,
            credentials: backend.credential_keys().await?,
        },
    })
}

async fn publisher(
    backend: &impl Backend,
    signer: Arc<dyn Signer>,
    authority: CertificationAuthority,
) -> Result<PublishCrl, BackendError> {
    Ok(PublishCrl {
        store: backend.store().await?,
        signer,
        authority,
        objects: backend.objects()?,
        segments: backend.state_objects()?,
        publication: backend.publication()?,
        shards: backend.crl_shards()?,
        clock: backend.clock(),
        scratch: backend.scratch(),
    })
}

pub async fn answer_ocsp(backend: &impl FunctionBackend) -> Result<AnswerOcsp, BackendError> {
    let ((signer, public_key), authority) = tokio::try_join!(backend.ocsp_key(), backend.authority())?;
    Ok(AnswerOcsp {
        store: backend.store().await?,
        signer,
        responder: CurrentResponder::new(authority, public_key),
        nonces: backend.ocsp_nonces()?,
        clock: backend.clock(),
    })
}

pub async fn renew_ocsp_responder(backend: &impl Backend) -> Result<RenewOcspResponder, BackendError> {
    let ((signer, authority), (_, responder_key)) = tokio::try_join!(ca_signer(backend), backend.ocsp_key())?;
    Ok(RenewOcspResponder {
        store: backend.store().await?,
        signer,
        authority,
        responder_key,
        clock: backend.clock(),
        entropy: backend.entropy(),
    })
}

pub async fn seal_audit_log(backend: &impl Backend) -> Result<SealAuditLog, BackendError> {
    Ok(SealAuditLog {
        store: backend.store().await?,
        log: backend.state_objects()?,
        statements: backend.statement_signer().await?,
        clock: backend.clock(),
    })
}

pub async fn watch_service(backend: &impl Backend) -> Result<WatchService, BackendError> {
    Ok(WatchService {
        store: backend.store().await?,
        objects: backend.objects()?,
        shards: backend.crl_shards()?,
        clock: backend.clock(),
    })
}

/// Returns the CA's signer and the CA. Fails if the CA certificate does not contain the signer's public key.
async fn ca_signer(
    backend: &impl Backend,
) -> Result<(Arc<dyn Signer>, CertificationAuthority), BackendError> {
    let ((signer, public_key), authority) = tokio::try_join!(backend.ca_key(), backend.authority())?;
    check_key(&authority, &public_key)?;
    Ok((signer, authority))
}
