//! Records metrics for alarms: the waiting time of pending effects, and the age of the published CRLs.
//!
//! The metrics are derived from the outbox and the published CRLs. The monitored functions do not report these metrics,
//! because a function that has stopped cannot report its own failure.

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
use telemetry::{Place, metrics, unreadable};

/// The maximum length of a CRL's fields up to nextUpdate, in octets. Of these fields, only the issuer's name can be
/// long.
const FIRST_FIELDS: usize = 4096;

pub struct WatchService {
    pub store: Store,
    /// The object store for published CRLs.
    pub objects: Arc<dyn ObjectStore>,
    /// The number of CRL shards for new certificates.
    pub shards: ShardCount,
    pub clock: Arc<dyn Clock>,
}

struct Times {
    this_update: Timestamp,
    next_update: Timestamp,
}

impl WatchService {
    /// Records [`metrics::OUTBOX_AGE`] for each queue, and [`metrics::CRL_AGE`] and [`metrics::CRL_NEXT_UPDATE_IN`] for
    /// each CRL. A missing or malformed CRL is treated as a CRL from 1970, whose age exceeds every alarm threshold.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] if the store fails, and [`Failure::Port`] if the object store fails. Metrics that do
    /// not depend on the failed call are still recorded. If the published CRLs cannot be listed, no CRL metrics are
    /// recorded.
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
        let oldest = self.store.oldest_pending(queue).await?;
        for row in oldest.iter().filter(|row| row.due_at.is_none()) {
            unreadable(Place::Outbox, &row.id);
        }
        let waiting_since = oldest.into_iter().find_map(|row| row.due_at);
        let now = self.clock.now();
        // A deadline whose due time is in the future has an age of zero.
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

    /// Returns every scope that must have a CRL, and every scope that has a published CRL. If the number of shards was
    /// reduced, the result still includes the removed shards.
    async fn scopes(&self) -> Result<BTreeSet<CrlScope>, Failure> {
        let published = self.objects.list(CRL_FOLDER).await?;
        let published = published.iter().filter_map(|object| crl_scope(&object.key));
        let configured = CrlShard::all(self.shards).map(CrlScope::Shard);
        Ok(published.chain(configured).chain([CrlScope::Complete]).collect())
    }

    /// Reads thisUpdate and nextUpdate from the CRL for `scope`. Only the beginning of the CRL is read, because a CRL
    /// with a million entries is 50 MB in size.
    async fn published_times(&self, scope: CrlScope) -> Result<Times, Failure> {
        let missing = |what: &str| {
            tracing::error!(%scope, "{what}");
            Times { this_update: Timestamp::EPOCH, next_update: Timestamp::EPOCH }
        };
        let Some(mut object) = self.objects.read(&crl_key(scope)).await? else {
            return Ok(missing("no CRL has been published"));
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
            None => Ok(missing("the published object is not a CRL")),
        }
    }
}
