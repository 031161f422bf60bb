//! Computes MACs with a key in a file, in place of KMS.

use std::path::Path;

use async_trait::async_trait;
use ring::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use shared::ports::{MessageAuthenticator, PortError};

use super::files::{KeyFileError, read_or_create_key};

/// The length of the HMAC-SHA-256 key in octets. The key is as long as the hash, which is the minimum that RFC 2104 §3
/// recommends.
const KEY_LENGTH: usize = 32;

/// Computes HMAC-SHA-256 with a key in a file.
#[derive(Clone, Debug)]
pub struct SoftwareMac {
    key: hmac::Key,
}

impl SoftwareMac {
    /// Opens the key file at `path`, which contains 32 octets. If the file does not exist, creates it with a random
    /// key.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or created, or does not contain a key.
    pub fn open(path: &Path) -> Result<Self, KeyFileError> {
        let octets = read_or_create_key(path, || {
            let mut octets = vec![0; KEY_LENGTH];
            SystemRandom::new().fill(&mut octets).map_err(|_| KeyFileError::NoEntropy)?;
            Ok(octets)
        })?;
        if octets.len() != KEY_LENGTH {
            return Err(KeyFileError::NotAKey { path: path.to_owned() });
        }
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, &octets) })
    }
}

#[async_trait]
impl MessageAuthenticator for SoftwareMac {
    async fn mac(&self, message: &[u8]) -> Result<[u8; 32], PortError> {
        let tag = hmac::sign(&self.key, message);
        tag.as_ref().try_into().map_err(|error| PortError::new("mac", &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::test_support::Folder;

    #[tokio::test]
    async fn the_same_message_gives_the_same_mac_after_a_restart() {
        let folder = Folder::new();
        let path = folder.path().join("code.key");
        let before = SoftwareMac::open(&path).unwrap().mac(b"message").await.unwrap();
        let mac = SoftwareMac::open(&path).unwrap();
        assert_eq!(mac.mac(b"message").await.unwrap(), before);
        assert_ne!(mac.mac(b"messagf").await.unwrap(), before);
        std::fs::write(&path, b"short").unwrap();
        assert!(SoftwareMac::open(&path).is_err());
    }
}
