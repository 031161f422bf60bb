//! Reads the emails that were sent.

use serde_json::Value;
use shared::domain::certificate_code::CertificateCode;

/// The certificate code in a part of an email, as it is written there. It has seven groups of four and a valid check
/// symbol.
#[track_caller]
pub(crate) fn code_in(part: &Value) -> String {
    let part = part.as_str().unwrap();
    let words = part.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let codes: Vec<_> = words
        .filter(|word| {
            let groups: Vec<_> = word.split('-').collect();
            groups.len() == 7 && groups.iter().all(|group| group.len() == 4)
        })
        .collect();
    let [code] = codes[..] else { panic!("one code is expected: {codes:?} in {part}") };
    assert_eq!(code.parse::<CertificateCode>().unwrap().to_display(), code);
    code.to_owned()
}
