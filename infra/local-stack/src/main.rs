//! `cargo run`: runs the complete service on this machine.

use std::{
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use etcetera::BaseStrategy;
use lexopt::Arg;
use local_stack::{DEFAULT_LOG, DataFolder, Stack, StackOptions, default_site};
use shared::{
    adapters::system::{SystemClock, SystemEntropy},
    domain::revocation::RevocationTiming,
};
use tracing_subscriber::EnvFilter;

const USAGE: &str = "\
Runs the certificate reissue service on this machine, with demonstration data.

Usage: cargo run -- [OPTIONS]

Options:
  --port PORT                 the port on 127.0.0.1 (default 8080)
  --https                     serves HTTPS, with a certificate of the local CA; over plain HTTP there
                              are only CRLs, OCSP and the CA's certificate, on the same port
  --data DIR                  where everything is kept (default: below your data directory)
  --site DIR                  the pages to serve (default: this repository's web/)
  --import FILE               registers certificate records, one JSON object a line
  --revocation-timing TIMING  submission (default): the old certificate is revoked when the
                              application is accepted; pickup: when the new one is picked up
  --help                      this text
";

struct Options {
    port: u16,
    https: bool,
    data_dir: Option<PathBuf>,
    site: PathBuf,
    import: Option<PathBuf>,
    timing: RevocationTiming,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOG));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let Some(options) = parse_options(lexopt::Parser::from_env())? else {
        io::stdout().write_all(USAGE.as_bytes())?;
        return Ok(());
    };
    let data_dir = match options.data_dir {
        Some(data_dir) => data_dir,
        None => etcetera::choose_base_strategy()?.data_dir().join("cert-reissue"),
    };
    let stack = Stack::start(StackOptions {
        port: options.port,
        https: options.https,
        data_dir: data_dir.clone(),
        site: options.site,
        timing: options.timing,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        around_ports: std::convert::identity,
    })
    .await?;
    if let Some(file) = options.import {
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

fn parse_options(mut parser: lexopt::Parser) -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options {
        port: 8080,
        https: false,
        data_dir: None,
        site: default_site(),
        import: None,
        timing: RevocationTiming::default(),
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("port") => options.port = lexopt::ValueExt::parse(&parser.value()?)?,
            Arg::Long("https") => options.https = true,
            Arg::Long("data") => options.data_dir = Some(parser.value()?.into()),
            Arg::Long("site") => options.site = parser.value()?.into(),
            Arg::Long("import") => options.import = Some(parser.value()?.into()),
            Arg::Long("revocation-timing") => options.timing = lexopt::ValueExt::parse(&parser.value()?)?,
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            unexpected => return Err(unexpected.unexpected()),
        }
    }
    Ok(Some(options))
}

async fn import(stack: &Stack, file: &PathBuf) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let report = stack.import(&text).await?;
    let mut output = io::stdout().lock();
    writeln!(
        output,
        "{}: {} registered, {} registered before, {} refused",
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
    writeln!(output, "Mails that are sent: {site}/local/outbox")?;
    writeln!(output, "CA certificate:      {published}/ca.pem")?;
    writeln!(output, "CRL, OCSP:           {published}/crl/complete.crl  {published}/ocsp")?;
    writeln!(output, "Kept in:             {}", data_dir.display())?;
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
    writeln!(output, "\nBrowsers warn until they trust the CA certificate. It is the file")?;
    writeln!(output, "  {file}")?;
    writeln!(
        output,
        "Import it in the browser's certificate settings as an authority for websites, preferably in a"
    )?;
    writeln!(
        output,
        "profile of its own, and remove it when you are done. With curl: --cacert {file} {site}/"
    )
}
