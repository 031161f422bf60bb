//! Signs and verifies statements as detached JWS (RFC 7515, appendix F) over canonical JSON.
//!
//! The payload is stored next to the signature, so the database row contains the signed content as readable JSON. Any
//! JOSE library can verify the statement offline with the published [JWK](PublicKey::to_jwk).

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};
use serde::{Deserialize, Serialize};

use super::{BadSignature, PublicKey};
use crate::SignatureAlgorithm;

/// The type of a signed statement. The protected header contains the type as `typ` (RFC 7515 §4.1.9), so a statement of
/// one type is never accepted as a statement of another type (RFC 8725 §3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementType {
    /// The statement that is signed before a certificate is revoked.
    Revocation,
    /// A checkpoint of the audit log.
    AuditCheckpoint,
}

impl StatementType {
    /// All types.
    pub const ALL: [Self; 2] = [Self::Revocation, Self::AuditCheckpoint];

    /// Returns the value of the header parameter `typ`, which is a media type in the vendor tree without the prefix
    /// `application/` (RFC 6838 §3.2).
    pub fn name(self) -> &'static str {
        match self {
            Self::Revocation => "vnd.cert-reissue.revocation-statement",
            Self::AuditCheckpoint => "vnd.cert-reissue.audit-checkpoint",
        }
    }
}

/// A statement that has not been signed yet.
#[derive(Clone, Debug)]
pub struct PreparedStatement<'a> {
    public_key: &'a PublicKey,
    signing_input: String,
    protected_length: usize,
}

/// A JWS in compact serialization with an empty payload, in the form `header..signature` (RFC 7515, appendix F).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DetachedJws {
    protected: String,
    signature: String,
}

/// The error returned if a statement cannot be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// The text does not have the form `header..signature`, or the header has unsupported members.
    #[error("not a detached JWS of this service")]
    Malformed,
    /// The header specifies another type.
    #[error("the JWS is a statement of another type; {} is required", .required.name())]
    OtherType {
        /// The type that the verifier requires.
        required: StatementType,
    },
    /// The header specifies another key or algorithm.
    #[error("the JWS was signed with another key")]
    OtherKey,
    /// The signature cannot be verified with the public key.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
}

/// The protected header (RFC 7515 §4.1). A header with additional members, such as `crit` or `b64`, is rejected.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProtectedHeader {
    alg: String,
    kid: String,
    typ: String,
}

/// Serializes `value` as canonical JSON (RFC 8785), without whitespace and with the members of each object sorted by
/// name.
///
/// The output conforms to RFC 8785 only if all names are ASCII and all numbers are integers below 2^53. All statements
/// of this service satisfy both conditions.
///
/// # Errors
///
/// Returns an error if `value` cannot be serialized as JSON.
pub fn canonical_json(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut value = serde_json::to_value(value)?;
    // Sorting has an effect only if a crate in the build enables the serde_json feature `preserve_order`.
    value.sort_all_objects();
    serde_json::to_vec(&value)
}

