//! `crl`: publishes the CRLs on demand, and rebuilds their segments.

use std::{
    env,
    io::{self, Write},
    sync::Arc,
};

use shared::{adapters::system::SystemClock, use_cases::publish_crl::PublishCrl};

use crate::{Fault, Outcome, place::Place};

pub(crate) async fn publish(place: &Place) -> Result<Outcome, Fault> {
    let published = publisher(place).await?.publish_all().await?;
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

pub(crate) async fn rebuild(place: &Place) -> Result<Outcome, Fault> {
    let unreadable = publisher(place).await?.rebuild().await?;
    writeln!(io::stdout(), "the segments are made anew; publish the CRLs next, with `crl publish`")?;
    report(&unreadable)
}

fn report(unreadable: &[String]) -> Result<Outcome, Fault> {
    for serial_number in unreadable {
        writeln!(io::stderr(), "the revocation of {serial_number} cannot be read, and was left out")?;
    }
    Ok(if unreadable.is_empty() { Outcome::Done } else { Outcome::RecordsLeftOut })
}

async fn publisher(place: &Place) -> Result<PublishCrl, Fault> {
    let (signer, authority) = place.ca_signer().await?;
    Ok(PublishCrl {
        store: place.store().await?,
        signer,
        authority,
        objects: place.objects()?,
        segments: place.state_objects()?,
        publication: place.publication()?,
        shards: place.crl_shards()?,
        clock: Arc::new(SystemClock),
        scratch: env::temp_dir(),
    })
}
