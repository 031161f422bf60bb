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
    domain::publication::PublicationUrl,
    pki::{CertificationAuthority, PublicKey},
    ports::{PortError, Signer},
    store::Store,
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
            Self::Deployment(deployment) => Ok(deployment.ca_signer()?.1),
            Self::Local(folder) => {
                let certificate = std::fs::read(folder.ca_certificate())
                    .map_err(|error| format!("{}: {error}", folder.ca_certificate().display()))?;
                Ok(CertificationAuthority::from_certificate(&certificate)?)
            }
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
