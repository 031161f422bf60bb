//! Support for pick-ups: reading the code from the email, generating a key, and creating a certification request.

use std::{fs, path::Path};

use hyper::Method;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    Answer, AnyStack, Client, code_in,
    openssl::{ca_certificate, openssl},
};

/// The credentials for a pick-up.
#[derive(Clone)]
pub(crate) struct PickUpCredentials {
    pub(crate) code: String,
    pub(crate) password: String,
}

/// An accepted application, and the credentials for its pick-up.
pub(crate) struct Mailed {
    pub(crate) receipt: Value,
    pub(crate) credentials: PickUpCredentials,
}

impl AnyStack {
    /// Performs steps 1 to 6 for the certificate of `mailbox`, and reads the code from the email.
    pub(crate) async fn mailed(&self, mailbox: &str, coupon_number: &str) -> Mailed {
        let receipt = self.client().reissue(self.account(mailbox), coupon_number).await;
        self.settle().await;
        Mailed { receipt, credentials: self.latest_code(mailbox).await }
    }

    /// Returns the pick-up credentials of `mailbox`, with the latest code that was sent to this mailbox.
    pub(crate) async fn latest_code(&self, mailbox: &str) -> PickUpCredentials {
        self.code_mailed_to(mailbox, mailbox).await
    }

    /// Returns the pick-up credentials of `mailbox`, with the latest code that was sent to the mailbox `addressee`.
    pub(crate) async fn code_mailed_to(&self, addressee: &str, mailbox: &str) -> PickUpCredentials {
        let mails = self.client().mails().await;
        let address = self.address(addressee);
        let to_them = mails.iter().filter(|mail| mail["to"] == address.as_str());
        let mut with_code = to_them.filter(|mail| mail["subject"].as_str().unwrap().contains("証明書コード"));
        PickUpCredentials {
            code: code_in(&with_code.next_back().unwrap()["text"]),
            password: self.account(mailbox).application_password.clone(),
        }
    }

    /// Returns a client that has passed the identity check as `mailbox`.
    pub(crate) async fn identified(&self, mailbox: &str) -> Client {
        let mut client = self.client();
        client.identify(self.account(mailbox)).await.ok();
        client
    }

    /// Returns the current receipt from a new session of `mailbox`.
    pub(crate) async fn receipt_of(&self, mailbox: &str, receipt: &Value) -> Value {
        self.identified(mailbox).await.receipt(&receipt["receiptNumber"]).await.ok()
    }

    /// Verifies with openssl that the CA issued the certificate for this mailbox and for the key in the request.
    pub(crate) async fn assert_good(&self, issued: &Value, request: &str, mailbox: &str) {
        let folder = tempfile::tempdir().unwrap();
        let text = |name: &str| issued[name].as_str().unwrap();
        let certificate = file(folder.path(), "certificate.pem", text("certificate"));
        let request = file(folder.path(), "request.pem", request);
        let chain = file(folder.path(), "chain.pem", text("chain"));
        let pkcs7 = file(folder.path(), "pkcs7.pem", text("pkcs7"));
        let ca = file(folder.path(), "ca.pem", &ca_certificate(&self.client()).await);

        let at = self.now().as_seconds().to_string();
        for purpose in ["smimesign", "sslclient"] {
            let arguments = ["verify", "-x509_strict", "-attime", &at, "-purpose", purpose, "-CAfile"];
            for ca in [&ca, &chain] {
                openssl(&[&arguments[..], &[ca, &certificate]].concat()).unwrap();
            }
        }
        let shown = |options: &[&str]| {
            openssl(&[&["x509", "-in", &certificate, "-noout"], options].concat()).unwrap()
        };
        assert_eq!(shown(&["-email"]).trim(), mailbox);
        assert!(shown(&["-text"]).contains("CA:FALSE"));
        let key_of_request = openssl(&["req", "-in", &request, "-noout", "-pubkey", "-verify"]).unwrap();
        assert!(key_of_request.starts_with(&shown(&["-pubkey"])), "the key is that of the request");
        let fingerprint = shown(&["-fingerprint", "-sha256"]).replace(':', "").to_lowercase();
        assert!(fingerprint.contains(text("sha256")), "{fingerprint}");
        let serial = shown(&["-serial"]).to_lowercase();
        assert!(serial.contains(&text("serialNumber").replace(':', "")), "{serial}");

        let both = openssl(&["pkcs7", "-in", &pkcs7, "-print_certs"]).unwrap();
        for pem in [text("certificate"), text("chain")] {
            assert!(both.contains(pem.trim()), "{both}");
        }
    }

    /// Sends these pick-up requests concurrently, each from a separate client.
    pub(crate) async fn pick_up_at_once(&self, mailed: &Mailed, requests: Vec<String>) -> Vec<Answer> {
        let mut running = JoinSet::new();
        for request in requests {
            let (client, credentials) = (self.client(), mailed.credentials.clone());
            running.spawn(async move { client.pick_up(&credentials, &request).await });
        }
        running.join_all().await
    }
}

impl Client {
    /// Sends the request that checks the pick-up credentials.
    pub(crate) async fn check_pick_up(&self, credentials: &PickUpCredentials) -> Answer {
        self.json(Method::POST, "/api/pickup", &credentials.json()).await
    }

    /// Picks up the certificate with this certification request.
    pub(crate) async fn pick_up(&self, credentials: &PickUpCredentials, request: &str) -> Answer {
        let mut body = credentials.json();
        body["certificationRequest"] = json!(request);
        self.json(Method::POST, "/api/pickup/certificate", &body).await
    }

    /// Requests another certificate code.
    pub(crate) async fn resend(&self, receipt: &Value) -> Answer {
        let path = format!("/api/receipts/{}/resend", receipt["receiptNumber"].as_str().unwrap());
        self.send(Method::POST, &path, &[], Default::default()).await
    }
}

impl PickUpCredentials {
    pub(crate) fn json(&self) -> Value {
        json!({ "certificateCode": self.code, "applicationPassword": self.password })
    }

    pub(crate) fn with_password(&self, password: &str) -> Self {
        Self { password: password.to_owned(), ..self.clone() }
    }

    pub(crate) fn with_code(&self, code: &str) -> Self {
        Self { code: code.to_owned(), ..self.clone() }
    }
}

/// Creates a certification request for a new P-256 key with rcgen.
pub(crate) fn new_request() -> String {
    request_for(&KeyPair::generate().unwrap())
}

/// Creates a certification request for `key` with rcgen.
pub(crate) fn request_for(key: &KeyPair) -> String {
    CertificateParams::default().serialize_request(key).unwrap().pem().unwrap()
}

/// Creates a certification request for a new key with openssl. `key` contains the arguments of `openssl req -newkey`.
pub(crate) fn openssl_request(folder: &Path, key: &[&str]) -> String {
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (key_file, request_file) = (file("key.pem"), file("request.pem"));
    let mut arguments = vec!["req", "-new", "-nodes", "-subj", "/CN=Somebody Else/C=XX"];
    arguments.extend(["-addext", "basicConstraints=critical,CA:TRUE"]);
    arguments.extend(["-addext", "subjectAltName=email:other@example.com"]);
    arguments.extend(["-keyout", &key_file, "-out", &request_file, "-newkey"]);
    arguments.extend(key);
    openssl(&arguments).unwrap();
    fs::read_to_string(request_file).unwrap()
}

/// Writes `content` to a file in `folder` for openssl, and returns the path.
fn file(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}
