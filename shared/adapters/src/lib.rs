//! AWS implementations of the [ports], and the configuration of the AWS SDK.
//!
//! TLS uses rustls and ring, with the bundled root certificates of Amazon Trust Services. Settings are read only from
//! environment variables, and the SDK never calls the instance metadata service. See
//! docs/decisions/0002-tls-and-roots.md for the reasons.

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

/// The root certificates of Amazon Trust Services. Comments in the PEM file list the certificates and their source.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

/// The time after which an idle connection is no longer reused. While Lambda freezes the environment between
/// invocations, the server may close idle connections.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Configures the AWS SDK from the environment variables that Lambda and the AWS tools use. The variables are
/// `AWS_REGION` or `AWS_DEFAULT_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and
/// `AWS_ENDPOINT_URL`. Does not read files such as `~/.aws/config`, and performs no I/O.
///
/// **By default, calls are not retried.** Retrying a conditional write would fail if the first attempt succeeded but
/// its response was lost. Clients whose calls can safely run twice enable retries with [`idempotent_retries`].
///
/// If `AWS_ENDPOINT_URL` is an HTTPS URL, the operating system's root certificates are also trusted, because the
/// endpoint is not operated by Amazon.
///
/// # Errors
///
/// Fails if the built-in TLS settings are invalid.
pub fn sdk_config() -> Result<SdkConfig, PortError> {
    sdk_config_for(|name| env::var(name).ok().filter(|value| !value.is_empty()))
}

/// Returns the retry settings for idempotent calls: reads, signatures, MACs, and DynamoDB transactions with a client
/// request token. Allows three attempts with back-off and jitter.
pub fn idempotent_retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(100))
        .with_max_backoff(Duration::from_secs(1))
}

/// Configures the AWS SDK like [`sdk_config`], but reads environment variables through `variable`.
///
/// # Errors
///
/// Fails under the same conditions as [`sdk_config`].
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
    // API Gateway aborts requests after 29 seconds, so the timeouts for AWS calls are shorter.
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(5))
        .operation_timeout(Duration::from_secs(12))
        .build();
    // Lambda sets the credentials once per process. Without credentials, each call returns an error that states the
    // reason.
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

/// Converts the error of a failed AWS call to an error that may be logged. The result contains the error code, the
/// request id and the service's message. Use [`sdk_error_without_message`] for services whose messages contain personal
/// data.
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

/// Works like [`sdk_error`], but omits the service's message.
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
    fn the_bundle_contains_the_five_amazon_roots() {
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
    fn the_configuration_is_read_from_the_environment() {
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
