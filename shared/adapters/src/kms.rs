//! Computes signatures and MACs in AWS KMS. The private and secret keys never leave KMS.

use async_trait::async_trait;
use aws_sdk_kms::{
    Client,
    config::Builder,
    primitives::Blob,
    types::{MacAlgorithmSpec, MessageType, SigningAlgorithmSpec},
};
use aws_types::SdkConfig;

use super::{idempotent_retries, sdk_error};
use pki::{PublicKey, SignatureAlgorithm};
use ports::{MessageAuthenticator, PortError, Signer};

/// The service name that appears in errors and metrics.
pub const SERVICE: &str = "kms";

/// Creates a KMS client that retries calls, because the calls have no side effects.
pub fn client(config: &SdkConfig) -> Client {
    Client::from_conf(Builder::from(config).retry_config(idempotent_retries()).build())
}

/// Returns the public key of the asymmetric key `key_id` (id, ARN or alias). Requires the `kms:GetPublicKey` permission
/// on the key.
///
/// # Errors
///
/// Returns an error if the KMS call fails or the key type is not supported.
pub async fn public_key(client: &Client, key_id: &str) -> Result<PublicKey, PortError> {
    let answer = client.get_public_key().key_id(key_id).send().await;
    let spki = answer.map_err(|error| sdk_error(SERVICE, &error))?.public_key;
    let spki = spki.ok_or_else(|| no_answer("public key"))?;
    PublicKey::from_spki_der(spki.as_ref()).map_err(|error| PortError::new(SERVICE, &error))
}

/// A signer that uses an asymmetric KMS key (`SIGN_VERIFY`). Requires the `kms:Sign` permission on the key.
#[derive(Clone, Debug)]
pub struct KmsSigner {
    client: Client,
    key_id: String,
    algorithm: SignatureAlgorithm,
}

impl KmsSigner {
    /// Creates a signer that uses the key `key_id` (id, ARN or alias). The key type must match `algorithm`.
    pub fn new(client: Client, key_id: impl Into<String>, algorithm: SignatureAlgorithm) -> Self {
        Self { client, key_id: key_id.into(), algorithm }
    }
}

#[async_trait]
impl Signer for KmsSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    async fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, PortError> {
        let algorithm = match self.algorithm {
            SignatureAlgorithm::EcdsaP256Sha256 => SigningAlgorithmSpec::EcdsaSha256,
            SignatureAlgorithm::EcdsaP384Sha384 => SigningAlgorithmSpec::EcdsaSha384,
            SignatureAlgorithm::RsaPkcs1Sha256 => SigningAlgorithmSpec::RsassaPkcs1V15Sha256,
        };
        let output = self
            .client
            .sign()
            .key_id(&self.key_id)
            .message(Blob::new(digest))
            // KMS accepts at most 4,096 bytes with the message type RAW, but CRLs can be longer.
            .message_type(MessageType::Digest)
            .signing_algorithm(algorithm)
            .send()
            .await
            .map_err(|error| sdk_error(SERVICE, &error))?;
        output.signature.map(Blob::into_inner).ok_or_else(|| no_answer("signature"))
    }
}

/// Computes MACs with an HMAC key in KMS (`GENERATE_VERIFY_MAC`, `HMAC_256`). Requires the `kms:GenerateMac` permission
/// on the key.
#[derive(Clone, Debug)]
pub struct KmsMac {
    client: Client,
    key_id: String,
}

impl KmsMac {
    /// Creates an authenticator that uses the key `key_id` (id, ARN or alias).
    pub fn new(client: Client, key_id: impl Into<String>) -> Self {
        Self { client, key_id: key_id.into() }
    }
}

#[async_trait]
impl MessageAuthenticator for KmsMac {
    async fn mac(&self, message: &[u8]) -> Result<[u8; 32], PortError> {
        let output = self
            .client
            .generate_mac()
            .key_id(&self.key_id)
            .message(Blob::new(message))
            .mac_algorithm(MacAlgorithmSpec::HmacSha256)
            .send()
            .await
            .map_err(|error| sdk_error(SERVICE, &error))?;
        let mac = output.mac.map(Blob::into_inner).unwrap_or_default();
        mac.try_into().map_err(|_| no_answer("MAC of 32 octets"))
    }
}

fn no_answer(what: &str) -> PortError {
    PortError { service: SERVICE, message: format!("the response does not contain a {what}") }
}

#[cfg(test)]
mod tests {
    use rcgen::PublicKeyData;

    use super::*;
    use stub_service::{Answer, StubService};

    use crate::config_of;

    #[tokio::test]
    async fn kms_signs_the_digest_without_hashing_it_again() {
        let service = StubService::start([Answer::json(200, r#"{"Signature":"c2lnbmF0dXJl"}"#)]);
        let signer =
            KmsSigner::new(client(&config_of(&service)), "alias/ca", SignatureAlgorithm::EcdsaP384Sha384);
        assert_eq!(signer.sign_digest(b"digest").await.unwrap(), b"signature");
        let [request] = &service.requests()[..] else { panic!("one request") };
        assert!(request.header("x-amz-target").is_some_and(|target| target == "TrentService.Sign"));
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["MessageType"], "DIGEST");
        assert_eq!(body["SigningAlgorithm"], "ECDSA_SHA_384");
        assert_eq!(body["Message"], "ZGlnZXN0");
        assert_eq!(body["KeyId"], "alias/ca");
    }

    #[tokio::test]
    async fn a_public_key_is_parsed_and_an_invalid_one_is_refused() {
        let own = rcgen::KeyPair::generate().unwrap().subject_public_key_info();
        let answer = |spki: &[u8]| {
            let spki = data_encoding::BASE64.encode(spki);
            Answer::json(200, &format!(r#"{{"PublicKey":"{spki}","KeySpec":"ECC_NIST_P256"}}"#))
        };
        let service = StubService::start([answer(&own), answer(b"something else"), Answer::json(200, "{}")]);
        let client = client(&config_of(&service));
        assert_eq!(public_key(&client, "alias/ca").await.unwrap().spki_der(), own);
        assert!(public_key(&client, "alias/ca").await.is_err());
        assert!(public_key(&client, "alias/ca").await.is_err());
        let target = "TrentService.GetPublicKey";
        assert!(service.requests().iter().all(|request| request.header("x-amz-target") == Some(target)));
    }

    #[tokio::test]
    async fn a_mac_has_32_octets() {
        let mac = data_encoding::BASE64.encode(&[7; 32]);
        let service = StubService::start([
            Answer::json(200, &format!(r#"{{"Mac":"{mac}","MacAlgorithm":"HMAC_SHA_256"}}"#)),
            Answer::json(200, r#"{"Mac":"AAAA"}"#),
        ]);
        let mac = KmsMac::new(client(&config_of(&service)), "alias/code");
        assert_eq!(mac.mac(b"message").await.unwrap(), [7; 32]);
        assert!(mac.mac(b"message").await.is_err());
    }

    #[tokio::test]
    async fn failures_are_retried_and_reported() {
        let failure = || Answer::json(500, r#"{"__type":"KMSInternalException","message":"sorry"}"#);
        let service = StubService::start([failure(), failure(), failure()]);
        let signer =
            KmsSigner::new(client(&config_of(&service)), "alias/ca", SignatureAlgorithm::EcdsaP256Sha256);
        let error = signer.sign_digest(b"digest").await.unwrap_err();
        assert_eq!(error.to_string(), "kms: KMSInternalException (request stub): sorry");
        assert_eq!(service.requests().len(), 3);
    }
}
