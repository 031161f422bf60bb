//! `statements`: shows and verifies signed revocation statements, and prints the key that verifies them.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use shared::{
    pki::{PublicKey, StatementType},
    use_cases::statements::verify_statement,
};

use crate::{
    Fault, Outcome,
    arguments::{StatementKey, StatementsKey, StatementsShow, StatementsVerify},
    target::Target,
};

pub(crate) async fn key(target: &impl Target, arguments: &StatementsKey) -> Result<Outcome, Fault> {
    let key = target.statement_signer().await?.public_key;
    if arguments.jwk {
        writeln!(io::stdout(), "{}", key.to_jwk())?;
    } else {
        write!(io::stdout(), "{}", key.to_pem())?;
    }
    Ok(Outcome::Done)
}

pub(crate) async fn show(target: &impl Target, arguments: &StatementsShow) -> Result<Outcome, Fault> {
    let serial_number = &arguments.serial_number;
    let statement = target.store().await?.statement(serial_number).await?;
    let statement = statement.ok_or_else(|| {
        format!("{serial_number}: no statement; the certificate is not revoked or was revoked before its registration")
    })?;
    writeln!(io::stdout(), "{}", serde_json::to_string(&statement)?)?;
    Ok(Outcome::Done)
}

pub(crate) fn verify(arguments: &StatementsVerify) -> Result<Outcome, Fault> {
    let key = read_key(&arguments.published)?;
    let statement = verify_statement(&read(&arguments.file)?, StatementType::Revocation, &key)
        .map_err(|error| format!("{}: {error}", arguments.file.display()))?;
    writeln!(io::stdout(), "{}", statement.payload)?;
    Ok(Outcome::Done)
}

/// Reads the public key from the file specified with the option `--key`.
pub(crate) fn read_key(published: &StatementKey) -> Result<PublicKey, Fault> {
    PublicKey::from_spki(&read(&published.key)?)
        .map_err(|error| format!("{}: {error}", published.key.display()).into())
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
