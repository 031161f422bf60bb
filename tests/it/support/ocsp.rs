//! A relying party that uses `openssl ocsp` to create requests and to verify responses.

use std::fs;

use hyper::{Method, body::Bytes, header};
use tempfile::TempDir;

use super::{
    Answer, Client,
    openssl::{ca_certificate, openssl},
};

/// The unsigned error responses (RFC 6960 §4.2.1): SEQUENCE { ENUMERATED }.
pub(crate) const MALFORMED_REQUEST: [u8; 5] = [0x30, 3, 0x0a, 1, 1];
pub(crate) const INTERNAL_ERROR: [u8; 5] = [0x30, 3, 0x0a, 1, 2];
pub(crate) const TRY_LATER: [u8; 5] = [0x30, 3, 0x0a, 1, 3];
pub(crate) const UNAUTHORIZED: [u8; 5] = [0x30, 3, 0x0a, 1, 6];

/// The line that openssl prints if the response does not repeat the nonce of the request. openssl accepts the response.
const NONCE_IGNORED: &str = "WARNING: no nonce in response";

/// The tolerance, in seconds, when openssl compares thisUpdate and nextUpdate with the real time. The tolerance exceeds
/// any difference between the real time and the time in tests.
const ANY_TIME: &str = "3000000000";

/// API Gateway sends binary responses to clients that accept any media type or send no Accept header. The emulator of
/// API Gateway requires the header.
const ACCEPT: (&str, &str) = ("accept", "*/*");

/// A relying party that trusts only the CA's certificate.
pub(crate) struct RelyingParty {
    client: Client,
    folder: TempDir,
}

impl RelyingParty {
    pub(crate) async fn new(client: Client) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ca.pem"), ca_certificate(&client).await).unwrap();
        Self { client, folder }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn ca(&self) -> String {
        self.file("ca.pem")
    }

    /// Creates a request for the certificates with these hexadecimal serial numbers. `options` contains additional
    /// openssl options.
    pub(crate) fn request(&self, serial_numbers: &[&str], options: &[&str]) -> Vec<u8> {
        let (ca, out) = (self.ca(), self.file("request.der"));
        let serial_numbers: Vec<_> = serial_numbers.iter().map(|serial| format!("0x{serial}")).collect();
        let mut arguments = [&["ocsp"], options, &["-issuer", &ca, "-reqout", &out]].concat();
        arguments.extend(serial_numbers.iter().flat_map(|serial| ["-serial", serial.as_str()]));
        openssl(&arguments).unwrap();
        fs::read(out).unwrap()
    }

    pub(crate) async fn get(&self, request: &[u8]) -> Answer {
        let base64 = data_encoding::BASE64.encode(request);
        let encoded = base64.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        self.client.send(Method::GET, &format!("/ocsp/{encoded}"), &[ACCEPT], Bytes::new()).await
    }

    pub(crate) async fn post(&self, request: &[u8]) -> Answer {
        let content_type = (header::CONTENT_TYPE.as_str(), "application/ocsp-request");
        self.client
            .send(Method::POST, "/ocsp", &[ACCEPT, content_type], Bytes::copy_from_slice(request))
            .await
    }

    /// Returns the text that openssl prints for the response to `request`. openssl verifies the signature, the nonce
    /// and the responder's certificate at the time `at`.
    #[track_caller]
    pub(crate) fn verified(&self, request: &[u8], answer: &Answer, at: i64) -> String {
        self.verified_as(request, answer, at, &[])
    }

    /// Calls openssl like [`Self::verified`], with additional options.
    #[track_caller]
    pub(crate) fn verified_as(&self, request: &[u8], answer: &Answer, at: i64, options: &[&str]) -> String {
        assert_eq!(answer.status, 200);
        let (ca, asked, answered) = (self.ca(), self.file("asked.der"), self.file("answered.der"));
        fs::write(&asked, request).unwrap();
        fs::write(&answered, &answer.body).unwrap();
        let at = at.to_string();
        let time = ["-attime", &at, "-validity_period", ANY_TIME];
        let files = ["-CAfile", &ca, "-reqin", &asked, "-respin", &answered, "-resp_text"];
        let judgement = openssl(&[&["ocsp"], &time[..], &files, options].concat());
        let text =
            judgement.unwrap_or_else(|error| panic!("{error} {}", data_encoding::BASE64.encode(request)));
        assert!(text.contains("Response verify OK"), "{text}");
        let others = text.replace(NONCE_IGNORED, "");
        assert!(!others.contains("WARNING") && !others.contains("Nonce Verify error"), "{text}");
        text
    }

    /// Sends a request with `openssl ocsp -url`, and returns the output of openssl.
    pub(crate) async fn ask_with_openssl(
        &self,
        url: &str,
        serial_number: &str,
        options: &[&str],
        at: i64,
    ) -> String {
        let (ca, at, serial_number) = (self.ca(), at.to_string(), format!("0x{serial_number}"));
        let arguments = ["ocsp", "-url", url, "-CAfile", &ca, "-attime", &at, "-validity_period", ANY_TIME];
        let arguments = [&arguments[..], options, &["-issuer", &ca, "-serial", &serial_number]].concat();
        let arguments: Vec<_> = arguments.into_iter().map(str::to_owned).collect();
        let asked = tokio::task::spawn_blocking(move || {
            openssl(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
        });
        asked.await.unwrap().unwrap()
    }
}
