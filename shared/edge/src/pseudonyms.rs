//! Pseudonyms of client addresses and accounts in the log. With pseudonyms, operators can recognise attempts by the
//! same client or on the same account, although the log contains no personal data.
//!
//! A pseudonym is an HMAC with a key that is valid for one calendar month (UTC). The key service derives the key, so a
//! reader of the log cannot compute the pseudonym of a guessed address.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use lambda_http::Request;
use ring::hmac;
use tracing::{Span, field};

use domain::{MINUTE, Timestamp, certificate_code::CertificateCode, contact::EmailAddress};
use ports::{Clock, MessageAuthenticator};
use use_cases::refusal::Failure;

/// The length of a pseudonym in octets.
const LENGTH: usize = 8;
/// The minimum time in seconds between a failed key derivation and the next attempt.
const RETRY_AFTER: i64 = MINUTE;

/// Computes the pseudonyms of the current month.
pub struct Pseudonyms {
    authenticator: Arc<dyn MessageAuthenticator>,
    clock: Arc<dyn Clock>,
    current: Mutex<Option<Month>>,
}

/// The state of a month's key.
#[derive(Clone)]
struct Month {
    /// The year and the month, such as `2026-11`.
    name: String,
    key: Result<MonthKey, NotBefore>,
}

/// The earliest time at which the derivation is retried.
#[derive(Clone, Copy)]
struct NotBefore(Timestamp);

/// The key of the pseudonyms of one month. The request's extensions contain the key while a function handles the
/// request.
#[derive(Clone)]
pub(super) struct MonthKey(hmac::Key);

impl Pseudonyms {
    /// Derives the key of the current month with `authenticator`. If the derivation fails, log lines have no pseudonyms
    /// until a later derivation succeeds.
    pub async fn start(authenticator: Arc<dyn MessageAuthenticator>, clock: Arc<dyn Clock>) -> Self {
        let pseudonyms = Self { authenticator, clock, current: Mutex::default() };
        pseudonyms.key().await;
        pseudonyms
    }

    /// Returns the current month's key, which is derived once a month.
    pub(super) async fn key(&self) -> Option<MonthKey> {
        let now = self.clock.now();
        let name = month(now);
        let known = self.current().clone().filter(|month| month.name == name);
        match known.map(|month| month.key) {
            Some(Ok(key)) => return Some(key),
            Some(Err(NotBefore(time))) if now < time => return None,
            Some(Err(_)) | None => {}
        }
        let derived = self.authenticator.mac(format!("log pseudonyms {name}").as_bytes()).await;
        let key = derived.map(|mac| MonthKey(hmac::Key::new(hmac::HMAC_SHA256, &mac))).map_err(|error| {
            Failure::from(error).log("the log has no pseudonyms");
            NotBefore(now.plus(RETRY_AFTER))
        });
        *self.current() = Some(Month { name, key: key.clone() });
        key.ok()
    }

    fn current(&self) -> MutexGuard<'_, Option<Month>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MonthKey {
    /// Adds the pseudonym of a client to the log lines of the current invocation, as the field `client`. IPv6 addresses
    /// with the same /64 prefix share a pseudonym, because each site is assigned at least a /64 (RFC 6177).
    pub(super) fn record_client(&self, address: &str) {
        let network = match address.parse::<IpAddr>() {
            Ok(IpAddr::V6(v6)) => v6.octets()[..8].to_vec(),
            Ok(IpAddr::V4(v4)) => v4.octets().to_vec(),
            Err(_) => address.as_bytes().to_vec(),
        };
        self.record("client", "client", &network);
    }

    fn record(&self, name: &str, purpose: &str, value: &[u8]) {
        let mut context = hmac::Context::with_key(&self.0);
        for part in [purpose.as_bytes(), &[0], value] {
            context.update(part);
        }
        let pseudonym = data_encoding::HEXLOWER.encode(&context.sign().as_ref()[..LENGTH]);
        Span::current().record(name, field::display(pseudonym));
    }
}

/// Adds the pseudonym of an email address to the log lines of the current invocation, as the field `account`. The
/// address need not be registered. A malformed address has no pseudonym.
pub fn record_email_address(request: &Request, entered: Option<&str>) {
    if let Some(address) = entered.and_then(|text| text.parse::<EmailAddress>().ok()) {
        record_account(request, "email address", address.comparison_key().as_bytes());
    }
}

/// Adds the pseudonym of a certificate code, which identifies the account at the pick-up. Otherwise works like
/// [`record_email_address`].
pub fn record_certificate_code(request: &Request, entered: Option<&str>) {
    if let Some(code) = entered.and_then(|text| text.parse::<CertificateCode>().ok()) {
        record_account(request, "certificate code", code.as_bytes());
    }
}

fn record_account(request: &Request, purpose: &str, value: &[u8]) {
    if let Some(key) = request.extensions().get::<MonthKey>() {
        key.record("account", purpose, value);
    }
}

/// Returns the year and the month of `time` in UTC, such as `2026-11`.
fn month(time: Timestamp) -> String {
    let date = time.to_utc().date();
    format!("{:04}-{:02}", date.year(), u8::from(date.month()))
}
