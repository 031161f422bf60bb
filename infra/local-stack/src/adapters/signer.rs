//! Signs with a P-256 key in a file, in place of KMS.

use std::path::Path;

use async_trait::async_trait;
use p256::{
    ecdsa::{Signature, SigningKey, signature::hazmat::PrehashSigner},
    pkcs8::{DecodePrivateKey, EncodePublicKey},
};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair},
};
use shared::{
    pki::{PublicKey, SignatureAlgorithm},
    ports::{PortError, Signer},
};

use super::files::{KeyFileError, read_or_create_key};

/// Signs digests with ECDSA over P-256. Uses the `p256` crate, because ring cannot sign digests.
#[derive(Clone, Debug)]
pub struct SoftwareSigner {
    key: SigningKey,
    public_key: PublicKey,
}

impl SoftwareSigner {
    /// Opens the key file at `path`, which contains PKCS #8 in DER. If the file does not exist, creates it with a new
    /// key.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or created, or does not contain a key.
    pub fn open(path: &Path) -> Result<Self, KeyFileError> {
        let pkcs8 = read_or_create_key(path, || {
            let document =
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
            document.map(|document| document.as_ref().to_vec()).map_err(|_| KeyFileError::NoEntropy)
        })?;
        let not_a_key = || KeyFileError::NotAKey { path: path.to_owned() };
        let key = SigningKey::from_pkcs8_der(&pkcs8).map_err(|_| not_a_key())?;
        let spki = key.verifying_key().to_public_key_der().map_err(|_| not_a_key())?;
        let public_key = PublicKey::from_spki_der(spki.as_bytes()).map_err(|_| not_a_key())?;
        Ok(Self { key, public_key })
    }

    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }
}

#[async_trait]
impl Signer for SoftwareSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::EcdsaP256Sha256
    }

    async fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, PortError> {
        // KMS also refuses a digest whose length does not match the algorithm.
        if digest.len() != self.algorithm().digest_algorithm().output_len() {
            return Err(PortError { service: "signer", message: "not a SHA-256 digest".to_owned() });
        }
        let signature: Signature =
            self.key.sign_prehash(digest).map_err(|error| PortError::new("signer", &error))?;
        Ok(signature.to_der().as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::test_support::Folder;

    #[tokio::test]
    async fn signatures_verify_and_the_key_persists() {
        let folder = Folder::new();
        let path = folder.path().join("ca.key");
        let signer = SoftwareSigner::open(&path).unwrap();
        let digest = signer.algorithm().digest(b"message");
        let signature = signer.sign_digest(digest.as_ref()).await.unwrap();
        let again = SoftwareSigner::open(&path).unwrap();
        assert_eq!(again.public_key(), signer.public_key());
        assert_eq!(again.public_key().verify(b"message", &signature), Ok(()));
        assert!(signer.sign_digest(b"short").await.is_err());
        assert!(!format!("{signer:?}").contains("secret_scalar"), "{signer:?}");
    }

    #[test]
    fn a_file_without_a_key_is_refused() {
        let folder = Folder::new();
        let path = folder.path().join("ca.key");
        std::fs::write(&path, b"something else").unwrap();
        assert!(matches!(SoftwareSigner::open(&path), Err(KeyFileError::NotAKey { .. })));
    }
}
