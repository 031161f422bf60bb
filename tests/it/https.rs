//! Tests that the local stack serves HTTPS, and handles plain HTTP on the same port.

use hyper::{Method, StatusCode, body::Bytes, header};
use serde_json::json;
use shared::{adapters::system::SystemClock, pki::EndEntityCertificate, ports::Clock};
use tokio::net::TcpStream;
use tokio_rustls::rustls::{CertificateError, Error, ProtocolVersion};

use crate::support::{Client, Prepared, Program, RelyingParty, START, TestStack, TlsClient};

const COUPON: &str = "984940947";

async fn start() -> TestStack {
    Prepared::with_https().await.run()
}

/// Returns the error from a TLS handshake with the server `name`. The client trusts only `ca_certificate`.
async fn refused_handshake(stack: &TestStack, ca_certificate: &[u8], name: &str, seconds: i64) -> Error {
    let client = TlsClient::new(ca_certificate, seconds.try_into().unwrap());
    let stream = TcpStream::connect(("127.0.0.1", stack.port())).await.unwrap();
    let error = client.connect(name, stream).await.unwrap_err();
    error.into_inner().unwrap().downcast_ref::<Error>().unwrap().clone()
}

#[tokio::test]
async fn the_local_ca_issues_a_loopback_certificate_for_30_days() {
    const DAY: i64 = 24 * 60 * 60;
    let stack = start().await;
    let ca = std::fs::read(stack.folder().join("ca.pem")).unwrap();
    for name in ["localhost", "127.0.0.1", "::1"] {
        for seconds in [START, START + 30 * DAY - 1] {
            let client = TlsClient::new(&ca, seconds.try_into().unwrap());
            let stream = TcpStream::connect(("127.0.0.1", stack.port())).await.unwrap();
            let stream = client.connect(name, stream).await.unwrap();
            assert_eq!(stream.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_3));
        }
    }
    let refused =
        async |ca: &[u8], name: &str, seconds| match refused_handshake(&stack, ca, name, seconds).await {
            Error::InvalidCertificate(error) => error,
            other => panic!("{other}"),
        };
    let other_name = refused(&ca, "example.jp", START).await;
    assert!(matches!(other_name, CertificateError::NotValidForNameContext { .. }), "{other_name:?}");
    let expired = refused(&ca, "localhost", START + 30 * DAY).await;
    assert!(matches!(expired, CertificateError::ExpiredContext { .. }), "{expired:?}");
    let other = start().await;
    let other_ca = std::fs::read(other.folder().join("ca.pem")).unwrap();
    assert_eq!(refused(&other_ca, "localhost", START).await, CertificateError::BadSignature);
}

#[tokio::test]
async fn each_start_uses_a_new_certificate_of_the_same_ca() {
    let folder = tempfile::tempdir().unwrap();
    let mut certificates = Vec::new();
    for _ in 0..2 {
        let program = Program::start(folder.path(), &["--https"]).await;
        let ca = std::fs::read(folder.path().join("ca.pem")).unwrap();
        let client = TlsClient::new(&ca, SystemClock.now());
        let stream = TcpStream::connect(("127.0.0.1", program.port())).await.unwrap();
        let stream = client.connect("localhost", stream).await.unwrap();
        certificates.push(stream.get_ref().1.peer_certificates().unwrap().to_vec());
        program.kill().await;
    }
    assert_ne!(certificates[0][0], certificates[1][0]);
    assert_eq!(certificates[0][1], certificates[1][1]);
}

#[tokio::test]
async fn the_https_cookie_is_that_of_a_deployment() {
    let stack = start().await;
    let mut client = stack.client();
    let answer = client.identify(stack.account("taro")).await;
    let cookie = client.cookie.clone().unwrap();
    let (name, token) = cookie.split_once('=').unwrap();
    assert_eq!(name, "__Host-session");
    let expected = format!("{cookie}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=3600");
    assert_eq!(answer.header(header::SET_COOKIE), Some(expected.as_str()));
    client.get("/api/certificates").await.ok();

    client.cookie = Some(format!("local-session={token}"));
    let refused = client.get("/api/certificates").await;
    refused.problem(401, "session-missing");
    assert_eq!(refused.headers[header::WWW_AUTHENTICATE], "Cookie cookie-name=\"__Host-session\"");
}

