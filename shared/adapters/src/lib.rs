//! The AWS side of the [ports], and how the AWS SDK is set up.
//!
//! Decided in docs/decisions/0002-tls-and-roots.md: TLS by rustls over ring, the roots of Amazon Trust Services
//! bundled, everything read from the environment, no call to the instance metadata service.

pub mod kms;
pub mod s3;
pub mod ses;
pub mod sqs;
pub mod system;

use std::{env, fmt, time::Duration};

use aws_sdk_kms::{
    config::{
        BehaviorVersion, Credentials, Region, SharedCredentialsProvider, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};

pub use aws_types::SdkConfig;
use ports::PortError;

/// See the file for what is in it and where it comes from.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

/// A connection that was idle for longer may be dead: Lambda freezes the environment between invocations.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Sets the AWS SDK up from the environment, as Lambda and the AWS tools name its variables: `AWS_REGION` or
/// `AWS_DEFAULT_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and
/// `AWS_ENDPOINT_URL`. Files such as `~/.aws/config` are not read. Does no I/O.
///
/// **Nothing is retried**: a call whose answer got lost may have been carried out, and a silent second run of a
/// conditional write would then report that its condition did not hold. Clients of calls that may safely run
/// twice opt in with [`idempotent_retries`].
///
/// An `AWS_ENDPOINT_URL` with HTTPS is not Amazon's: then the system's root certificates are trusted as well.
///
/// # Errors
///
/// When the TLS settings are refused, which does not depend on the environment.
pub fn sdk_config() -> Result<SdkConfig, PortError> {
    sdk_config_for(|name| env::var(name).ok().filter(|value| !value.is_empty()))
}

/// Retries for calls that have the same effect whether they run once or more often: reads, signatures, MACs,
/// and DynamoDB transactions with a client request token. Three attempts, with back-off and jitter.
pub fn idempotent_retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(100))
        .with_max_backoff(Duration::from_secs(1))
}

/// As [`sdk_config`], with the variables that `variable` gives by their names.
///
/// # Errors
///
/// As there.
pub fn sdk_config_for(variable: impl Fn(&str) -> Option<String>) -> Result<SdkConfig, PortError> {
    let endpoint_url = variable("AWS_ENDPOINT_URL");
    let is_foreign = endpoint_url.as_deref().is_some_and(|url| url.starts_with("https:"));
    let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS).with_native_roots(is_foreign);
    let tls = TlsContext::builder()
        .with_trust_store(roots)
        .build()
        .map_err(|error| PortError::new("tls", &error))?;
    let http_client = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls)
        .pool_idle_timeout(POOL_IDLE_TIMEOUT)
        .build_https();
    // API Gateway gives up after 29 s; nobody waits that long.
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(5))
        .operation_timeout(Duration::from_secs(12))
        .build();
    // Lambda sets them once for the life of the process. Without them each call fails and says so.
    let credentials =
        variable("AWS_ACCESS_KEY_ID").zip(variable("AWS_SECRET_ACCESS_KEY")).map(|(id, secret)| {
            let session_token = variable("AWS_SESSION_TOKEN");
            SharedCredentialsProvider::new(Credentials::new(id, secret, session_token, None, "Environment"))
        });

    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")).map(Region::new))
        .http_client(http_client)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::disabled());
    config.set_endpoint_url(endpoint_url);
    config.set_credentials_provider(credentials);
    Ok(config.build())
}

/// What the log is told of a failed call: the error code, the request's id and the service's message. A
/// service whose messages hold personal data has [`sdk_error_without_message`].
pub(crate) fn sdk_error<E, R>(service: &'static str, error: &SdkError<E, R>) -> PortError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: fmt::Debug + 'static,
{
    let mut error_without_message = sdk_error_without_message(service, error);
    if let Some(message) = error.as_service_error().and_then(|error| error.message()) {
        error_without_message.message.push_str(": ");
        error_without_message.message.push_str(message);
    }
    error_without_message
}

/// As [`sdk_error`], without the service's message.
pub(crate) fn sdk_error_without_message<E, R>(service: &'static str, error: &SdkError<E, R>) -> PortError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: fmt::Debug + 'static,
{
    let Some(service_error) = error.as_service_error() else {
        return PortError::new(service, error);
    };
    let code = service_error.code().unwrap_or("unknown error");
    let request_id = service_error.meta().request_id().unwrap_or("unknown");
    PortError { service, message: format!("{code} (request {request_id})") }
}

#[cfg(test)]
fn config_of(service: &stub_service::StubService) -> SdkConfig {
    sdk_config_for(|name| service.variable(name)).unwrap()
}

#[cfg(test)]
mod tests {
    use x509_parser::pem::Pem;

    use super::*;

    #[test]
    fn the_bundle_has_the_five_roots() {
        let names: Vec<_> = Pem::iter_from_buffer(AMAZON_ROOTS)
            .map(|pem| {
                let pem = pem.unwrap();
                let certificate = pem.parse_x509().unwrap();
                certificate.verify_signature(None).unwrap();
                certificate.subject().iter_common_name().next().unwrap().as_str().unwrap().to_owned()
            })
            .collect();
        let starfield = "Starfield Services Root Certificate Authority - G2";
        assert_eq!(
            names,
            ["Amazon Root CA 1", "Amazon Root CA 2", "Amazon Root CA 3", "Amazon Root CA 4", starfield]
        );
    }

    #[test]
    fn the_environment_is_read() {
        let config = |variables: &'static [(&str, &str)]| {
            let value =
                |name: &str| variables.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned());
            sdk_config_for(value).unwrap()
        };
        let lambda = config(&[("AWS_REGION", "ap-northeast-1"), ("AWS_DEFAULT_REGION", "us-east-1")]);
        assert_eq!(lambda.region().map(Region::as_ref), Some("ap-northeast-1"));
        assert_eq!(lambda.endpoint_url(), None);
        assert_eq!(lambda.retry_config(), Some(&RetryConfig::disabled()));
        let local =
            config(&[("AWS_DEFAULT_REGION", "us-east-1"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")]);
        assert_eq!(local.region().map(Region::as_ref), Some("us-east-1"));
        assert_eq!(local.endpoint_url(), Some("http://127.0.0.1:4566"));
    }
}
