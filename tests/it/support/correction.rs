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
        let client = self.identified("taro").await;
        Mistyped { mailed: Mailed { receipt, credentials }, client }
    }
}

impl Client {
    /// Reads the receipt, as the page does, and corrects its address.
    pub(crate) async fn correct(&self, receipt: &Value, address: &str) -> Answer {
        let shown = self.receipt(&receipt["receiptNumber"]).await.json();
        let version = shown.get("version").unwrap_or(&receipt["version"]);
        self.correct_version(receipt, version, address).await
    }

    /// Corrects the address on this version of the receipt.
    pub(crate) async fn correct_version(&self, receipt: &Value, version: &Value, address: &str) -> Answer {
        let path = format!("/api/receipts/{}/email", receipt["receiptNumber"].as_str().unwrap());
        let correction =
            json!({ "version": version, "emailAddress": address, "applicationPassword": self.password });
        self.json(Method::PUT, &path, &correction).await
    }
}
