//! Reads and writes the textual encoding of certificates, keys and requests (RFC 7468).

use x509_parser::{
    error::PEMError,
    pem::{Pem, parse_x509_pem},
};

/// The byte order mark, which some text editors write at the beginning of a UTF-8 file. RFC 7468 §2 does not mention
/// it, and parsers should ignore text before the first BEGIN line.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The first octet of a DER-encoded SEQUENCE.
const SEQUENCE: u8 = 0x30;

/// Returns `input` without a byte order mark.
fn without_mark(input: &[u8]) -> &[u8] {
    input.strip_prefix(BYTE_ORDER_MARK).unwrap_or(input)
}

/// Parses all PEM blocks in `input`.
pub(crate) fn all(input: &[u8]) -> Result<Vec<Pem>, PEMError> {
    Pem::iter_from_buffer(without_mark(input)).collect()
}

/// Returns `input` if it is DER, and otherwise the content of its first PEM block if the label of the block is one of
/// `labels`.
pub(crate) fn der_of(input: &[u8], labels: &[&str]) -> Option<Vec<u8>> {
    if input.first() == Some(&SEQUENCE) {
        return Some(input.to_vec());
    }
    let (_, pem) = parse_x509_pem(without_mark(input)).ok()?;
    labels.contains(&pem.label.as_str()).then_some(pem.contents)
}

/// Returns the DER encoding of the first certificate in `input`, which is either DER or PEM (RFC 7468 §5).
pub(crate) fn certificate_der(input: &[u8]) -> Option<Vec<u8>> {
    der_of(input, &["CERTIFICATE"])
}

/// Encodes `der` as PEM with the given label (RFC 7468 §2). Each line contains at most 64 characters and ends with a
/// line feed.
pub(crate) fn to_pem(label: &str, der: &[u8]) -> String {
    let base64 = data_encoding::BASE64.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    for line in base64.as_bytes().chunks(64) {
        pem.extend(line.iter().copied().map(char::from));
        pem.push('\n');
    }
    pem.push_str(&format!("-----END {label}-----\n"));
    pem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_ignored() {
        let certificate = to_pem("CERTIFICATE", b"one");
        let marked = [BYTE_ORDER_MARK, certificate.as_bytes()].concat();
        assert_eq!(certificate_der(&marked).as_deref(), Some(&b"one"[..]));
        let both = [&marked, to_pem("CERTIFICATE", b"two").as_bytes()].concat();
        let contents: Vec<_> = all(&both).unwrap().into_iter().map(|pem| pem.contents).collect();
        assert_eq!(contents, [b"one", b"two"]);
        assert_eq!(der_of(&marked, &["CERTIFICATE REQUEST"]), None);
    }
}
