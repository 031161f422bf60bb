//! `ca`: creates, requests, imports and publishes the CA certificate.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

use shared::{
    adapters::system::{SystemClock, SystemEntropy},
    domain::{numbers::SerialNumber, text::normalise},
    pki::{
        CertificationAuthority, PublicKey,
        ca_certificate::{self, CaLifetime, CaName, CaSettingError, PreparedCaRequest, PreparedRoot},
    },
    ports::{Clock, Entropy},
};

use crate::{
    Fault, Outcome,
    arguments::{CreateRoot, ImportCertificate, Name, Output, PublishCertificate, RequestCertificate},
    target::Target,
};

/// The name of the PEM file, from which the local stack reads its CA certificate.
const CERTIFICATE_PEM: &str = "ca.pem";
/// The name of the DER file. Relying parties fetch the certificate in this format.
const CERTIFICATE_DER: &str = "ca.cer";
const REQUEST: &str = "ca-request.pem";

pub(crate) async fn create_root(target: &impl Target, arguments: &CreateRoot) -> Result<Outcome, Fault> {
    let name = name(&arguments.name)?;
    let lifetime = CaLifetime::from_days(arguments.days)?;
    let (signer, public_key) = target.ca_key().await?;
    target.refuse_second_authority().await?;
    let mut random = [0; 16];
    SystemEntropy.fill(&mut random)?;
    let serial_number = SerialNumber::from_random(random);
    let prepared = PreparedRoot::new(&name, lifetime, &public_key, &serial_number, SystemClock.now())?;
    let root = prepared.assemble(&signer.sign_digest(prepared.digest().as_ref()).await?)?;
    take_over(target, &arguments.output, &root, &public_key).await
}

pub(crate) async fn request_certificate(
    target: &impl Target,
    arguments: &RequestCertificate,
) -> Result<Outcome, Fault> {
    let name = name(&arguments.name)?;
    let (signer, public_key) = target.ca_key().await?;
    let prepared = PreparedCaRequest::new(&name, &public_key)?;
    let request = prepared.assemble(&signer.sign_digest(prepared.digest().as_ref()).await?)?;
    let folder = folder(target, &arguments.output)?;
    write_new(&folder.join(REQUEST), request.as_bytes())?;
    Ok(Outcome::Done)
}

pub(crate) async fn import_certificate(
    target: &impl Target,
    arguments: &ImportCertificate,
) -> Result<Outcome, Fault> {
    let (_, public_key) = target.ca_key().await?;
    let certificate = read(&arguments.certificate)?;
    let parents = read(&arguments.parents)?;
    let authority = ca_certificate::import(&certificate, &parents, &public_key, SystemClock.now())?;
    take_over(target, &arguments.output, &authority, &public_key).await
}

pub(crate) async fn publish_certificate(
    target: &impl Target,
    arguments: &PublishCertificate,
) -> Result<Outcome, Fault> {
    hand_out(target, &arguments.output, &target.authority().await?).await
}

fn name(name: &Name) -> Result<CaName, CaSettingError> {
    let organization = normalise(&name.organization).map_err(|_| CaSettingError::Organization)?;
    let common_name = normalise(&name.common_name).map_err(|_| CaSettingError::CommonName)?;
    CaName::new(&name.country, &organization, &common_name)
}

async fn take_over(
    target: &impl Target,
    output: &Output,
    authority: &CertificationAuthority,
    key: &PublicKey,
) -> Result<Outcome, Fault> {
    target.put_authority_on_record(authority, key).await?;
    hand_out(target, output, authority).await
}

/// Publishes the CA certificate and writes its files. After a failure in a deployment, the operator can run `ca
/// publish-certificate`, because the certificate is already in the database.
async fn hand_out(
    target: &impl Target,
    output: &Output,
    authority: &CertificationAuthority,
) -> Result<Outcome, Fault> {
    target.publish_authority(authority).await?;
    let folder = folder(target, output)?;
    write_new(&folder.join(CERTIFICATE_PEM), authority.certificate_pem().as_bytes())?;
    write_new(&folder.join(CERTIFICATE_DER), authority.certificate_der())?;
    Ok(Outcome::Done)
}

fn folder<'a>(target: &'a impl Target, output: &'a Output) -> Result<&'a Path, Fault> {
    let folder = output.folder.as_deref().unwrap_or_else(|| target.output());
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// Writes a new file. Accepts an existing file only if it has the same content, so that a CA certificate is never
/// overwritten.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| format!("{}: {error}", path.display()))?;
    writeln!(io::stderr(), "wrote {}", path.display())?;
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
