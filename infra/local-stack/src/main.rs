//! The program that `cargo run` starts. The program runs the complete service on this machine.

mod arguments;

use std::{
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::Parser;
use etcetera::BaseStrategy;
use local_stack::{DEFAULT_LOG, DataFolder, Stack, StackOptions, default_site};
use shared::{
    adapters::system::{SystemClock, SystemEntropy},
    ports::with_causes,
};
use tracing_subscriber::EnvFilter;

use self::arguments::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOG));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {}", with_causes(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let data_dir = match arguments.data {
        Some(data_dir) => data_dir,
        None => etcetera::choose_base_strategy()?.data_dir().join("cert-reissue"),
    };
    let stack = Stack::start(StackOptions {
        port: arguments.port,
        https: arguments.https,
        data_dir: data_dir.clone(),
        site: arguments.site.unwrap_or_else(default_site),
        timing: arguments.revocation_timing,
        ocsp_nonces: arguments.ocsp_nonces,
        hold: arguments.address_change_hold,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        around_ports: std::convert::identity,
    })
    .await?;
    for warning in stack.warnings() {
        writeln!(io::stderr(), "warning: {warning}")?;
    }
    if let Some(file) = arguments.import {
        import(&stack, &file).await?;
    }
    greet(&stack, &data_dir)?;
    let (server, dispatcher) = stack.split();
    tokio::select! {
        () = server.run() => {}
        () = dispatcher.run() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}

async fn import(stack: &Stack, file: &PathBuf) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let report = stack.import(&text).await?;
    let mut output = io::stdout().lock();
    writeln!(
        output,
        "{}: {} registered, {} already registered, {} refused",
        file.display(),
        report.registered,
        report.already_registered,
        report.refused.len()
    )?;
    for (line, reason) in report.refused {
        writeln!(output, "  line {line}: {reason}")?;
    }
    Ok(())
}

fn greet(stack: &Stack, data_dir: &Path) -> io::Result<()> {
    let site = stack.site_url();
    let published = format!("http://localhost:{}", stack.address().port());
    let mut output = io::stdout().lock();
    writeln!(output, "\nThe reissue wizard:  {site}/")?;
    writeln!(output, "Sent emails:         {site}/local/outbox")?;
    writeln!(output, "CA certificate:      {published}/ca.pem")?;
    writeln!(output, "CRL, OCSP:           {published}/crl/complete.crl  {published}/ocsp")?;
    writeln!(output, "Data folder:         {}", data_dir.display())?;
    if site != published {
        greet_over_https(&mut output, site, &DataFolder::ca_certificate_in(data_dir))?;
    }
    writeln!(output, "\nDemonstration credentials (電子メールアドレス, 申請パスワード, 証明書コード):")?;
    for account in stack.accounts() {
        writeln!(
            output,
            "  {}  {}  {}\n      {}",
            account.email_address,
            account.application_password,
            account.certificate_code,
            account.description
        )?;
    }
    output.flush()
}

fn greet_over_https(output: &mut impl Write, site: &str, ca_certificate: &Path) -> io::Result<()> {
    let file = ca_certificate.display();
    writeln!(output, "\nBrowsers show a warning until they trust the CA certificate in this file:")?;
    writeln!(output, "  {file}")?;
    writeln!(
        output,
        "Import it in the browser's certificate settings as an authority for websites, preferably in a separate"
    )?;
    writeln!(output, "profile, and remove it after your tests. With curl: --cacert {file} {site}/")
}
