//! Serves HTTPS on the stack's port, and responds to plain HTTP on the same port.

use std::{io, sync::Arc};

use http_body_util::Full;
use hyper::{
    Request, Response, StatusCode,
    body::Incoming,
    header::{self, HeaderValue},
};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{self, ServerConfig, crypto::ring, version::TLS13},
    server::TlsStream,
};

use crate::{gateway::Answer, server_certificate::ServerCertificate};

/// The first octet of a TLS connection, which is the content type `handshake` (RFC 8446 §5.1). An HTTP method never
/// begins with this octet.
const HANDSHAKE: u8 = 22;

/// The paths that remain available over plain HTTP. Relying parties fetch these paths to verify certificates, so the
/// paths must not require HTTPS.
const PUBLISHED: [&str; 3] = ["/ocsp", "/ca.pem", "/ca.cer"];
const PUBLISHED_BELOW: [&str; 2] = ["/crl/", "/ocsp/"];

/// A TLS server with a certificate from the local CA.
pub(crate) struct Https {
    acceptor: TlsAcceptor,
    origin: String,
}

impl Https {
    /// Creates a TLS 1.3 server with `certificate`. `origin` is the site's URL without a path.
    ///
    /// # Errors
    ///
    /// Returns an error if rustls rejects the certificate or its key.
    pub(crate) fn new(certificate: ServerCertificate, origin: String) -> Result<Self, rustls::Error> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13])?
            .with_no_client_auth()
            .with_single_cert(certificate.chain, certificate.key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), origin })
    }

    /// Performs the TLS handshake.
    ///
    /// # Errors
    ///
    /// Returns an error if the client disconnects or does not trust the certificate.
    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(stream).await
    }

    /// Returns the response to a plain HTTP request, or `None` for a path that relying parties fetch. Page requests are
    /// redirected to HTTPS. API requests are refused, because a redirected client would keep sending passwords over
    /// plain HTTP first.
    pub(crate) fn refuse_plain(&self, request: &Request<Incoming>) -> Option<Answer> {
        let path = request.uri().path();
        if PUBLISHED.contains(&path) || PUBLISHED_BELOW.iter().any(|folder| path.starts_with(folder)) {
            return None;
        }
        if path.starts_with("/api/") {
            return Some(self.https_required());
        }
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        Some(redirect(&format!("{}{target}", self.origin)))
    }

    /// Returns a problem response that only the local stack uses and that the API description does not contain.
    fn https_required(&self) -> Answer {
        let problem = json!({
            "type": "/problems/https-required",
            "title": "This server accepts API requests only over HTTPS.",
            "status": 403,
            "detail": format!("Send the request to {}.", self.origin),
        });
        let mut answer = Response::new(Full::from(problem.to_string()));
        *answer.status_mut() = StatusCode::FORBIDDEN;
        for (name, value) in [
            (header::CONTENT_TYPE, "application/problem+json"),
            (header::CONTENT_LANGUAGE, "en"),
            (header::CACHE_CONTROL, "no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            answer.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        answer
    }
}

/// Returns true if the client begins a TLS handshake. Waits for the first octet but does not consume it.
pub(crate) async fn is_tls(stream: &TcpStream) -> bool {
    let mut first = [0];
    matches!(stream.peek(&mut first).await, Ok(1)) && first == [HANDSHAKE]
}

fn redirect(target: &str) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    if let Ok(target) = HeaderValue::try_from(target) {
        answer.headers_mut().insert(header::LOCATION, target);
    }
    answer
}
