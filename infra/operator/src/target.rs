//! The targets on which commands work: deployments and data folders.

use std::path::Path;

use local_stack::DataFolder;
use shared::{
    pki::{CertificationAuthority, PublicKey},
    use_cases::{
        ca_on_record::{CaOnRecordError, publish_ca_certificate, put_on_record},
        check_service::Wording,
    },
    wiring::{Backend, Deployment},
};

use crate::Fault;

/// A deployment configured by environment variables, or the data folder of a local stack. A deployment stores the CA
/// certificate in its database, and a data folder stores it in a file.
pub(crate) trait Target: Backend + Wording {
    /// Returns an error if the target already has a CA certificate, because a CA certificate is never replaced.
    async fn refuse_second_authority(&self) -> Result<(), Fault>;

    /// Stores the certificate of `authority` in the database, if `key` is the CA's key.
    async fn put_authority_on_record(
        &self,
        authority: &CertificationAuthority,
        key: &PublicKey,
    ) -> Result<(), Fault>;

    /// Publishes the CA certificate for relying parties.
    async fn publish_authority(&self, authority: &CertificationAuthority) -> Result<(), Fault>;

    /// Returns the folder to which commands write files by default.
    fn output(&self) -> &Path;
}

impl Target for Deployment {
    async fn refuse_second_authority(&self) -> Result<(), Fault> {
        match self.store().await?.ca_certificate().await? {
            Some(_) => Err(CaOnRecordError::Other.into()),
            None => Ok(()),
        }
    }

    async fn put_authority_on_record(
        &self,
        authority: &CertificationAuthority,
        key: &PublicKey,
    ) -> Result<(), Fault> {
        Ok(put_on_record(&self.store().await?, authority, key).await?)
    }

    async fn publish_authority(&self, authority: &CertificationAuthority) -> Result<(), Fault> {
        Ok(publish_ca_certificate(self.objects()?.as_ref(), authority).await?)
    }

    fn output(&self) -> &Path {
        Path::new(".")
    }
}

/// The local stack reads the CA certificate from a file in [`Target::output`] and serves this file. The local stack
/// needs neither the database row nor the published object of a deployment.
impl Target for DataFolder {
    async fn refuse_second_authority(&self) -> Result<(), Fault> {
        let file = self.ca_certificate();
        if file.try_exists()? {
            return Err(format!("{}: a CA certificate already exists", file.display()).into());
        }
        Ok(())
    }

    async fn put_authority_on_record(
        &self,
        _authority: &CertificationAuthority,
        _key: &PublicKey,
    ) -> Result<(), Fault> {
        Ok(())
    }

    async fn publish_authority(&self, _authority: &CertificationAuthority) -> Result<(), Fault> {
        Ok(())
    }

    fn output(&self) -> &Path {
        self.path()
    }
}
