//! Support for tests of a changed email address: the notice, the stop, and the decisions of an officer.

use std::sync::Arc;

use hyper::Method;
use serde_json::{Value, json};
use shared::{
    adapters::system::SystemEntropy,
    domain::{application::ApplicationId, audit::Officer, receipt::ReceiptNumber},
    ports::Clock,
    store::LookupNumber,
    use_cases::decide_application::DecideApplication,
};

use super::{Answer, AnyStack, Client, TestStack, stop_code_in};

impl AnyStack {
    /// Returns the stop code in the latest notice to the registered mailbox.
    pub(crate) async fn stop_code(&self, mailbox: &str) -> String {
        let (mails, address) = (self.client().mails().await, self.address(mailbox));
        let mut notices = mails.iter().filter(|mail| {
            let subject = mail["subject"].as_str().unwrap();
            mail["to"] == address.as_str() && subject.contains("別のメールアドレス")
        });
        let notice = notices.next_back().unwrap();
        assert_eq!(stop_code_in(&notice["text"]), stop_code_in(&notice["html"]));
        stop_code_in(&notice["text"])
    }
}

impl Client {
    /// Reads the application to which the stop code belongs.
    pub(crate) async fn check_stop(&self, code: &str) -> Answer {
        self.json(Method::POST, "/api/stop", &json!({ "stopCode": code })).await
    }

    /// Stops the application to which the stop code belongs.
    pub(crate) async fn stop(&self, code: &str) -> Answer {
        self.json(Method::POST, "/api/stop/confirmation", &json!({ "stopCode": code })).await
    }
}

/// An officer who decides about one application, like the operators' tool.
pub(crate) struct TestOfficer {
    pub(crate) decisions: DecideApplication,
    pub(crate) application: ApplicationId,
    pub(crate) name: Officer,
}

impl TestStack {
    /// Returns an officer for the application with this receipt.
    pub(crate) async fn officer(&self, receipt: &Value) -> TestOfficer {
        let store = self.database().await.store();
        let number: ReceiptNumber = receipt["receiptNumber"].as_str().unwrap().parse().unwrap();
        let application = store.find(&LookupNumber::Receipt(number)).await.unwrap().unwrap();
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        TestOfficer {
            decisions: DecideApplication { store, clock, entropy: Arc::new(SystemEntropy) },
            application,
            name: Officer { name: "Sato".to_owned(), reason: "confirmed by telephone".to_owned() },
        }
    }
}
