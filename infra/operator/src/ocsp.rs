//! `ocsp`: the responder's certificate.

use std::{
    io::{self, Write},
    sync::Arc,
};

use shared::{
    adapters::system::{SystemClock, SystemEntropy},
    use_cases::renew_ocsp_responder::RenewOcspResponder,
};

use crate::{Fault, Outcome, place::Place};

pub(crate) async fn renew_responder(place: &Place) -> Result<Outcome, Fault> {
    let renew = RenewOcspResponder {
        store: place.store().await?,
        signer: place.ca_signer()?,
        authority: place.authority()?,
        responder_key: place.ocsp_key()?,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    match renew.renew_if_due().await? {
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
