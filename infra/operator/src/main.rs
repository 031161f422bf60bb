//! The operators' tool. Each command is one function over the [`Place`] that it works on: a deployment,
//! or the data folder of the local stack.

mod arguments;
mod ca;
mod certificates;
mod csv_records;
mod place;

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

use self::{
    arguments::{Arguments, CaCommand, CertificatesCommand, Command},
    place::Place,
};

/// What went wrong, in the words of whoever found it.
type Fault = Box<dyn Error + Send + Sync>;

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    /// Some records were refused; the others are in.
    RecordsRefused,
}

/// `--help` explains it.
const RECORDS_REFUSED: u8 = 3;

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { data, command } = Arguments::parse();
    match run(data, command).await {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::RecordsRefused) => ExitCode::from(RECORDS_REFUSED),
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {}", with_causes(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run(data: Option<std::path::PathBuf>, command: Command) -> Result<Outcome, Fault> {
    let place = Place::open(data)?;
    match command {
        Command::Ca(CaCommand::CreateRoot(arguments)) => ca::create_root(&place, &arguments).await,
        Command::Ca(CaCommand::RequestCertificate(arguments)) => {
            ca::request_certificate(&place, &arguments).await
        }
        Command::Ca(CaCommand::ImportCertificate(arguments)) => {
            ca::import_certificate(&place, &arguments).await
        }
        Command::Certificates(CertificatesCommand::Import(arguments)) => {
            certificates::import(&place, &arguments).await
        }
    }
}

fn with_causes(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        // Transparent errors repeat their cause.
        if !message.ends_with(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        cause = inner.source();
    }
    message
}
