//! Limits how long a client may take to send a request, and to which host names the stack responds.
//!
//! A web page on the Internet can make the browser of a developer send requests to loopback, under a host name that the
//! page's owner resolves to 127.0.0.1 (DNS rebinding). The stack therefore responds only to names of the loopback
//! interface.

use std::{future::Future, io, net::Ipv4Addr, time::Duration};

use http_body_util::Full;
use hyper::{
    Request, StatusCode, Version,
    body::{Bytes, Incoming},
    header,
    http::uri::Authority,
    server::conn::http1,
    service::HttpService,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};

use crate::{gateway::Answer, site};

/// The maximum time for a TLS handshake, and for the header of a request. A connection without a request is closed
/// after this time, too.
const HEADER_LIMIT: Duration = Duration::from_secs(5);
/// The maximum time for the body of a request. API Gateway allows 29 seconds for the whole request.
const BODY_LIMIT: Duration = Duration::from_secs(10);

/// Handles the requests of a connection. A client that takes longer than [`HEADER_LIMIT`] to send a header is
/// disconnected.
pub(crate) async fn serve<S>(stream: impl AsyncRead + AsyncWrite + Unpin, service: S)
where
    S: HttpService<Incoming, ResBody = Full<Bytes>>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEADER_LIMIT);
    // Clients may disconnect at any time, so errors are ignored.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

/// Waits for `handshake`, which precedes the first request.
///
/// # Errors
///
/// Returns an error if `handshake` takes longer than [`HEADER_LIMIT`].
pub(crate) async fn within_header_limit<T>(handshake: impl Future<Output = T>) -> io::Result<T> {
    Ok(timeout(HEADER_LIMIT, handshake).await?)
}

/// Waits for `body`, the body of a request.
///
/// # Errors
///
/// Returns the response to the client if `body` takes longer than [`BODY_LIMIT`].
pub(crate) async fn within_body_limit<T>(body: impl Future<Output = T>) -> Result<T, Answer> {
    timeout(BODY_LIMIT, body).await.map_err(|_| {
        let seconds = BODY_LIMIT.as_secs();
        let text = format!("The body of the request did not arrive within {seconds} seconds");
        refusal(StatusCode::REQUEST_TIMEOUT, text)
    })
}

/// Returns the response to a request that does not name the loopback interface. Returns `None` for other requests. A
/// request of HTTP/1.0 may omit the name; browsers never send such requests.
pub(crate) fn refuse_other_hosts<B>(request: &Request<B>) -> Option<Answer> {
    let values: Vec<_> = request.headers().get_all(header::HOST).iter().collect();
    let host = match values[..] {
        [] if request.version() < Version::HTTP_11 => return None,
        [host] => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
        _ => None,
    };
    let Some(host) = host else {
        let text = "A request needs exactly one valid Host header (RFC 9112, section 3.2)";
        return Some(refusal(StatusCode::BAD_REQUEST, text));
    };
    // The target of a request may contain a host, which then has precedence (RFC 9112 §3.2.2).
    let named = request.uri().authority().unwrap_or(&host);
    if [&host, named].into_iter().all(is_loopback) {
        return None;
    }
    let text =
        "The local stack responds only to localhost, 127.0.0.1 and [::1]; use one of these names in the URL";
    Some(refusal(StatusCode::MISDIRECTED_REQUEST, text))
}

fn is_loopback(authority: &Authority) -> bool {
    let host = authority.host();
    host.eq_ignore_ascii_case("localhost")
        || host == "[::1]"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

fn refusal(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    site::with_headers(status, "text/plain; charset=utf-8", text)
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, future::pending};

    use hyper::{Response, service::service_fn};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, duplex},
        time::{Instant, sleep},
    };

    use super::*;

    fn request(version: Version, target: &str, hosts: &[&str]) -> Request<()> {
        let builder = Request::builder().version(version).uri(target);
        hosts.iter().fold(builder, |builder, host| builder.header(header::HOST, *host)).body(()).unwrap()
    }

    #[test]
    fn only_names_of_the_loopback_interface_are_served() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.2:1", "[::1]", "[::1]:8080"] {
            assert!(refuse_other_hosts(&request(Version::HTTP_11, "/", &[host])).is_none(), "{host}");
        }
        for host in ["example.com", "localhost.example.com", "192.0.2.1", "127.0.0.1.example.com", "[::2]"] {
            let answer = refuse_other_hosts(&request(Version::HTTP_11, "/", &[host])).unwrap();
            assert_eq!(answer.status(), 421, "{host}");
        }
        let absolute = request(Version::HTTP_11, "http://example.com/", &["localhost"]);
        assert_eq!(refuse_other_hosts(&absolute).unwrap().status(), 421);
    }

    #[test]
    fn a_request_has_exactly_one_valid_host() {
        for hosts in [&[][..], &[""], &["localhost", "localhost"], &["localhost:8080:1"], &["a b"]] {
            let answer = refuse_other_hosts(&request(Version::HTTP_11, "/", hosts)).unwrap();
            assert_eq!(answer.status(), 400, "{hosts:?}");
        }
        assert!(refuse_other_hosts(&request(Version::HTTP_10, "/", &[])).is_none());
        let named = refuse_other_hosts(&request(Version::HTTP_10, "/", &["example.com"]));
        assert_eq!(named.unwrap().status(), 421);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_with_a_slow_header_is_closed() {
        let (mut client, server) = duplex(1024);
        let served = tokio::spawn(serve(
            server,
            service_fn(async |_| -> Result<_, Infallible> { Ok(Response::new(Full::from("served"))) }),
        ));
        client.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        let mut answer = [0; 15];
        client.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK");

        let start = Instant::now();
        for octet in b"GET / HTTP/1.1\r\nHost: localhost\r\nx: aaaaaaaaaaaaaaaaaaaaaa" {
            sleep(Duration::from_secs(1)).await;
            if client.write_all(&[*octet]).await.is_err() {
                break;
            }
        }
        drop(client);
        served.await.unwrap();
        assert!(start.elapsed() <= 2 * HEADER_LIMIT, "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_handshake_and_a_body_have_limits() {
        assert!(within_header_limit(pending::<()>()).await.is_err());
        assert!(within_header_limit(async {}).await.is_ok());
        assert_eq!(within_body_limit(pending::<()>()).await.unwrap_err().status(), 408);
        assert!(within_body_limit(async {}).await.is_ok());
    }
}
