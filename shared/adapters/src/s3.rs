//! Object stores in Amazon S3: the public bucket behind CloudFront, and the private bucket for CRL segments and the
//! audit log.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::{
    Client,
    config::{Builder, Config, timeout::TimeoutConfig},
    error::{ProvideErrorMetadata, SdkError},
    operation::{get_object::GetObjectError, put_object::PutObjectError},
    primitives::{ByteStream, Length},
};
use aws_types::SdkConfig;

use super::{idempotent_retries, sdk_error};
use ports::{Content, ListedObject, Object, ObjectBody, ObjectStore, PortError, Precondition, PutOutcome};

/// The Cache-Control header of a CRL (RFC 9111 §5.2.2). Relying parties may cache a CRL for five minutes without
/// revalidation. A CDN must never serve an outdated CRL, so `s-maxage=0` makes shared caches revalidate every time.
/// Most revalidations result in status 304.
pub const CACHE_CONTROL: &str = "public, max-age=300, s-maxage=0";

/// The timeout for a write. A CRL with ten million entries is 500 MB in size.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// The name of the service in errors and metrics.
pub const SERVICE: &str = "s3";

/// Creates an S3 client that does not retry writes, because retrying a conditional write fails if the first attempt
/// succeeded.
pub fn client(config: &SdkConfig) -> Client {
    // Emulators do not provide a separate host name for each bucket.
    let force_path_style = config.endpoint_url().is_some();
    Client::from_conf(Builder::from(config).force_path_style(force_path_style).build())
}

/// An object store in a single bucket. Requires the `s3:GetObject` and `s3:PutObject` permissions on the objects, and
/// `s3:ListBucket` on the bucket. Without `s3:ListBucket`, S3 returns status 403 instead of 404 for a missing object.
#[derive(Clone, Debug)]
pub struct S3ObjectStore {
    client: Client,
    bucket: String,
}

impl S3ObjectStore {
    pub fn new(client: Client, bucket: impl Into<String>) -> Self {
        Self { client, bucket: bucket.into() }
    }
}

#[async_trait]
impl ObjectStore for S3ObjectStore {
    async fn read(&self, key: &str) -> Result<Option<Object>, PortError> {
        let retries = Config::builder().retry_config(idempotent_retries());
        let request = self.client.get_object().bucket(&self.bucket).key(key);
        let output = match request.customize().config_override(retries).send().await {
            Ok(output) => output,
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
                return Ok(None);
            }
            Err(error) => return Err(sdk_error(SERVICE, &error)),
        };
        let etag =
            output.e_tag.ok_or_else(|| PortError { service: SERVICE, message: "no ETag".to_owned() })?;
        Ok(Some(Object { etag, body: Box::new(S3Body(output.body)) }))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, PortError> {
        let request = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix);
        let (mut listed, mut continuation) = (Vec::new(), None);
        loop {
            let retries = Config::builder().retry_config(idempotent_retries());
            let page = request.clone().set_continuation_token(continuation).customize();
            let page =
                page.config_override(retries).send().await.map_err(|error| sdk_error(SERVICE, &error))?;
            listed.extend(page.contents.unwrap_or_default().into_iter().filter_map(|object| {
                let length = u64::try_from(object.size?).ok()?;
                Some(ListedObject { key: object.key?, length })
            }));
            continuation = page.next_continuation_token;
            if continuation.is_none() {
                return Ok(listed);
            }
        }
    }

    async fn put(
        &self,
        key: &str,
        content: Content<'_>,
        content_type: &str,
        precondition: Precondition<'_>,
    ) -> Result<PutOutcome, PortError> {
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .body(body(content).await?)
            .content_type(content_type)
            .cache_control(CACHE_CONTROL);
        let request = match precondition {
            Precondition::Absent => request.if_none_match("*"),
            Precondition::Unchanged(etag) => request.if_match(etag),
        };
        let timeouts = TimeoutConfig::builder()
            .operation_timeout(WRITE_TIMEOUT)
            .operation_attempt_timeout(WRITE_TIMEOUT)
            .build();
        let patient = Config::builder().timeout_config(timeouts);
        match request.customize().config_override(patient).send().await {
            Ok(_) => Ok(PutOutcome::Stored),
            Err(error) if is_precondition_failed(&error) => Ok(PutOutcome::PreconditionFailed),
            Err(error) => Err(sdk_error(SERVICE, &error)),
        }
    }
}

struct S3Body(ByteStream);

#[async_trait]
impl ObjectBody for S3Body {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PortError> {
        match self.0.next().await {
            Some(Ok(piece)) => Ok(Some(piece.to_vec())),
            Some(Err(error)) => Err(PortError::new(SERVICE, &error)),
            None => Ok(None),
        }
    }
}

async fn body(content: Content<'_>) -> Result<ByteStream, PortError> {
    match content {
        Content::Bytes(bytes) => Ok(ByteStream::from(bytes.to_vec())),
        Content::File { path, offset } => {
            let failed = |error: &std::io::Error| PortError::new(SERVICE, error);
            let length = std::fs::metadata(path).map_err(|error| failed(&error))?.len();
            let length = Length::Exact(length.saturating_sub(offset));
            let body = ByteStream::read_from().path(path).offset(offset).length(length).build();
            body.await.map_err(|error| PortError::new(SERVICE, &error))
        }
    }
}

