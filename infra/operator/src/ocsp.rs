//! `ocsp`: renews the OCSP responder's certificate.

use std::io::{self, Write};

use shared::wiring;

use crate::{Fault, Outcome, target::Target};

pub(crate) async fn renew_responder(target: &impl Target) -> Result<Outcome, Fault> {
    match wiring::renew_ocsp_responder(target).await?.renew_if_due().await? {
        Some(certificate) => writeln!(
            io::stdout(),
            "renewed: serial number {}, notAfter {}",
            certificate.serial_number(),
            certificate.not_after().to_rfc3339()
        )?,
        None => writeln!(io::stdout(), "not due")?,
    }
    Ok(Outcome::Done)
}
