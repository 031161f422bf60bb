use std::fs;

use yasna::models::ObjectIdentifier;

use super::*;
use crate::test_support::{Folder, openssl};

fn accept(input: &[u8]) -> Result<SubjectPublicKey, CertificationRequestError> {
    SubjectPublicKey::from_certification_request(input, &CompromisedKeys::default())
}

/// Generates a key and a PEM request with openssl. Returns the request and the key's SubjectPublicKeyInfo.
fn openssl_request(key_options: &[&str], request_options: &[&str]) -> (Vec<u8>, Vec<u8>) {
    let folder = Folder::new();
    let (key, request) = (folder.path("key.pem"), folder.path("request.pem"));
    let made = openssl(&[&["genpkey", "-out", &key], key_options].concat(), b"");
    assert!(made.succeeded, "{}", made.output);
    let made = openssl(
        &[&["req", "-new", "-key", &key, "-subj", "/CN=Whoever", "-out", &request], request_options].concat(),
        b"",
    );
    assert!(made.succeeded, "{}", made.output);
    let spki = folder.path("spki.der");
    assert!(openssl(&["pkey", "-in", &key, "-pubout", "-outform", "DER", "-out", &spki], b"").succeeded);
    (fs::read(request).unwrap(), fs::read(spki).unwrap())
}

const P256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const P384: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
const RSA: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];

#[test]
fn every_key_type_and_hash_is_accepted_with_the_original_spki() {
    for (options, kind) in
        [(P256, SubjectKeyKind::P256), (P384, SubjectKeyKind::P384), (RSA, SubjectKeyKind::Rsa)]
    {
        for hash in ["-sha256", "-sha384", "-sha512"] {
            let (request, spki) = openssl_request(options, &[hash]);
            let key = accept(&request).unwrap();
            assert_eq!((key.kind(), key.spki_der()), (kind, &spki[..]), "{hash}");
            // rcgen writes the SubjectPublicKeyInfo into the certificate.
            assert_eq!(rcgen::PublicKeyData::subject_public_key_info(&key), spki);
        }
    }
}

#[test]
fn requests_by_rcgen_are_accepted_in_pem_and_der() {
    for algorithm in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384] {
        let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
        let request = rcgen::CertificateParams::default().serialize_request(&key).unwrap();
        let taken = accept(request.der()).unwrap();
        assert_eq!(taken.spki_der(), rcgen::PublicKeyData::subject_public_key_info(&key));
        assert_eq!(accept(request.pem().unwrap().as_bytes()).as_ref(), Ok(&taken));
    }
}

#[test]
fn the_old_pem_label_is_accepted_and_other_labels_are_refused() {
    let (request, _) = openssl_request(P256, &["-newhdr"]);
    assert!(request.starts_with(b"-----BEGIN NEW CERTIFICATE REQUEST-----"));
    assert!(accept(&request).is_ok());
    let (certificate, _) = openssl_request(P256, &["-x509"]);
    assert_eq!(accept(&certificate), Err(CertificationRequestError::Certificate));
}

#[test]
fn a_private_key_is_recognised() {
    let (request, _) = openssl_request(P256, &[]);
    for options in [
        &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"][..],
        &["genpkey", "-algorithm", "ED25519", "-aes256", "-pass", "pass:test"],
        &["genrsa", "-traditional", "2048"],
        // This command also prints the parameters of the key.
        &["ecparam", "-name", "prime256v1", "-genkey"],
    ] {
        let key = openssl(options, b"").output.into_bytes();
        assert_eq!(accept(&key), Err(CertificationRequestError::PrivateKey), "{options:?}");
        assert_eq!(accept(&[&request, &key[..]].concat()), Err(CertificationRequestError::PrivateKey));
    }
}

#[test]
fn a_request_with_a_byte_order_mark_is_accepted() {
    let (request, _) = openssl_request(P256, &[]);
    assert!(accept(&[b"\xef\xbb\xbf", &request[..]].concat()).is_ok());
}

#[test]
fn only_the_public_key_of_a_request_is_used() {
    let (request, spki) = openssl_request(
        P256,
        &[
            "-subj",
            "/C=US/O=Somebody Else/CN=Root CA",
            "-addext",
            "basicConstraints=critical,CA:TRUE",
            "-addext",
            "subjectAltName=email:other@example.com",
        ],
    );
    assert_eq!(accept(&request).map(|key| key.spki_der().to_vec()), Ok(spki));
}

