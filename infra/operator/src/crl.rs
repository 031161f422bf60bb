//! `crl`: publishes CRLs on demand, and rebuilds their segments.

use std::io::{self, Write};

use shared::wiring;

use crate::{Fault, Outcome, target::Target};

pub(crate) async fn publish(target: &impl Target) -> Result<Outcome, Fault> {
    let published = wiring::publish_crl(target).await?.publish_all().await?;
    for (scope, crl) in &published.crls {
        writeln!(
            io::stdout(),
            "{scope}: number {}, {} entries, nextUpdate {}",
            crl.number,
            crl.entry_count,
            crl.next_update.to_rfc3339()
        )?;
    }
    report(&published.unreadable)
}

pub(crate) async fn rebuild(target: &impl Target) -> Result<Outcome, Fault> {
    let unreadable = wiring::publish_crl(target).await?.rebuild().await?;
    writeln!(io::stdout(), "the segments were rebuilt; publish the CRLs next with `crl publish`")?;
    report(&unreadable)
}

fn report(unreadable: &[String]) -> Result<Outcome, Fault> {
    for serial_number in unreadable {
        writeln!(io::stderr(), "the revocation of {serial_number} cannot be read and was skipped")?;
    }
    Ok(if unreadable.is_empty() { Outcome::Done } else { Outcome::RecordsLeftOut })
}
