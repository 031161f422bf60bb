//! The components of the functions, over one data folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use shared::{
    domain::{crl_scope::ShardCount, revocation::RevocationTiming},
    mail::MailBranding,
    passwords::Passwords,
    pki::{
        CertificationAuthority, PublicKey, certification_request::CompromisedKeys, issuance::IssuanceProfile,
    },
    ports::{Clock, Entropy, Mailer, MessageAuthenticator, ObjectStore, Signer},
    store::Store,
    use_cases::statements::StatementSigner,
};

use crate::StackError;

/// The ports that the functions use.
#[derive(Clone)]
pub struct Ports {
    /// The signer of revocation statements.
    pub statement_signer: Arc<dyn Signer>,
    /// The signer of certificates and CRLs.
    pub ca_signer: Arc<dyn Signer>,
    /// The signer of OCSP responses.
    pub ocsp_signer: Arc<dyn Signer>,
    /// The source of certificate codes.
    pub authenticator: Arc<dyn MessageAuthenticator>,
    /// The mailer.
    pub mailer: Arc<dyn Mailer>,
    /// The object store of published CRLs.
    pub objects: Arc<dyn ObjectStore>,
    /// The object store of the CRL segments and the audit log.
    pub state_objects: Arc<dyn ObjectStore>,
}

/// The components from which the functions are created.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) passwords: Passwords,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) timing: RevocationTiming,
    pub(crate) ports: Ports,
    pub(crate) statement_key: PublicKey,
    pub(crate) ocsp_key: PublicKey,
    pub(crate) profile: IssuanceProfile,
    pub(crate) shards: ShardCount,
    pub(crate) compromised: CompromisedKeys,
    pub(crate) mail_branding: MailBranding,
    pub(crate) scratch: PathBuf,
}

impl Parts {
    pub(crate) fn authority(&self) -> CertificationAuthority {
        self.profile.authority().clone()
    }

    pub(crate) fn statements(&self) -> StatementSigner {
        StatementSigner {
            signer: Arc::clone(&self.ports.statement_signer),
            public_key: self.statement_key.clone(),
        }
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    pub(crate) fn entropy(&self) -> Arc<dyn Entropy> {
        Arc::clone(&self.entropy)
    }
}

/// Returns the keys for which no certificate is issued: those in the file `compromised-keys`, if it exists.
pub(crate) fn compromised_keys(data_dir: &Path) -> Result<CompromisedKeys, StackError> {
    let path = data_dir.join("compromised-keys");
    if !path.try_exists()? {
        return Ok(CompromisedKeys::default());
    }
    Ok(fs::read_to_string(path)?.parse()?)
}

/// Creates an empty folder in which CRLs are assembled. Deletes the files that a killed process left there.
pub(crate) fn scratch_folder(data_dir: &Path) -> io::Result<PathBuf> {
    let folder = data_dir.join("scratch");
    if folder.try_exists()? {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