#[test]
fn unsupported_key_types_are_refused() {
    for options in [
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"][..],
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit"],
        &["-algorithm", "ED25519"],
        &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
        &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2100"],
        &["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
    ] {
        let (request, _) = openssl_request(options, &[]);
        assert_eq!(accept(&request), Err(CertificationRequestError::UnsupportedKey), "{options:?}");
    }
}

#[test]
fn unsupported_signature_algorithms_are_refused() {
    for (key, options) in
        [(P256, &["-sha1"][..]), (P256, &["-sha3-256"]), (RSA, &["-sigopt", "rsa_padding_mode:pss"])]
    {
        let (request, _) = openssl_request(key, options);
        assert_eq!(accept(&request), Err(CertificationRequestError::UnsupportedSignature), "{options:?}");
    }
}

#[test]
fn a_request_for_the_key_of_another_person_is_refused() {
    for options in [P256, RSA] {
        let (mine, _) = openssl_request(options, &[]);
        let (_, other_spki) = openssl_request(options, &[]);
        let parts = split(&request_der(&mine).unwrap()).unwrap();
        let request = request_of(&other_spki, &parts.signature_algorithm, &parts.signature);
        assert_eq!(accept(&request), Err(CertificationRequestError::BadSignature));
    }
}

#[test]
fn compressed_points_and_points_off_the_curve_are_refused() {
    let (mine, mut spki) = openssl_request(P256, &[]);
    let parts = split(&request_der(&mine).unwrap()).unwrap();
    *spki.last_mut().unwrap() ^= 1;
    let request = request_of(&spki, &parts.signature_algorithm, &parts.signature);
    assert_eq!(accept(&request), Err(CertificationRequestError::PointNotOnCurve));

    // The compressed form of a point omits the y coordinate (SEC 1 §2.3.3). The DER lengths are adjusted to the shorter
    // point.
    let point = spki.split_off(spki.len() - 64);
    let mut compressed = [b"\x30\x39", &spki[2..spki.len() - 3], b"\x22\x00\x02", &point[..32]].concat();
    compressed[1] = u8::try_from(compressed.len() - 2).unwrap();
    let request = request_of(&compressed, &parts.signature_algorithm, &parts.signature);
    assert_eq!(accept(&request), Err(CertificationRequestError::UnsupportedKey));
}

#[test]
fn compromised_keys_are_refused() {
    let (request, spki) = openssl_request(P256, &[]);
    let fingerprint =
        data_encoding::HEXLOWER.encode(ring::digest::digest(&ring::digest::SHA256, &spki).as_ref());
    for list in [fingerprint.clone(), format!("# found\n\n{}\r\n", fingerprint.to_uppercase())] {
        let compromised = list.parse().unwrap();
        assert_eq!(
            SubjectPublicKey::from_certification_request(&request, &compromised),
            Err(CertificationRequestError::CompromisedKey)
        );
    }
    for (list, line) in [("zz", 1), ("# a\n00", 2)] {
        assert_eq!(list.parse::<CompromisedKeys>(), Err(CompromisedKeysError { line }));
    }
}

#[test]
fn malformed_requests_are_refused() {
    let (request, _) = openssl_request(P256, &[]);
    let der = request_der(&request).unwrap();
    for input in [
        &b""[..],
        b"garbage",
        b"-----BEGIN CERTIFICATE REQUEST-----\n",
        &der[..der.len() - 1],
        &[&der[..], b"0"].concat(),
    ] {
        assert_eq!(accept(input), Err(CertificationRequestError::Malformed));
    }
    assert_eq!(accept(&[0x30; MAXIMUM_LENGTH + 1]), Err(CertificationRequestError::TooLong));
}

/// Checks that a request with a modified octet is rejected, and that modified and truncated requests do not cause a
/// panic.
#[test]
fn damaged_requests_never_panic() {
    let (request, _) = openssl_request(P256, &[]);
    let der = request_der(&request).unwrap();
    for index in 0..der.len() {
        let _ = accept(&der[..index]);
        for value in [0, 0x30, 0x7f, 0x80, 0xff] {
            let mut damaged = der.clone();
            damaged[index] = value;
            let outcome = accept(&damaged);
            assert!(damaged == der || outcome.is_err(), "octet {index} made {value}");
        }
    }
}

/// Returns a DER request with an empty subject and the given key and signature.
fn request_of(spki: &[u8], signature_algorithm: &[u8], signature: &[u8]) -> Vec<u8> {
    yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer.next().write_sequence(|writer| {
                writer.next().write_u8(0);
                writer.next().write_sequence(|_| {});
                writer.next().write_der(spki);
            });
            writer.next().write_der(signature_algorithm);
            writer.next().write_bitvec_bytes(signature, signature.len() * 8);
        });
    })
}

