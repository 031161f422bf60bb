//! Tests that the local stack's gateway reports malformed HTTP with the correct status, and responds only to names of
//! the loopback interface.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::TestStack;

const HEAD: &str = "POST /api/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
    Content-Type: application/json\r\nSec-Fetch-Site: same-origin\r\n";

/// Sends `request`, shuts down the sending direction of the connection, and returns the status and text of the
/// response.
async fn exchange(stack: &TestStack, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", stack.port())).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    // The server may reset the connection after its response, because it did not read the whole request.
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap_or_else(|| panic!("no response: {answer}"));
    (status.parse().unwrap(), answer)
}

#[tokio::test]
async fn an_incomplete_or_malformed_body_is_malformed() {
    let stack = TestStack::start().await;
    for (fault, rest) in [
        ("the connection ends within the body", "Content-Length: 100\r\n\r\n{\"emailAddress\":"),
        ("the connection ends before the body", "Content-Length: 100\r\n\r\n"),
        ("a chunk has no size", "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
        ("a chunk is longer than its size", "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n"),
        ("the connection ends within a chunk", "Transfer-Encoding: chunked\r\n\r\nff\r\n{}"),
        ("the last chunk is missing", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
        ("the size of a chunk overflows", "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n"),
    ] {
        let (status, answer) = exchange(&stack, &format!("{HEAD}{rest}")).await;
        assert_eq!(status, 400, "{fault}: {answer}");
        assert!(answer.contains("/problems/malformed-body"), "{fault}: {answer}");
    }
}

#[tokio::test]
async fn names_for_a_demonstration_that_are_cut_off_are_malformed() {
    let stack = TestStack::start().await;
    let head = "POST /local/demo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    for rest in ["Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"] {
        assert_eq!(exchange(&stack, &format!("{head}{rest}")).await.0, 400, "{rest}");
    }
    let long = format!("Content-Length: 2000\r\n\r\n{}", " ".repeat(2000));
    assert_eq!(exchange(&stack, &format!("{head}{long}")).await.0, 413);
}

#[tokio::test]
async fn malformed_requests_have_their_own_status() {
    let stack = TestStack::start().await;
    let get = "GET /api/certificates HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    for (fault, request, expected) in [
        ("no version", "GET /api/certificates\r\n\r\n".to_owned(), 400),
        ("a space in a header name", format!("{get}a header: 1\r\n\r\n"), 400),
        ("two lengths", format!("{HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}"), 400),
        ("a length that is no number", format!("{HEAD}Content-Length: -1\r\n\r\n{{}}"), 400),
        ("a header that is too long", format!("{get}x: {}\r\n\r\n", "a".repeat(1024 * 1024)), 431),
        ("too many headers", format!("{get}{}\r\n", "x: a\r\n".repeat(1000)), 431),
        ("a path that is too long", format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(70_000)), 414),
    ] {
        let (status, answer) = exchange(&stack, &request).await;
        assert_eq!(status, expected, "{fault}: {answer}");
    }
}

#[tokio::test]
async fn a_request_to_another_host_name_is_refused_everywhere() {
    let stack = TestStack::start().await;
    for path in ["/", "/api/certificates", "/ocsp", "/local/demo", "/crl/complete.crl"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n");
        let (status, answer) = exchange(&stack, &request).await;
        assert_eq!(status, 421, "{path}: {answer}");
        assert!(answer.contains("localhost"), "the remedy is missing: {answer}");
    }
    let request = "GET /local/demo HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    assert_eq!(exchange(&stack, request).await.0, 200);
    assert_eq!(exchange(&stack, "GET /local/demo HTTP/1.1\r\nConnection: close\r\n\r\n").await.0, 400);
    assert_eq!(exchange(&stack, "GET /local/demo HTTP/1.0\r\n\r\n").await.0, 200);
}