/// Returns true if S3 rejected a write because of its precondition. Status 412 means that the precondition was not met.
/// Status 409 means that another write was in progress, so the caller must read the object again. Status 404 means that
/// `If-Match` was used for an object that no longer exists.
fn is_precondition_failed(error: &SdkError<PutObjectError>) -> bool {
    let code = error.as_service_error().and_then(|error| error.code());
    matches!(code, Some("PreconditionFailed" | "ConditionalRequestConflict" | "NoSuchKey"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use stub_service::{Answer, StubService};

    use crate::config_of;

    fn failure(status: u16, code: &str) -> Answer {
        Answer::xml(status, &format!("<Error><Code>{code}</Code><Message>m</Message></Error>"))
    }

    fn store(service: &StubService) -> S3ObjectStore {
        S3ObjectStore::new(client(&config_of(service)), "bucket")
    }

    #[tokio::test]
    async fn objects_are_read_with_their_etag() {
        let service = StubService::start([
            Answer::xml(200, "crl").with_header("etag", "\"1\""),
            failure(404, "NoSuchKey"),
            failure(403, "AccessDenied"),
        ]);
        let store = store(&service);
        let object = store.read("crl/complete.crl").await.unwrap().unwrap();
        assert_eq!(object.etag, "\"1\"");
        assert_eq!(object.collect().await.unwrap(), b"crl");
        assert!(store.read("crl/complete.crl").await.unwrap().is_none());
        let Err(error) = store.read("crl/complete.crl").await else { panic!("it is refused") };
        assert_eq!(error.to_string(), "s3: AccessDenied (request stub): m");
        assert!(service.requests()[0].target.starts_with("/bucket/crl/complete.crl"));
    }

    #[tokio::test]
    async fn writes_send_their_precondition() {
        let service = StubService::start([Answer::xml(200, ""), Answer::xml(200, "")]);
        let store = store(&service);
        for precondition in [Precondition::Absent, Precondition::Unchanged("\"1\"")] {
            let outcome = store
                .put("a.crl", Content::Bytes(b"crl"), "application/pkix-crl", precondition)
                .await
                .unwrap();
            assert_eq!(outcome, PutOutcome::Stored);
        }
        let [first, second] = &service.requests()[..] else { panic!("two requests") };
        assert_eq!(first.header("if-none-match"), Some("*"));
        assert_eq!(first.header("content-type"), Some("application/pkix-crl"));
        assert_eq!(first.header("cache-control"), Some(CACHE_CONTROL));
        assert_eq!(first.body, b"crl");
        assert_eq!(second.header("if-match"), Some("\"1\""));
    }

    #[tokio::test]
    async fn a_file_is_uploaded_from_its_offset() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, b"gap and crl").unwrap();
        let service = StubService::start([Answer::xml(200, "")]);
        let content = Content::File { path: file.path(), offset: 8 };
        let put = store(&service).put("a.crl", content, "application/pkix-crl", Precondition::Absent).await;
        assert_eq!(put.unwrap(), PutOutcome::Stored);
        let request = &service.requests()[0];
        assert_eq!(request.header("x-amz-decoded-content-length"), Some("3"));
        // The SDK sends streams in signed chunks.
        assert!(request.body.windows(7).any(|part| part == b"\r\ncrl\r\n"));
    }

    #[tokio::test]
    async fn all_pages_of_a_list_are_read() {
        let page = |key: &str, more: &str| {
            let object = format!("<Contents><Key>{key}</Key><Size>50</Size></Contents>");
            Answer::xml(200, &format!("<ListBucketResult>{more}{object}</ListBucketResult>"))
        };
        let more = "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>";
        let service = StubService::start([page("revoked/a", more), page("revoked/b", "")]);
        let listed = store(&service).list("revoked/").await.unwrap();
        let object = |key: &str| ListedObject { key: key.to_owned(), length: 50 };
        assert_eq!(listed, [object("revoked/a"), object("revoked/b")]);
        assert!(service.requests()[1].target.contains("continuation-token=t"));
    }

    #[tokio::test]
    async fn a_failed_precondition_is_distinguished_from_a_failure() {
        let service = StubService::start([
            failure(412, "PreconditionFailed"),
            failure(409, "ConditionalRequestConflict"),
            failure(404, "NoSuchKey"),
            failure(404, "NoSuchBucket"),
            failure(503, "SlowDown"),
        ]);
        let store = store(&service);
        let put = async || {
            store
                .put(
                    "a.crl",
                    Content::Bytes(b"crl"),
                    "application/pkix-crl",
                    Precondition::Unchanged("\"1\""),
                )
                .await
        };
        for _ in 0..3 {
            assert_eq!(put().await.unwrap(), PutOutcome::PreconditionFailed);
        }
        assert!(put().await.is_err());
        assert!(put().await.is_err());
        assert_eq!(service.requests().len(), 5, "no write is retried");
    }
}
