//! Encodes certificates as a certs-only PKCS #7 message, which email programs and browsers can import. The message is a
//! degenerate SignedData that contains no content and no signatures (RFC 5652 §5, RFC 2315 §9).

use yasna::{DERWriter, Tag, models::ObjectIdentifier};

use super::to_pem;

const ID_DATA: &[u64] = &[1, 2, 840, 113549, 1, 7, 1];
const ID_SIGNED_DATA: &[u64] = &[1, 2, 840, 113549, 1, 7, 2];

/// Encodes `certificates` as a certs-only message in DER. Each certificate must be in DER. The output order can differ
/// from the input order, because DER sorts the elements of a SET OF.
pub fn certificates_only(certificates: &[&[u8]]) -> Vec<u8> {
    yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer.next().write_oid(&ObjectIdentifier::from_slice(ID_SIGNED_DATA));
            writer.next().write_tagged(Tag::context(0), |writer| write_signed_data(writer, certificates));
        });
    })
}

/// Encodes `certificates` as a certs-only message in PEM (RFC 7468 §8). Each certificate must be in DER.
pub fn certificates_only_pem(certificates: &[&[u8]]) -> String {
    to_pem("PKCS7", &certificates_only(certificates))
}

/// Writes a SignedData value (RFC 5652 §5.1).
fn write_signed_data(writer: DERWriter<'_>, certificates: &[&[u8]]) {
    const VERSION_1: u8 = 1;
    writer.write_sequence(|writer| {
        writer.next().write_u8(VERSION_1);
        writer.next().write_set(|_| {}); // digestAlgorithms
        writer.next().write_sequence(|writer| {
            writer.next().write_oid(&ObjectIdentifier::from_slice(ID_DATA));
        });
        writer.next().write_tagged_implicit(Tag::context(0), |writer| {
            writer.write_set_of(|writer| {
                for certificate in certificates {
                    writer.next().write_der(certificate);
                }
            });
        });
        writer.next().write_set(|_| {}); // signerInfos
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{KeyKind, TestCa, openssl};

    #[test]
    fn openssl_reads_the_certificates() {
        let (first, second) = (TestCa::new(KeyKind::P256), TestCa::named(KeyKind::P384));
        let certificates = [first.authority.certificate_der(), second.authority.certificate_der()];
        let der = certificates_only(&certificates);
        let read = openssl(&["pkcs7", "-inform", "DER", "-print_certs"], &der);
        assert!(read.succeeded, "{}", read.output);
        for ca in [&first, &second] {
            assert!(read.output.contains(&ca.authority.certificate_pem()), "{}", read.output);
        }
        let pem = certificates_only_pem(&certificates);
        assert_eq!(openssl(&["pkcs7", "-print_certs"], pem.as_bytes()).output, read.output);
        let outline = openssl(&["asn1parse", "-inform", "DER"], &der);
        assert!(outline.succeeded && outline.output.contains("pkcs7-signedData"), "{}", outline.output);
    }
}
