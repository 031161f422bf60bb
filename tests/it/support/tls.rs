//! A TLS client that trusts one CA.

use std::{io, sync::Arc, time::Duration};

use rustls_pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject};
use shared::domain::Timestamp;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, RootCertStore, crypto::ring, time_provider::TimeProvider},
};

/// A connection with or without TLS.
pub(crate) trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for T {}

/// A TLS client that accepts only server certificates from one CA that are valid at a given time.
#[derive(Clone)]
pub(crate) struct TlsClient(TlsConnector);

impl TlsClient {
    /// Creates a client that trusts `ca_certificate`, a CA certificate in PEM format.
    pub(crate) fn new(ca_certificate: &[u8], now: Timestamp) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(ca_certificate).unwrap()).unwrap();
        let time = Arc::new(FixedTime(now));
        let config = ClientConfig::builder_with_details(Arc::new(ring::default_provider()), time)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self(TlsConnector::from(Arc::new(config)))
    }

    /// Performs a TLS handshake with the server `name`.
    pub(crate) async fn connect(&self, name: &str, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.0.connect(ServerName::try_from(name.to_owned()).unwrap(), stream).await
    }
}

#[derive(Debug)]
struct FixedTime(Timestamp);

impl TimeProvider for FixedTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = self.0.as_seconds().try_into().ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}