mod weak_keys {
    use num_bigint::BigUint;

    use super::*;

    fn weakness(modulus: &BigUint, exponent: u32) -> Option<Weakness> {
        weakness::of(&rsa_key(modulus, exponent).unwrap())
    }

    fn rsa_key(modulus: &BigUint, exponent: u32) -> Result<SubjectPublicKey, CertificationRequestError> {
        let key = yasna::construct_der(|writer| {
            writer.write_sequence(|writer| {
                writer.next().write_bigint_bytes(&modulus.to_bytes_be(), true);
                writer.next().write_u32(exponent);
            });
        });
        let spki = yasna::construct_der(|writer| {
            writer.write_sequence(|writer| {
                writer.next().write_sequence(|writer| {
                    let rsa_encryption = ObjectIdentifier::from_slice(&[1, 2, 840, 113549, 1, 1, 1]);
                    writer.next().write_oid(&rsa_encryption);
                    writer.next().write_null();
                });
                writer.next().write_bitvec_bytes(&key, key.len() * 8);
            });
        });
        SubjectPublicKey::from_spki_der(&spki)
    }

    /// Returns a random prime of `bits` bits. Its two most significant bits are set, so the product of two such primes
    /// has exactly `2 * bits` bits.
    fn prime(bits: u32) -> BigUint {
        let judged = openssl(&["prime", "-generate", "-hex", "-bits", &bits.to_string()], b"");
        BigUint::parse_bytes(judged.output.trim().as_bytes(), 16).unwrap()
    }

    fn next_prime(from: &BigUint) -> BigUint {
        let mut candidate = from + 2_u32;
        while !openssl(&["prime", "-hex", &candidate.to_str_radix(16)], b"").output.contains("is prime") {
            candidate += 2_u32;
        }
        candidate
    }

    #[test]
    fn strong_keys_are_accepted() {
        for _ in 0..3 {
            assert_eq!(weakness(&(prime(1024) * prime(1024)), 65537), None);
        }
    }

    #[test]
    fn the_modulus_length_is_a_multiple_of_8() {
        for (bits, accepted) in [(1016, false), (1024, true), (1025, false), (1028, false), (1032, true)] {
            let modulus = prime(1024) * prime(bits);
            assert_eq!(modulus.bits(), 1024 + u64::from(bits));
            let refusal = rsa_key(&modulus, 65537).err();
            assert_eq!(refusal, (!accepted).then_some(CertificationRequestError::UnsupportedKey), "{bits}");
        }
    }

    #[test]
    fn small_and_even_exponents_are_detected() {
        let modulus = prime(1024) * prime(1024);
        for exponent in [3, 65535, 65538] {
            assert_eq!(weakness(&modulus, exponent), Some(Weakness::Exponent));
        }
    }

    #[test]
    fn small_factors_are_detected() {
        // Each product has 2048 bits.
        for (factor, bits) in [(383_u32, 2039), (751, 2038)] {
            assert_eq!(weakness(&(prime(bits) * factor), 65537), Some(Weakness::SmallFactor), "{factor}");
        }
    }

    #[test]
    fn close_primes_are_detected() {
        let first = prime(1024);
        let second = next_prime(&first);
        assert_eq!(weakness(&(first * second), 65537), Some(Weakness::ClosePrimes));
    }

    /// Uses a modulus that is a power of 65537 modulo each small prime and therefore has the ROCA fingerprint. The
    /// modulus is not the product of two primes, because finding two suitable primes would take too long.
    #[test]
    fn the_roca_fingerprint_is_detected() {
        let primorial = (2..=167_u32)
            .filter(|n| (2..*n).all(|d| n % d != 0))
            .fold(BigUint::from(1_u32), |product, prime| product * prime);
        let power = BigUint::from(65537_u32).modpow(&BigUint::from(1_234_567_u32), &primorial);
        let mut modulus = (BigUint::from(1_u32) << 2047_u32) / &primorial * &primorial + power;
        while modulus.bits() < 2048 || super::super::weakness::has_small_factor(&modulus) {
            modulus += &primorial;
        }
        assert_eq!(weakness(&modulus, 65537), Some(Weakness::Roca));
    }
}
