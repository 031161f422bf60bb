//! Tests of the pages that only the local stack serves.

use hyper::{Method, StatusCode, body::Bytes, header};
use serde_json::json;

use crate::support::TestStack;

const CRL: &str = "/crl/complete.crl";

#[tokio::test]
async fn range_requests_for_a_crl_work_as_on_s3() {
    let stack = TestStack::start().await;
    stack.client().reissue(stack.account("taro"), "984940947").await;
    stack.settle().await;
    let client = stack.client();
    let whole = client.get(CRL).await.body;
    let last = whole.len() - 1;
    for (range, expected) in
        [("bytes=0-9", 0..=9), ("bytes=9-99999", 9..=last), ("bytes=-5", last - 4..=last)]
    {
        let answer = client.send(Method::GET, CRL, &[("range", range)], Bytes::new()).await;
        assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
        assert_eq!(answer.body, whole[expected.clone()]);
        let told = format!("bytes {}-{}/{}", expected.start(), expected.end(), whole.len());
        assert_eq!(answer.header(header::CONTENT_RANGE), Some(told.as_str()));
    }
    let beyond = client.send(Method::GET, CRL, &[("range", "bytes=99999-")], Bytes::new()).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header(header::CONTENT_RANGE), Some(format!("bytes */{}", whole.len()).as_str()));
    let unreadable = client.send(Method::GET, CRL, &[("range", "bytes=x")], Bytes::new()).await;
    assert_eq!((unreadable.status, unreadable.body), (StatusCode::OK, whole));
}

#[tokio::test]
async fn a_published_object_supports_get_and_head_only() {
    let stack = TestStack::start().await;
    stack.client().reissue(stack.account("taro"), "984940947").await;
    stack.settle().await;
    let client = stack.client();
    for path in ["/ca.cer", CRL] {
        let get = client.get(path).await;
        let head = client.send(Method::HEAD, path, &[], Bytes::new()).await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0), "{path}");
        for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::ETAG] {
            assert_eq!(head.header(name.clone()), get.header(name), "{path}");
        }
    }
    let refused = client.send(Method::TRACE, "/ca.cer", &[], Bytes::new()).await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(refused.header(header::ALLOW), Some("GET, HEAD"));
}

#[tokio::test]
async fn a_second_demonstration_has_its_own_accounts() {
    let stack = TestStack::start().await;
    let client = stack.client();
    let names = json!({ "domain": "another.example.co.jp", "couponPrefix": "7" });
    let made = client.json(Method::POST, "/local/demo", &names).await.ok();
    let first = client.get("/local/demo").await.ok();
    let [accounts, others] = [&made, &first].map(|answer| answer["accounts"].as_array().unwrap());
    assert_eq!(accounts.len(), others.len());

    let account = serde_json::from_value(accounts[0].clone()).unwrap();
    let mut subscriber = stack.client();
    subscriber.identify(&account).await.ok();
    let listed = subscriber.get("/api/certificates").await.ok();
    assert_eq!(listed["certificates"][0]["couponNumber"], accounts[0]["couponNumbers"][0]);
    assert_ne!(accounts[0]["couponNumbers"], others[0]["couponNumbers"]);
    let unreadable = client.json(Method::POST, "/local/demo", &json!({ "domain": 1 })).await;
    assert_eq!(unreadable.status, StatusCode::BAD_REQUEST);
}
