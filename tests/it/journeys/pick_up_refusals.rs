//! Tests of pick-up requests that the service refuses.

use hyper::Method;
use rcgen::KeyPair;
use serde_json::json;
use shared::domain::certificate_code::CertificateCode;

use crate::support::{AnyStack, Mailed, PickUpCredentials, new_request, openssl_request, request_for};

const CSR: &str = "/certificationRequest";

#[tokio::test]
async fn invalid_input_is_reported_for_each_field() {
    let stack = AnyStack::start().await;
    let client = stack.client();
    let answer = client.json(Method::POST, "/api/pickup", &json!({})).await;
    answer.invalid_fields(&["/certificateCode required", "/applicationPassword required"]);
    let answer =
        client.json(Method::POST, "/api/pickup/certificate", &json!({ "certificateCode": "x" })).await;
    answer.invalid_fields(&["/applicationPassword required", "/certificationRequest required"]);
    let typo =
        CertificateCode::from_secret(&[7; 32]).to_display().replacen("3", "4", 1).replacen("0", "1", 1);
    let credentials = PickUpCredentials { code: typo, password: "any".to_owned() };
    client.check_pick_up(&credentials).await.invalid_fields(&["/certificateCode certificateCodeTypo"]);
    let unknown = json!({ "certificateCode": "x", "applicationPassword": "y", "key": "z" });
    client.json(Method::POST, "/api/pickup", &unknown).await.invalid_fields(&["/key unknownField"]);
}

#[tokio::test]
async fn a_refused_request_or_key_is_reported_with_its_reason() {
    let stack = AnyStack::start().await;
    let Mailed { credentials, .. } = stack.mailed("taro", stack.coupon("taro")).await;
    let folder = tempfile::tempdir().unwrap();
    let by_openssl = |key: &[&str]| openssl_request(folder.path(), key);
    let good = new_request();
    let refused = [
        ("not a request".to_owned(), "csrMalformed"),
        (good.replace("CERTIFICATE REQUEST", "CERTIFICATE"), "csrIsCertificate"),
        (good[..good.len() / 2].to_owned(), "csrMalformed"),
        (KeyPair::generate().unwrap().serialize_pem(), "csrIsPrivateKey"),
        (by_openssl(&["rsa:2048", "-sigopt", "rsa_padding_mode:pss"]), "csrSignatureAlgorithm"),
        (by_openssl(&["ed25519"]), "keyUnsupported"),
        (by_openssl(&["ec", "-pkeyopt", "ec_paramgen_curve:P-521"]), "keyUnsupported"),
        (by_openssl(&["rsa:1024"]), "keyUnsupported"),
        (by_openssl(&["rsa:2100"]), "keyUnsupported"),
        (by_openssl(&["rsa:2048", "-pkeyopt", "rsa_keygen_pubexp:3"]), "keyWeak"),
    ];
    for (request, rule) in refused {
        let problem = stack.client().in_english().pick_up(&credentials, &request).await;
        let problem = problem.invalid_fields(&[&format!("{CSR} {rule}")]);
        let english = problem["errors"][0]["detail"].as_str().unwrap();
        let problem = stack.client().pick_up(&credentials, &request).await.json();
        let japanese = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(english.is_ascii() && !japanese.is_ascii(), "{english} {japanese}");
    }
    stack.client().pick_up(&credentials, &good).await.ok();
}

#[tokio::test]
async fn a_request_signed_with_another_key_is_refused() {
    let stack = AnyStack::start().await;
    let Mailed { credentials, .. } = stack.mailed("taro", stack.coupon("taro")).await;
    let pem = |request: &str| {
        let base64: String = request.lines().filter(|line| !line.starts_with('-')).collect();
        data_encoding::BASE64.decode(base64.as_bytes()).unwrap()
    };
    // The two requests differ only in their keys. The forged request contains the other key and the original signature.
    let (one, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let request = pem(&request_for(&one));
    let position = request.windows(65).position(|window| window == one.public_key_raw()).unwrap();
    let mut forged = request;
    forged[position..position + 65].copy_from_slice(other.public_key_raw());
    let base64 = data_encoding::BASE64.encode(&forged);
    let forged =
        format!("-----BEGIN CERTIFICATE REQUEST-----\n{base64}\n-----END CERTIFICATE REQUEST-----\n");
    let answer = stack.client().pick_up(&credentials, &forged).await;
    answer.invalid_fields(&[&format!("{CSR} csrSignature")]);
}

#[tokio::test]
async fn a_key_is_certified_only_once() {
    let stack = AnyStack::start().await;
    let key = KeyPair::generate().unwrap();
    let first = stack.mailed("taro", stack.coupon("taro")).await;
    stack.client().pick_up(&first.credentials, &request_for(&key)).await.ok();
    let other = stack.mailed("hanako", stack.coupon("hanako")).await;
    let answer = stack.client().pick_up(&other.credentials, &request_for(&key)).await;
    answer.invalid_fields(&[&format!("{CSR} keyReused")]);
    stack.client().pick_up(&other.credentials, &new_request()).await.ok();
}
