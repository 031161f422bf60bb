//! Support for reading codes from emails.

use serde_json::Value;
use shared::domain::{certificate_code::CertificateCode, sign_in_code::SignInCode, stop_code::StopCode};

/// Returns the certificate code from a part of an email. Asserts that the code has seven groups of four symbols and a
/// valid check symbol.
#[track_caller]
pub(crate) fn code_in(part: &Value) -> String {
    let codes = codes_in(part);
    let [code] = codes[..] else { panic!("one code is expected: {codes:?} in {part}") };
    assert_eq!(code.parse::<CertificateCode>().unwrap().to_display(), code);
    code.to_owned()
}

/// Returns the sign-in code from a part of an email, in the form that the email displays.
#[track_caller]
pub(crate) fn sign_in_code_in(part: &Value) -> String {
    let words = part.as_str().unwrap().split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let is_code = |word: &&str| word.parse::<SignInCode>().is_ok_and(|code| code.to_display() == **word);
    let codes: Vec<_> = words.filter(is_code).collect();
    let [code] = codes[..] else { panic!("one code is expected: {codes:?} in {part}") };
    code.to_owned()
}

/// Returns the stop code from a part of an email. The code occurs in the link and in the text.
#[track_caller]
pub(crate) fn stop_code_in(part: &Value) -> String {
    let mut codes = codes_in(part);
    assert_eq!(codes.len(), 2, "{part}");
    codes.dedup();
    let [code] = codes[..] else { panic!("one code is expected: {codes:?} in {part}") };
    assert_eq!(code.parse::<StopCode>().unwrap().to_display(), code);
    assert!(part.as_str().unwrap().contains(&format!("/stop.html#code={code}")), "{part}");
    code.to_owned()
}

/// Returns the words of seven groups of four symbols.
fn codes_in(part: &Value) -> Vec<&str> {
    let words = part.as_str().unwrap().split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let is_code = |word: &&str| {
        let groups: Vec<_> = word.split('-').collect();
        groups.len() == 7 && groups.iter().all(|group| group.len() == 4)
    };
    words.filter(is_code).collect()
}
