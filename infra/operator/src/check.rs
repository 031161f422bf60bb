//! `check`: compares the database, the keys, the CRLs and the audit log with each other.

use std::io::{self, Write};

use shared::wiring;

use crate::{Fault, Outcome, arguments::Check, target::Target};

pub(crate) async fn check(target: &impl Target, arguments: &Check) -> Result<Outcome, Fault> {
    let service = wiring::check_service(target).await?;
    if arguments.record_keys {
        service.record_keys().await.map_err(|error| {
            format!(
                "the fingerprints were not recorded; the CA key and the code key cannot be replaced: {error}"
            )
        })?;
    }
    let mut outcome = Outcome::Done;
    for (check, findings) in service.check().await? {
        let count = match findings.len() {
            0 => "no findings".to_owned(),
            1 => "1 finding".to_owned(),
            count => format!("{count} findings"),
        };
        writeln!(io::stdout(), "{}: {count}", check.name())?;
        for finding in &findings {
            writeln!(io::stderr(), "{}", finding.describe(target))?;
            outcome = Outcome::Findings;
        }
    }
    Ok(outcome)
}
