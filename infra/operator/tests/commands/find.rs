//! `find`: finds a certificate and its application by each kind of number.

use serde_json::Value;

use crate::support::{UsedFolder, operator};

#[test]
fn every_number_finds_the_same_data_without_personal_data() {
    let folder = UsedFolder::new();
    let serial_number = folder.reissue();
    let find = |number: &str| {
        let found = operator(folder.path(), &["find", number]);
        assert_eq!(found.code, Some(0), "{number}: {}", found.errors);
        found.output
    };
    let by_serial = find(&serial_number.to_colon_hex());
    let found: Value = serde_json::from_str(&by_serial).unwrap();
    assert_eq!(found["certificate"]["state"], "revoked");
    assert_eq!(found["application"]["state"], "accepted");
    for number in [&found["couponNumber"], &found["application"]["receiptNumber"]] {
        assert_eq!(find(number.as_str().unwrap()), by_serial);
    }
    assert_eq!(members(&found), ["application", "certificate", "couponNumber", "enrollment"]);
    assert_eq!(members(&found["certificate"]), ["at", "reason", "state"]);
    assert_eq!(members(&found["application"]), ["newCouponNumber", "receiptNumber", "state"]);
}

fn members(object: &Value) -> Vec<&String> {
    let mut names: Vec<_> = object.as_object().unwrap().keys().collect();
    names.sort();
    names
}

#[test]
fn an_unknown_number_is_an_error() {
    let folder = UsedFolder::new();
    let missing = operator(folder.path(), &["find", "0123456789"]);
    assert_eq!((missing.code, missing.output.as_str()), (Some(1), ""));
    assert!(missing.errors.contains("no certificate or application"), "{}", missing.errors);
    assert_eq!(operator(folder.path(), &["find", "taro@example.co.jp"]).code, Some(2));
}
