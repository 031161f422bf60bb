//! The operators' tool. Each command is one function over a [`Place`]: a deployment, or the data folder of the local
//! stack.

mod arguments;
mod audit;
mod ca;
mod certificates;
mod crl;
mod csv_records;
mod find;
mod ocsp;
mod place;
mod statements;

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

use self::{
    arguments::{
        Arguments, AuditCommand, CaCommand, CertificatesCommand, Command, CrlCommand, OcspCommand,
        StatementsCommand,
    },
    place::Place,
};

/// The error of a command, with the message of the component that failed.
type Fault = Box<dyn Error + Send + Sync>;

/// The outcome of a command that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    /// Some records were invalid and left out; the others were processed.
    RecordsLeftOut,
}

/// The exit code for [`Outcome::RecordsLeftOut`], which `--help` explains.
const RECORDS_LEFT_OUT: u8 = 3;

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { data, command } = Arguments::parse();
    match run(data, command).await {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::RecordsLeftOut) => ExitCode::from(RECORDS_LEFT_OUT),
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {}", with_causes(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run(data: Option<std::path::PathBuf>, command: Command) -> Result<Outcome, Fault> {
    // The place is opened only by the commands that need it. Offline verification needs neither a deployment nor a data
    // folder.
    let place = || Place::open(data);
    match command {
        Command::Ca(CaCommand::CreateRoot(arguments)) => ca::create_root(&place()?, &arguments).await,
        Command::Ca(CaCommand::RequestCertificate(arguments)) => {
            ca::request_certificate(&place()?, &arguments).await
        }
        Command::Ca(CaCommand::ImportCertificate(arguments)) => {
            ca::import_certificate(&place()?, &arguments).await
        }
        Command::Ca(CaCommand::PublishCertificate(arguments)) => {
            ca::publish_certificate(&place()?, &arguments).await
        }
        Command::Certificates(CertificatesCommand::Import(arguments)) => {
            certificates::import(&place()?, &arguments).await
        }
        Command::Find(arguments) => find::find(&place()?, &arguments).await,
        Command::Crl(CrlCommand::Publish) => crl::publish(&place()?).await,
        Command::Crl(CrlCommand::Rebuild) => crl::rebuild(&place()?).await,
        Command::Ocsp(OcspCommand::RenewResponder) => ocsp::renew_responder(&place()?).await,
        Command::Statements(StatementsCommand::Key(arguments)) => {
            statements::key(&place()?, &arguments).await
        }
        Command::Statements(StatementsCommand::Show(arguments)) => {
            statements::show(&place()?, &arguments).await
        }
        Command::Statements(StatementsCommand::Verify(arguments)) => statements::verify(&arguments),
        Command::Audit(AuditCommand::Seal) => audit::seal(&place()?).await,
        Command::Audit(AuditCommand::Verify(arguments)) => audit::verify(&arguments),
    }
}

fn with_causes(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        // The message of a transparent error equals the message of its cause.
        if !message.ends_with(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        cause = inner.source();
    }
    message
}
