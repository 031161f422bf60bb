//! `ocsp`: renews the responder's certificate.

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
    let (signer, authority) = place.ca_signer().await?;
    let renew = RenewOcspResponder {
        store: place.store().await?,
        signer,
        authority,
        responder_key: place.ocsp_key().await?,
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