#[tokio::test]
async fn a_complete_reissue_works_over_https() {
    let stack = start().await;
    let mut client = stack.client();
    let receipt = client.reissue(stack.account("taro"), COUPON).await;
    stack.settle().await;
    let mails = client.mails().await;
    let (number, port) = (receipt["receiptNumber"].as_str().unwrap(), stack.port());
    let text = mails[0]["text"].as_str().unwrap();
    assert!(text.contains(number) && text.contains(&format!("https://localhost:{port}/")), "{text}");
    assert!(client.get("/").await.status.is_success());
}

#[tokio::test]
async fn relying_parties_can_use_plain_http_and_https() {
    let stack = start().await;
    stack.client().reissue(stack.account("taro"), COUPON).await;
    stack.settle().await;
    stack.renew_ocsp_responder().await;
    let (plain, tls) = (Client::new(stack.port()), stack.client());
    for path in ["/ca.pem", "/ca.cer", "/crl/complete.crl"] {
        let answer = plain.get(path).await;
        assert_eq!((answer.status, answer.body), (StatusCode::OK, tls.get(path).await.body), "{path}");
    }
    let certificate = EndEntityCertificate::parse(stack.certificate(COUPON).as_bytes()).unwrap();
    let published = format!("http://localhost:{}/crl/", stack.port());
    assert!(certificate.crl_urls().iter().all(|url| url.starts_with(&published)));

    let relying_party = RelyingParty::new(plain).await;
    let request = relying_party.request(&[&stack.serial_number(COUPON)], &["-nonce"]);
    for answer in [relying_party.post(&request).await, relying_party.get(&request).await] {
        let text = relying_party.verified(&request, &answer, stack.now().as_seconds() + 1);
        assert!(text.contains("Cert Status: revoked"), "{text}");
    }
}

#[tokio::test]
async fn pages_over_plain_http_redirect_to_https() {
    let stack = start().await;
    let (plain, port) = (Client::new(stack.port()), stack.port());
    for target in ["/", "/pick-up.html?code=1&x=%2F", "/local/outbox", "/apis", "//example.jp/", "/ca.key"] {
        for method in [Method::GET, Method::HEAD, Method::POST] {
            let answer = plain.send(method, target, &[], Bytes::new()).await;
            assert_eq!((answer.status, answer.body.len()), (StatusCode::TEMPORARY_REDIRECT, 0), "{target}");
            let location = format!("https://localhost:{port}{target}");
            assert_eq!(answer.header(header::LOCATION), Some(location.as_str()));
        }
    }
}

#[tokio::test]
async fn the_api_refuses_plain_http_and_sets_no_cookie() {
    let stack = start().await;
    let account = stack.account("taro");
    let credentials = json!({
        "emailAddress": account.email_address,
        "applicationPassword": account.application_password,
        "certificateCode": account.certificate_code,
    });
    let plain = Client::new(stack.port());
    let calls = stack.database_calls.count();
    for (method, path) in [("POST", "/api/session"), ("GET", "/api/certificates"), ("GET", "/api/unknown")] {
        let body = Bytes::from(credentials.to_string());
        let answer = plain.send_unchecked(method.parse().unwrap(), path, &[], body).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(answer.header(header::CONTENT_TYPE), Some("application/problem+json"));
        assert_eq!(answer.header(header::SET_COOKIE), None);
        let detail = format!("Send the request to https://localhost:{}.", stack.port());
        assert_eq!(answer.json()["detail"], detail);
        assert_eq!(answer.json()["type"], "/problems/https-required");
    }
    assert_eq!(stack.database_calls.count(), calls, "no function was called");
}
