//! The deployment or the data folder on which the tool works.

use std::path::Path;

use local_stack::DataFolder;
use shared::{
    pki::{CertificationAuthority, PublicKey},
    use_cases::ca_on_record::{CaOnRecordError, publish_ca_certificate, put_on_record},
    wiring::{Backend, Deployment},
};

use crate::Fault;

/// A deployment, which the environment describes, or the data folder of the local stack. The two targets store the CA's
/// certificate in different places.
pub(crate) trait Target: Backend {
    /// Returns an error if there is already a CA certificate, because a CA certificate is never replaced.
    async fn refuse_second_authority(&self) -> Result<(), Fault>;

    /// Stores the CA that uses the key `key` in the database.
    async fn put_authority_on_record(
        &self,
        authority: &CertificationAuthority,
        key: &PublicKey,
    ) -> Result<(), Fault>;

    /// Publishes the CA's certificate.
    async fn publish_authority(&self, authority: &CertificationAuthority) -> Result<(), Fault>;

    /// Returns the default folder for files.
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

/// The local stack reads and serves the file of the CA certificate, which is written to [`Target::output`]. The
/// database row and the published object of a deployment are not required.
impl Target for DataFolder {
    async fn refuse_second_authority(&self) -> Result<(), Fault> {
        let file = self.ca_certificate();
        if file.try_exists()? {
            return Err(format!("{}: there is a CA certificate already", file.display()).into());
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
