//! What the tool works on.

use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
};

use local_stack::DataFolder;
use shared::{
    adapters::{
        self,
        kms::{self, KmsSigner},
    },
    domain::{crl_scope::ShardCount, publication::PublicationUrl},
    pki::{CertificationAuthority, PublicKey},
    ports::{ObjectStore, PortError, Signer},
    store::Store,
    use_cases::statements::StatementSigner,
    wiring::Deployment,
};

use crate::Fault;

/// A deployment, by the environment, or the local stack's data folder.
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

    /// The CA's key, with its public half: there need not be a certificate yet.
    pub(crate) async fn ca_key(&self) -> Result<(Arc<dyn Signer>, PublicKey), Fault> {
        match self {
            Self::Deployment(_) => kms_key(&variable("CA_KEY_ID")?).await,
            Self::Local(folder) => {
                let signer = folder.ca_signer()?;
                let public_key = signer.public_key().clone();
                Ok((signer, public_key))
            }
        }
    }

    /// The CA as its certificate describes it.
    pub(crate) fn authority(&self) -> Result<CertificationAuthority, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.authority()?),
            Self::Local(folder) => {
                let certificate = std::fs::read(folder.ca_certificate())
                    .map_err(|error| format!("{}: {error}", folder.ca_certificate().display()))?;
                Ok(CertificationAuthority::from_certificate(&certificate)?)
            }
        }
    }

    /// The CA's key, for what the CA that its certificate describes is to sign.
    pub(crate) fn ca_signer(&self) -> Result<Arc<dyn Signer>, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.ca_signer()?.0),
            Self::Local(folder) => Ok(folder.ca_signer()?),
        }
    }

    /// Signs revocation statements and the audit log's checkpoints.
    pub(crate) fn statement_signer(&self) -> Result<StatementSigner, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.statement_signer()?),
            Self::Local(folder) => {
                let signer = folder.statement_signer()?;
                let public_key = signer.public_key().clone();
                Ok(StatementSigner { signer, public_key })
            }
        }
    }

    /// The key that statements are verified with: of a deployment, as KMS gives it.
    pub(crate) async fn statement_key(&self) -> Result<PublicKey, Fault> {
        match self {
            Self::Deployment(_) => Ok(kms_key(&variable("STATEMENT_KEY_ID")?).await?.1),
            Self::Local(folder) => Ok(folder.statement_signer()?.public_key().clone()),
        }
    }

    /// The key that the OCSP responder's certificate is for.
    pub(crate) fn ocsp_key(&self) -> Result<PublicKey, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.ocsp_public_key()?),
            Self::Local(folder) => Ok(folder.ocsp_signer()?.public_key().clone()),
        }
    }

    /// Where CRLs are published.
    pub(crate) fn objects(&self) -> Result<Arc<dyn ObjectStore>, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.objects()?),
            Self::Local(folder) => Ok(folder.objects()),
        }
    }

    /// Where the segments of CRLs and the audit log are kept.
    pub(crate) fn state_objects(&self) -> Result<Arc<dyn ObjectStore>, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.state_objects()?),
            Self::Local(folder) => Ok(folder.state_objects()),
        }
    }

    /// How many CRL shards new certificates are spread over.
    pub(crate) fn crl_shards(&self) -> Result<ShardCount, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.crl_shards()?),
            Self::Local(folder) => Ok(folder.crl_shards()?),
        }
    }

    /// Where the CA publishes.
    pub(crate) fn publication(&self) -> Result<PublicationUrl, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.publication()?),
            Self::Local(folder) => folder.publication_url().map_err(|error| {
                format!("{}: the local stack never ran here: {error}", folder.path().display()).into()
            }),
        }
    }

    /// The records.
    pub(crate) async fn store(&self) -> Result<Store, Fault> {
        match self {
            Self::Deployment(deployment) => Ok(deployment.store()?),
            Self::Local(folder) => Ok(folder.store().await?),
        }
    }

    /// Where files are written unless the operator says otherwise. The local stack finds its CA certificate there.
    pub(crate) fn output(&self) -> &Path {
        match self {
            Self::Deployment(_) => Path::new("."),
            Self::Local(folder) => folder.path(),
        }
    }
}

async fn kms_key(key_id: &str) -> Result<(Arc<dyn Signer>, PublicKey), Fault> {
    let client = kms::client(&adapters::sdk_config()?);
    let answer = client.get_public_key().key_id(key_id).send().await;
    let answer = answer.map_err(|error| PortError::new("kms", &error))?;
    let spki = answer.public_key().ok_or("kms: no public key in the answer")?;
    let public_key = PublicKey::from_spki_der(spki.as_ref())?;
    Ok((Arc::new(KmsSigner::new(client, key_id, public_key.algorithm())), public_key))
}

fn variable(name: &str) -> Result<String, Fault> {
    env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or_else(|| format!("the environment variable {name} is not set").into())
}
