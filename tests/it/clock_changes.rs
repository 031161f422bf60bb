//! Tests that the service still works after the clock was set back or forward.

use shared::domain::{DAY, HOUR};

use crate::support::{Crl, RelyingParty, START, TestStack};

const COUPON: &str = "984940947";
/// The validity of the responder's certificate is 30 days, so the longest change exceeds it.
const CHANGES: [i64; 6] = [-40 * DAY, -DAY, -1, HOUR, DAY, 40 * DAY];

#[tokio::test]
async fn every_effect_of_a_submission_completes_after_a_change_of_the_clock() {
    for change in CHANGES {
        let stack = TestStack::start().await;
        stack.renew_ocsp_responder().await;
        // This reissue publishes a CRL and stores an OCSP signature before the clock changes.
        stack.client().reissue(stack.account("hanako"), "984940950").await;
        stack.settle().await;
        let relying_party = RelyingParty::new(stack.client()).await;
        let serial_number = stack.serial_number(COUPON);
        let request = relying_party.request(&[&serial_number], &["-no_nonce"]);
        relying_party.verified(&request, &relying_party.get(&request).await, START);
        let before = Crl::fetch(&stack.client()).await.number();

        stack.clock.advance(change);
        stack.renew_ocsp_responder().await;
        stack.client().reissue(stack.account("taro"), COUPON).await;
        stack.settle().await;

        let crl = Crl::fetch(&stack.client()).await;
        assert!(crl.number() > before, "{change}");
        assert!(crl.entry(&serial_number).is_some(), "{change}");
        let text = relying_party.verified(&request, &relying_party.get(&request).await, START + change);
        assert!(text.contains("Cert Status: revoked"), "{change}: {text}");
        let to = stack.account("taro").email_address.as_str();
        assert!(stack.client().mails().await.iter().any(|mail| mail["to"] == to), "{change}");
    }
}
