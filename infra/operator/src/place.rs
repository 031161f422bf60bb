//! The deployment or the data folder on which the tool works.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use local_stack::DataFolder;
use shared::{
    domain::{crl_scope::ShardCount, publication::PublicationUrl},
    pki::{CertificationAuthority, PublicKey},
    ports::{ObjectStore, Signer},
    store::Store,
    use_cases::{
        ca_on_record::{CaOnRecordError, publish_ca_certificate, put_on_record},
        statements::StatementSigner,
    },
    wiring::Deployment,
};

use crate::Fault;

/// A deployment, which the environment describes, or the data folder of the local stack.
pub(crate) enum Place {
    Deployment(Box<Deployment>),
    Local(DataFolder),
}

impl Place {
    pub(crate) fn open(data: Option<PathBuf>) -> Result<Self, Fault> {
        match data {
            Some(folder) => Ok(Self::Local(DataFolder::open(folder)?)),
            None => Ok(Self::Deployment(Box::new(Deployment::from_env()?))),
        }
    }

    /// Returns the CA's key with its public half; a certificate is not required.
    pub(crate) async fn ca_key(&self) -> Result<(Arc<dyn Signer>, PublicKey), Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.ca_key().await?),
            Self::Local(folder) => {
                let signer = folder.ca_signer()?;
                let public_key = signer.public_key().clone();
                Ok((signer, public_key))
            }
        }
    }

    /// Returns an error if there is already a CA certificate, because it is never replaced.
    pub(crate) async fn refuse_second_authority(&self) -> Result<(), Fault> {
        match self {
            Self::Deployment(deployment) => match deployment.store()?.ca_certificate().await? {
                Some(_) => Err(CaOnRecordError::Other.into()),
                None => Ok(()),
            },
            Self::Local(folder) if folder.ca_certificate().try_exists()? => {
                Err(format!("{}: there is a CA certificate already", folder.ca_certificate().display())
                    .into())
            }
            Self::Local(_) => Ok(()),
        }
    }

    /// Puts the CA, whose key is `key`, into the database. The local stack needs no such entry: it reads the
    /// certificate's file, which is written to [`Self::output`].
    pub(crate) async fn put_authority_on_record(
        &self,
        authority: &CertificationAuthority,
        key: &PublicKey,
    ) -> Result<(), Fault> {
        match self {
            Self::Deployment(deployment) => Ok(put_on_record(&deployment.store()?, authority, key).await?),
            Self::Local(_) => Ok(()),
        }
    }

    /// Publishes the CA's certificate. The local stack serves its file instead.
    pub(crate) async fn publish_authority(&self, authority: &CertificationAuthority) -> Result<(), Fault> {
        match self {
            Self::Deployment(deployment) => {
                Ok(publish_ca_certificate(deployment.objects()?.as_ref(), authority).await?)
            }
            Self::Local(_) => Ok(()),
        }
    }

    /// Returns the CA as its certificate describes it.
    pub(crate) async fn authority(&self) -> Result<CertificationAuthority, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.authority().await?),
            Self::Local(folder) => {
                let certificate = std::fs::read(folder.ca_certificate())
                    .map_err(|error| format!("{}: {error}", folder.ca_certificate().display()))?;
                Ok(CertificationAuthority::from_certificate(&certificate)?)
            }
        }
    }

    /// Returns the CA's key, and the CA as its certificate describes it.
    pub(crate) async fn ca_signer(&self) -> Result<(Arc<dyn Signer>, CertificationAuthority), Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.ca_signer().await?),
            Self::Local(folder) => Ok((folder.ca_signer()?, self.authority().await?)),
        }
    }

    /// Returns the signer of revocation statements and of the audit log's checkpoints.
    pub(crate) async fn statement_signer(&self) -> Result<StatementSigner, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.statement_signer().await?),
            Self::Local(folder) => {
                let signer = folder.statement_signer()?;
                let public_key = signer.public_key().clone();
                Ok(StatementSigner { signer, public_key })
            }
        }
    }

    /// Returns the public key for the OCSP responder's certificate.
    pub(crate) async fn ocsp_key(&self) -> Result<PublicKey, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.ocsp_signer().await?.1),
            Self::Local(folder) => Ok(folder.ocsp_signer()?.public_key().clone()),
        }
    }

    /// Returns the object store of published CRLs.
    pub(crate) fn objects(&self) -> Result<Arc<dyn ObjectStore>, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.objects()?),
            Self::Local(folder) => Ok(folder.objects()),
        }
    }

    /// Returns the object store of the CRL segments and the audit log.
    pub(crate) fn state_objects(&self) -> Result<Arc<dyn ObjectStore>, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.state_objects()?),
            Self::Local(folder) => Ok(folder.state_objects()),
        }
    }

    /// Returns the number of CRL shards for new certificates.
    pub(crate) fn crl_shards(&self) -> Result<ShardCount, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.crl_shards()?),
            Self::Local(folder) => Ok(folder.crl_shards()?),
        }
    }

    /// Returns the URL below which the CA publishes.
    pub(crate) fn publication(&self) -> Result<PublicationUrl, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.publication()?),
            Self::Local(folder) => folder.publication_url().map_err(|error| {
                format!("{}: the local stack never ran here: {error}", folder.path().display()).into()
            }),
        }
    }

    /// Returns the store.
    pub(crate) async fn store(&self) -> Result<Store, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.store()?),
            Self::Local(folder) => Ok(folder.store().await?),
        }
    }

    /// Returns the default folder for files. The local stack reads its CA certificate there.
    pub(crate) fn output(&self) -> &Path {
        match self {
            Self::Deployment(_) => Path::new("."),
            Self::Local(folder) => folder.path(),
        }
    }
}
