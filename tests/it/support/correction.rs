//! Support for tests that correct a mistyped email address.

use hyper::Method;
use serde_json::{Value, json};

use super::{Answer, AnyStack, Client, Mailed};

/// The mailbox of the mistyped address, which belongs to another person.
pub(crate) const ASTRAY: &str = "tarou";

/// Taro's application, whose code was sent to the wrong mailbox, and a session with a new identity check.
pub(crate) struct Mistyped {
    pub(crate) mailed: Mailed,
    pub(crate) client: Client,
}

impl AnyStack {
    /// Performs steps 1 to 6 with a mistyped address, sends the code to this address, and repeats step 1.
    pub(crate) async fn mistyped(&self) -> Mistyped {
        let (account, coupon) = (self.account("taro"), self.coupon("taro"));
        let receipt = self.client().reissue_to(account, coupon, &self.address(ASTRAY)).await;
        self.settle().await;
        let credentials = self.code_mailed_to(ASTRAY, "taro").await;
        let client = self.identified_anew("taro").await;
        Mistyped { mailed: Mailed { receipt, credentials }, client }
    }

    /// Waits until the next second, and returns a client that has passed a new identity check as `mailbox`.
    pub(crate) async fn identified_anew(&self, mailbox: &str) -> Client {
        self.next_second().await;
        self.identified(mailbox).await
    }
}

impl Client {
    /// Corrects the address on the receipt.
    pub(crate) async fn correct(&self, receipt: &Value, address: &str) -> Answer {
        let path = format!("/api/receipts/{}/email", receipt["receiptNumber"].as_str().unwrap());
        self.json(
            Method::PUT,
            &path,
            &json!({ "emailAddress": address, "applicationPassword": self.password }),
        )
        .await
    }
}
