//! Whether what the service promises is kept, as metrics for alarms: how long effects have been waiting, and how old the
//! CRLs are that relying parties get.
//!
//! It asks nobody who has to keep the promises: a publisher that stopped would not say so.

use std::{collections::BTreeSet, sync::Arc};

use crate::refusal::Failure;
use domain::{
    Timestamp,
    crl_scope::{CrlScope, CrlShard, ShardCount},
    publication::{CRL_FOLDER, crl_key, crl_scope},
};
use pki::CrlReader;
use ports::{Clock, ObjectStore};
use store::{Effect, Store};
use telemetry::metrics;

/// How many octets of a CRL its first fields, up to nextUpdate, have at most: the issuer's name is the only long one.
const FIRST_FIELDS: usize = 4096;

/// Watches the service.
pub struct WatchService {
    /// The records.
    pub store: Store,
    /// Where CRLs are published.
    pub objects: Arc<dyn ObjectStore>,
    /// How many shards new certificates are spread over.
    pub shards: ShardCount,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// When a CRL was issued, and when the next one will be at the latest.
struct Times {
    this_update: Timestamp,
    next_update: Timestamp,
}

impl WatchService {
    /// Records [`metrics::OUTBOX_AGE`] for each queue, and [`metrics::CRL_AGE`] and [`metrics::CRL_NEXT_UPDATE_IN`] for
    /// each CRL. One that is not there, or is none, counts as one of 1970, which is older than any alarm allows.
    ///
    /// # Errors
    ///
    /// A failure of the records or the object store; what it is about has no metrics then, and the rest has.
    pub async fn watch(&self) -> Result<(), Failure> {
        let mut watched = Ok(());
        for queue in Effect::QUEUES {
            watched = self.watch_queue(queue).await.and(watched);
        }
        for scope in self.scopes().await? {
            watched = self.watch_crl(scope).await.and(watched);
        }
        watched
    }

    async fn watch_queue(&self, queue: &str) -> Result<(), Failure> {
        let waiting_since = self.store.oldest_pending(queue).await?;
        let now = self.clock.now();
        // A deadline waits from the day on which it is due.
        let age = waiting_since.map_or(0, |due| now.since(due).max(0));
        metrics::OUTBOX_AGE.record(age, [queue]);
        Ok(())
    }

    async fn watch_crl(&self, scope: CrlScope) -> Result<(), Failure> {
        let times = self.published_times(scope).await?;
        let (now, scope) = (self.clock.now(), scope.to_string());
        metrics::CRL_AGE.record(now.since(times.this_update), [&scope]);
        metrics::CRL_NEXT_UPDATE_IN.record(times.next_update.since(now), [&scope]);
        Ok(())
    }

    /// Every scope that there must be a CRL of, and every one that there is one of: the number of shards may have been
    /// higher once.
    async fn scopes(&self) -> Result<BTreeSet<CrlScope>, Failure> {
        let published = self.objects.list(CRL_FOLDER).await?;
        let published = published.iter().filter_map(|object| crl_scope(&object.key));
        let configured = CrlShard::all(self.shards).map(CrlScope::Shard);
        Ok(published.chain(configured).chain([CrlScope::Complete]).collect())
    }

    /// What the CRL of `scope` says of its times, read from its beginning: a CRL of a million entries has 50 MB.
    async fn published_times(&self, scope: CrlScope) -> Result<Times, Failure> {
        let missing = |what: &str| {
            tracing::error!(%scope, "{what}");
            Times { this_update: Timestamp::EPOCH, next_update: Timestamp::EPOCH }
        };
        let Some(mut object) = self.objects.read(&crl_key(scope)).await? else {
            return Ok(missing("no CRL is published"));
        };
        let mut beginning = Vec::new();
        while beginning.len() < FIRST_FIELDS
            && let Some(piece) = object.body.next().await?
        {
            beginning.extend(piece);
        }
        let times = CrlReader::new(beginning.as_slice()).ok().and_then(|crl| crl.times());
        match times {
            Some((this_update, next_update)) => Ok(Times { this_update, next_update }),
            None => Ok(missing("what is published is no CRL")),
        }
    }
}