impl<'a> PreparedStatement<'a> {
    /// Prepares the statement `payload` of type `typ` for signing with the private key that corresponds to
    /// `public_key`. The `kid` member of the header is the thumbprint of the key (RFC 7638).
    pub fn new(public_key: &'a PublicKey, typ: StatementType, payload: &[u8]) -> Self {
        // The algorithm, the thumbprint and the type contain only characters that do not require escaping in JSON.
        let (alg, kid) = (public_key.jws_algorithm(), public_key.thumbprint());
        let header = format!(r#"{{"alg":"{alg}","kid":"{kid}","typ":"{}"}}"#, typ.name());
        let protected = BASE64URL_NOPAD.encode(header.as_bytes());
        Self {
            public_key,
            protected_length: protected.len(),
            signing_input: signing_input(&protected, payload),
        }
    }

    /// Returns the digest of the JWS Signing Input (RFC 7515 §5.1), which the caller passes to `Signer::sign_digest`.
    pub fn digest(&self) -> ring::digest::Digest {
        self.public_key.algorithm().digest(self.signing_input.as_bytes())
    }

    /// Verifies `signature` and returns the JWS. An ECDSA signature must be DER-encoded, as returned by the signer.
    ///
    /// # Errors
    ///
    /// Returns [`BadSignature`] if `signature` cannot be verified with the public key.
    pub fn assemble(&self, signature: &[u8]) -> Result<DetachedJws, BadSignature> {
        let signature = match self.public_key.algorithm() {
            SignatureAlgorithm::EcdsaP256Sha256 => ecdsa_fixed_width(signature, 32)?,
            SignatureAlgorithm::EcdsaP384Sha384 => ecdsa_fixed_width(signature, 48)?,
            SignatureAlgorithm::RsaPkcs1Sha256 => signature.to_vec(),
        };
        verify_fixed_width(self.public_key, self.signing_input.as_bytes(), &signature)?;
        Ok(DetachedJws {
            protected: self.signing_input[..self.protected_length].to_owned(),
            signature: BASE64URL_NOPAD.encode(&signature),
        })
    }
}

impl DetachedJws {
    /// Verifies that the JWS is a statement of type `typ` with the content `payload`, signed with the private key of
    /// `public_key`.
    ///
    /// # Errors
    ///
    /// Returns [`StatementError`] if the JWS is malformed, if it names another type or key, or if the signature is
    /// invalid.
    pub fn verify(
        &self,
        payload: &[u8],
        typ: StatementType,
        public_key: &PublicKey,
    ) -> Result<(), StatementError> {
        let decode =
            |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| StatementError::Malformed);
        let header: ProtectedHeader =
            serde_json::from_slice(&decode(&self.protected)?).map_err(|_| StatementError::Malformed)?;
        if header.typ != typ.name() {
            return Err(StatementError::OtherType { required: typ });
        }
        if header.alg != public_key.jws_algorithm() || header.kid != public_key.thumbprint() {
            return Err(StatementError::OtherKey);
        }
        let signing_input = signing_input(&self.protected, payload);
        verify_fixed_width(public_key, signing_input.as_bytes(), &decode(&self.signature)?)?;
        Ok(())
    }
}

impl std::str::FromStr for DetachedJws {
    type Err = StatementError;

    fn from_str(input: &str) -> Result<Self, StatementError> {
        match input.split_once("..") {
            Some((protected, signature)) if !protected.contains('.') && !signature.contains('.') => {
                Ok(Self { protected: protected.to_owned(), signature: signature.to_owned() })
            }
            _ => Err(StatementError::Malformed),
        }
    }
}

impl TryFrom<String> for DetachedJws {
    type Error = StatementError;

    fn try_from(input: String) -> Result<Self, StatementError> {
        input.parse()
    }
}

impl From<DetachedJws> for String {
    fn from(jws: DetachedJws) -> Self {
        jws.to_string()
    }
}

impl fmt::Display for DetachedJws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.protected, self.signature)
    }
}

/// Returns the JWS Signing Input, `BASE64URL(header) || '.' || BASE64URL(payload)` (RFC 7515 §5.1).
fn signing_input(protected: &str, payload: &[u8]) -> String {
    format!("{protected}.{}", BASE64URL_NOPAD.encode(payload))
}

fn verify_fixed_width(public_key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
    let algorithm: &'static dyn VerificationAlgorithm = match public_key.algorithm() {
        SignatureAlgorithm::EcdsaP256Sha256 => &ECDSA_P256_SHA256_FIXED,
        SignatureAlgorithm::EcdsaP384Sha384 => &ECDSA_P384_SHA384_FIXED,
        SignatureAlgorithm::RsaPkcs1Sha256 => &RSA_PKCS1_2048_8192_SHA256,
    };
    public_key.verify_as(algorithm, message, signature)
}

