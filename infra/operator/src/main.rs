//! The operators' tool. Each command is a function that works on a [`Target`]: a deployment or the data folder of a
//! local stack.

mod applications;
mod arguments;
mod audit;
mod ca;
mod certificates;
mod check;
mod crl;
mod csv_records;
mod find;
mod ocsp;
mod statements;
mod target;

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use local_stack::DataFolder;
use shared::{ports::with_causes, wiring::Deployment};

use self::{
    arguments::{
        ApplicationsCommand, Arguments, AuditCommand, CaCommand, CertificatesCommand, Command, CrlCommand,
        OcspCommand, StatementsCommand,
    },
    target::Target,
};

/// A command's error, with the message from the component that failed.
type Fault = Box<dyn Error + Send + Sync>;

/// The result of a command that succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    /// Some records were invalid and were skipped.
    RecordsLeftOut,
    /// The check has findings.
    Findings,
}

/// The exit code if `check` cannot be completed.
const CHECK_FAILED: u8 = 2;

/// The exit code for [`Outcome::RecordsLeftOut`]. The help text describes all exit codes.
const RECORDS_LEFT_OUT: u8 = 3;

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { data, command } = Arguments::parse();
    let failed = match command {
        Command::Check(_) => ExitCode::from(CHECK_FAILED),
        _ => ExitCode::FAILURE,
    };
    let outcome = match data {
        Some(folder) => run(command, || Ok(DataFolder::open(folder)?)).await,
        None => run(command, || Ok(Deployment::from_env()?)).await,
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::RecordsLeftOut) => ExitCode::from(RECORDS_LEFT_OUT),
        Ok(Outcome::Findings) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {}", with_causes(error.as_ref()));
            failed
        }
    }
}

/// Runs `command`. Calls `target` only if the command uses it, because offline verification works without a deployment
/// or a data folder.
async fn run<T: Target>(
    command: Command,
    target: impl FnOnce() -> Result<T, Fault>,
) -> Result<Outcome, Fault> {
    match command {
        Command::Ca(CaCommand::CreateRoot(arguments)) => ca::create_root(&target()?, &arguments).await,
        Command::Ca(CaCommand::RequestCertificate(arguments)) => {
            ca::request_certificate(&target()?, &arguments).await
        }
        Command::Ca(CaCommand::ImportCertificate(arguments)) => {
            ca::import_certificate(&target()?, &arguments).await
        }
        Command::Ca(CaCommand::PublishCertificate(arguments)) => {
            ca::publish_certificate(&target()?, &arguments).await
        }
        Command::Certificates(CertificatesCommand::Import(arguments)) => {
            certificates::import(&target()?, &arguments).await
        }
        Command::Applications(ApplicationsCommand::Show(arguments)) => {
            applications::show(&target()?, &arguments).await
        }
        Command::Applications(ApplicationsCommand::Release(arguments)) => {
            applications::release(&target()?, &arguments).await
        }
        Command::Applications(ApplicationsCommand::Reject(arguments)) => {
            applications::reject(&target()?, &arguments).await
        }
        Command::Find(arguments) => find::find(&target()?, &arguments).await,
        Command::Check(arguments) => check::check(&target()?, &arguments).await,
        Command::Crl(CrlCommand::Publish) => crl::publish(&target()?).await,
        Command::Crl(CrlCommand::Rebuild) => crl::rebuild(&target()?).await,
        Command::Ocsp(OcspCommand::RenewResponder) => ocsp::renew_responder(&target()?).await,
        Command::Statements(StatementsCommand::Key(arguments)) => {
            statements::key(&target()?, &arguments).await
        }
        Command::Statements(StatementsCommand::Show(arguments)) => {
            statements::show(&target()?, &arguments).await
        }
        Command::Statements(StatementsCommand::Verify(arguments)) => statements::verify(&arguments),
        Command::Audit(AuditCommand::Seal) => audit::seal(&target()?).await,
        Command::Audit(AuditCommand::Verify(arguments)) => audit::verify(&arguments),
    }
}
