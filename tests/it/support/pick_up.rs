//! Pick-up as a subscriber does it: the code from the mail, a key, a certification request.

use std::path::Path;

use hyper::Method;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};

use super::{Answer, Client, TestStack, code_in, mails, openssl::openssl};

/// What opens a pick-up.
#[derive(Clone)]
pub(crate) struct PickUpCredentials {
    pub(crate) code: String,
    pub(crate) password: String,
}

/// An application that was accepted, and what opens its pick-up.
pub(crate) struct Mailed {
    pub(crate) receipt: Value,
    pub(crate) credentials: PickUpCredentials,
}

impl TestStack {
    /// Steps 1 to 6 for the certificate of `mailbox`, and the code that is mailed then.
    pub(crate) async fn mailed(&self, mailbox: &str, coupon_number: &str) -> Mailed {
        let receipt = self.client().reissue(self.account(mailbox), coupon_number).await;
        self.settle().await;
        Mailed { receipt, credentials: self.latest_code(mailbox).await }
    }

    /// What opens the pick-up of the certificate of `mailbox` after the latest mail with a code.
    pub(crate) async fn latest_code(&self, mailbox: &str) -> PickUpCredentials {
        let account = self.account(mailbox);
        let mails = mails(&self.client()).await;
        let to_them = mails.iter().filter(|mail| mail["to"] == account.email_address.as_str());
        let mut with_code = to_them.filter(|mail| mail["subject"].as_str().unwrap().contains("証明書コード"));
        PickUpCredentials {
            code: code_in(&with_code.next_back().unwrap()["text"]),
            password: account.application_password.clone(),
        }
    }

    /// A client that has passed the identity check of `mailbox`.
    pub(crate) async fn identified(&self, mailbox: &str) -> Client {
        let mut client = self.client();
        client.identify(self.account(mailbox)).await.ok();
        client
    }

    /// The receipt with this number, as it is shown to `mailbox` now.
    pub(crate) async fn receipt_of(&self, mailbox: &str, receipt: &Value) -> Value {
        self.identified(mailbox).await.receipt(&receipt["receiptNumber"]).await.ok()
    }
}

impl Client {
    /// Shows what a pick-up will do.
    pub(crate) async fn check_pick_up(&self, credentials: &PickUpCredentials) -> Answer {
        self.json(Method::POST, "/api/pickup", &credentials.json()).await
    }

    /// Picks up, with this certification request.
    pub(crate) async fn pick_up(&self, credentials: &PickUpCredentials, request: &str) -> Answer {
        let mut body = credentials.json();
        body["certificationRequest"] = json!(request);
        self.json(Method::POST, "/api/pickup/certificate", &body).await
    }

    /// Asks for another code.
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

/// A certification request for a new P-256 key, by rcgen.
pub(crate) fn new_request() -> String {
    request_for(&KeyPair::generate().unwrap())
}

/// A certification request for `key`, by rcgen.
pub(crate) fn request_for(key: &KeyPair) -> String {
    CertificateParams::default().serialize_request(key).unwrap().pem().unwrap()
}

/// A certification request for a new key, by openssl: `key` as `openssl req -newkey` takes it.
pub(crate) fn openssl_request(folder: &Path, key: &[&str]) -> String {
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (key_file, request_file) = (file("key.pem"), file("request.pem"));
    let mut arguments = vec!["req", "-new", "-nodes", "-subj", "/CN=Somebody Else/C=XX"];
    arguments.extend(["-addext", "basicConstraints=critical,CA:TRUE"]);
    arguments.extend(["-addext", "subjectAltName=email:other@example.com"]);
    arguments.extend(["-keyout", &key_file, "-out", &request_file, "-newkey"]);
    arguments.extend(key);
    openssl(&arguments).unwrap();
    std::fs::read_to_string(request_file).unwrap()
}