/// Converts a DER-encoded ECDSA signature (RFC 3279 §2.2.3) to the JWS form, a concatenation of two integers of `width`
/// octets each (RFC 7518 §3.4).
fn ecdsa_fixed_width(der: &[u8], width: usize) -> Result<Vec<u8>, BadSignature> {
    let integers = yasna::parse_der(der, |reader| {
        reader.read_sequence(|reader| {
            Ok([reader.next().read_bigint_bytes()?, reader.next().read_bigint_bytes()?])
        })
    });
    let mut fixed = Vec::with_capacity(2 * width);
    for (octets, non_negative) in integers.map_err(|_| BadSignature)? {
        let octets = octets.strip_prefix(&[0]).unwrap_or(&octets);
        if !non_negative || octets.len() > width {
            return Err(BadSignature);
        }
        fixed.resize(fixed.len() + width - octets.len(), 0);
        fixed.extend_from_slice(octets);
    }
    Ok(fixed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{KeyKind, TestCa};

    const TYPE: StatementType = StatementType::Revocation;
    const PAYLOAD: &[u8] = br#"{"reason":"superseded","serialNumber":"0a"}"#;

    #[test]
    fn a_statement_verifies_and_altered_statements_do_not() {
        for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Rsa] {
            let ca = TestCa::new(kind);
            let key = ca.authority.public_key();
            // Several rounds make it more likely that the integer r or s is shorter than 32 octets.
            for round in 0..if matches!(kind, KeyKind::P256) { 40 } else { 2 } {
                let payload = [PAYLOAD, &[round]].concat();
                let statement = PreparedStatement::new(key, TYPE, &payload);
                let jws = statement.assemble(&ca.sign(statement.digest().as_ref())).unwrap();
                let stored: DetachedJws = jws.to_string().parse().unwrap();
                assert_eq!(stored, jws);
                assert_eq!(stored.verify(&payload, TYPE, key), Ok(()));
                assert_eq!(stored.verify(PAYLOAD, TYPE, key), Err(BadSignature.into()));
            }
            let statement = PreparedStatement::new(key, TYPE, PAYLOAD);
            let jws = statement.assemble(&ca.sign(statement.digest().as_ref())).unwrap();
            let other = TestCa::new(kind);
            assert_eq!(
                jws.verify(PAYLOAD, TYPE, other.authority.public_key()),
                Err(StatementError::OtherKey)
            );
            assert_eq!(statement.assemble(&other.sign(statement.digest().as_ref())), Err(BadSignature));
        }
    }

    #[test]
    fn a_statement_of_one_type_is_refused_as_every_other_type() {
        let ca = TestCa::new(KeyKind::P256);
        let key = ca.authority.public_key();
        for typ in StatementType::ALL {
            let statement = PreparedStatement::new(key, typ, PAYLOAD);
            let jws = statement.assemble(&ca.sign(statement.digest().as_ref())).unwrap();
            for required in StatementType::ALL {
                let expected =
                    if required == typ { Ok(()) } else { Err(StatementError::OtherType { required }) };
                assert_eq!(jws.verify(PAYLOAD, required, key), expected, "{typ:?} as {required:?}");
            }
        }
    }

    #[test]
    fn headers_with_other_parameters_are_refused() {
        let ca = TestCa::new(KeyKind::P256);
        let key = ca.authority.public_key();
        let (kid, typ) = (key.thumbprint(), TYPE.name());
        for header in [
            format!(r#"{{"alg":"ES256","b64":false,"crit":["b64"],"kid":"{kid}","typ":"{typ}"}}"#),
            format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#),
            format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#),
        ] {
            let jws = format!("{}..AAAA", BASE64URL_NOPAD.encode(header.as_bytes()));
            let jws: DetachedJws = jws.parse().unwrap();
            assert_eq!(jws.verify(PAYLOAD, TYPE, key), Err(StatementError::Malformed), "{header}");
        }
        for malformed in ["", "a.b.c", "a...c", "a..b..c", "abc"] {
            assert_eq!(malformed.parse::<DetachedJws>(), Err(StatementError::Malformed), "{malformed}");
        }
    }

    #[test]
    fn canonical_json_is_sorted_and_compact() {
        #[derive(Serialize)]
        struct Statement {
            zeta: &'static str,
            alpha: Inner,
        }
        #[derive(Serialize)]
        struct Inner {
            second: i64,
            first: Option<&'static str>,
        }
        let statement = Statement { zeta: "証", alpha: Inner { second: 2, first: None } };
        let json = canonical_json(&statement).unwrap();
        assert_eq!(String::from_utf8(json).unwrap(), r#"{"alpha":{"first":null,"second":2},"zeta":"証"}"#);
    }

    #[test]
    fn short_integers_are_padded() {
        assert_eq!(ecdsa_fixed_width(&[0x30, 6, 2, 1, 5, 2, 1, 9], 2), Ok(vec![0, 5, 0, 9]));
        assert_eq!(ecdsa_fixed_width(&[0x30, 8, 2, 2, 0, 0x80, 2, 2, 1, 0], 2), Ok(vec![0, 0x80, 1, 0]));
        assert_eq!(ecdsa_fixed_width(&[0x30, 6, 2, 1, 0xff, 2, 1, 9], 2), Err(BadSignature));
        assert_eq!(ecdsa_fixed_width(&[0x30, 8, 2, 3, 1, 0, 0, 2, 1, 9], 2), Err(BadSignature));
    }
}
