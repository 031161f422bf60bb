//! `ocsp`: renews the responder's certificate only when renewal is due.

use crate::support::{UsedFolder, operator};

#[test]
fn the_responder_certificate_is_renewed_when_it_is_due() {
    let folder = UsedFolder::new();
    let renewed = operator(folder.path(), &["ocsp", "renew-responder"]);
    assert_eq!(renewed.code, Some(0), "{}", renewed.errors);
    assert!(renewed.output.starts_with("renewed: serial number "), "{}", renewed.output);
    let again = operator(folder.path(), &["ocsp", "renew-responder"]);
    assert_eq!((again.code, again.output.as_str()), (Some(0), "not due\n"), "{}", again.errors);
}
