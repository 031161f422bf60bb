//! The wizard's routes, for tests that call each route in every state of a session.

use hyper::{StatusCode, body::Bytes, header};
use local_stack::DemoAccount;
use serde_json::{Value, json};

use super::{Answer, AnyStack, Client, KEY};

/// The version of a new draft. Step 4 increases the version to 2.
pub(crate) const DRAFT: u64 = 1;

pub(crate) const LIST: &str = "GET /api/certificates";
pub(crate) const CHECK: &str = "GET /api/certificates/{couponNumber}";
pub(crate) const SELECT: &str = "POST /api/certificates/{couponNumber}/selection";
pub(crate) const SHOW: &str = "GET /api/application";
pub(crate) const ENTER: &str = "PUT /api/application";
pub(crate) const REVIEW: &str = "GET /api/application/review";
pub(crate) const SUBMIT: &str = "POST /api/application/submission";
pub(crate) const RECEIPT: &str = "GET /api/receipts/0000-0000-0000";
pub(crate) const RESEND: &str = "POST /api/receipts/0000-0000-0000/resend";
pub(crate) const CORRECT: &str = "PUT /api/receipts/0000-0000-0000/email";
pub(crate) const EXTEND: &str = "PUT /api/session";
/// All routes except those that start or end a session.
const ROUTES: [&str; 11] =
    [LIST, CHECK, SELECT, SHOW, ENTER, REVIEW, SUBMIT, RECEIPT, RESEND, CORRECT, EXTEND];

/// Taro's progress through the wizard.
pub(crate) struct Walk<'a> {
    pub(crate) client: Client,
    pub(crate) account: &'a DemoAccount,
    pub(crate) coupon: &'a str,
}

impl<'a> Walk<'a> {
    pub(crate) fn on(stack: &'a AnyStack) -> Self {
        Self { client: stack.client(), account: stack.account("taro"), coupon: stack.coupon("taro") }
    }

    /// Performs step 1.
    pub(crate) async fn identify(&mut self) -> Value {
        self.client.identify(self.account).await.ok()
    }

    /// Performs steps 1 and 3.
    pub(crate) async fn reach_entry(&mut self) {
        self.client.walk_to_entry(self.account, self.coupon).await;
    }

    /// Sends a well-formed request. If the route expects an application version, the request contains `version`.
    pub(crate) async fn call(&self, route: &str, version: u64) -> Answer {
        let (method, path) = route.split_once(' ').unwrap();
        match route {
            SELECT => self.client.select(self.coupon).await,
            ENTER => self.client.enter(&self.input(version)).await,
            SUBMIT => self.client.submit(self.coupon, version, KEY).await,
            CORRECT => {
                let correction = json!({
                    "emailAddress": self.account.email_address,
                    "applicationPassword": self.account.application_password,
                });
                self.client.json(method.parse().unwrap(), path, &correction).await
            }
            _ => {
                let path = path.replace("{couponNumber}", self.coupon);
                self.client.send(method.parse().unwrap(), &path, &[], Bytes::new()).await
            }
        }
    }

    fn input(&self, version: u64) -> Value {
        let fields = json!({
            "emailAddress": self.account.email_address,
            "postalCode": "1040028",
            "prefecture": "東京都",
            "city": "千代田区",
            "street": "1-1",
            "phone": "0350001111",
        });
        json!({ "couponNumber": self.coupon, "version": version, "fields": fields })
    }

    /// Returns all responses that the session can read, without the session's times.
    pub(crate) async fn everything(&self) -> Vec<(StatusCode, Value)> {
        let mut answers = Vec::new();
        for route in [LIST, CHECK, SHOW, REVIEW, RECEIPT] {
            let answer = self.call(route, DRAFT).await;
            let mut shown = answer.json();
            shown.as_object_mut().unwrap().remove("session");
            answers.push((answer.status, shown));
        }
        answers
    }

    pub(crate) async fn assert_all_need_an_identity_check(&self, slug: &str) {
        let challenge = format!("Cookie cookie-name=\"{}\"", self.client.session_cookie());
        for route in ROUTES {
            let answer = self.call(route, DRAFT).await;
            assert_eq!(answer.problem(401, slug)["nextStep"], "identify", "{route}");
            assert_eq!(answer.headers[header::WWW_AUTHENTICATE], challenge);
        }
    }
}
