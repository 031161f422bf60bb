//! `certificates`: imports the certificate records of an existing service.

use std::{
    ffi::OsStr,
    fs,
    io::{self, Write},
};

use shared::{edge, wiring};

use crate::{Fault, Outcome, arguments::Import, csv_records, target::Target};

pub(crate) async fn import(target: &impl Target, arguments: &Import) -> Result<Outcome, Fault> {
    let file = &arguments.file;
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let registration = wiring::register_certificates(target).await?;
    let report =
        if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(OsStr::new("csv"))) {
            registration.register_records(csv_records::read(&text)?).await?
        } else {
            registration.register_records(edge::certificate_records(&text)).await?
        };
    for (line, reason) in &report.refused {
        writeln!(io::stderr(), "line {line}: {reason}")?;
    }
    writeln!(
        io::stdout(),
        "{} registered, {} already registered, {} refused",
        report.registered,
        report.already_registered,
        report.refused.len()
    )?;
    Ok(if report.refused.is_empty() { Outcome::Done } else { Outcome::RecordsLeftOut })
}
