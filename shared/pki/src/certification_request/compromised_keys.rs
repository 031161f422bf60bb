//! Detects compromised keys, whose private keys are publicly known.

use data_encoding::HEXLOWER_PERMISSIVE;

use super::SubjectPublicKey;
use crate::PublicKey;

/// A list of compromised keys, which the operator of a deployment supplies. Each key is identified by the SHA-256 hash
/// of its DER-encoded SubjectPublicKeyInfo. The service pwnedkeys.com identifies keys by the same hash. The command
/// `openssl pkey -pubin -outform DER | sha256sum` prints the hash of a public key. Published collections of compromised
/// keys include the Debian keys of CVE-2008-0166 and the repositories listed by badkeys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompromisedKeys {
    /// The sorted SHA-256 fingerprints of the keys.
    fingerprints: Vec<[u8; 32]>,
    /// The keys of the service in DER.
    service_keys: Vec<Vec<u8>>,
}

/// The error returned if a line of the list is not a SHA-256 fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the list of compromised keys is not a SHA-256 hash in hexadecimal")]
pub struct CompromisedKeysError {
    /// The number of the invalid line, starting at 1.
    pub line: usize,
}

impl CompromisedKeys {
    /// Adds a key of the service, such as the CA key. Only the service can sign with this key, so a certification request
    /// for it shows that the private key is compromised.
    pub fn and_service_key(mut self, key: &PublicKey) -> Self {
        self.service_keys.push(key.spki_der().to_vec());
        self
    }

    /// Returns true if `key` is a key of the service.
    pub fn is_service_key(&self, key: &SubjectPublicKey) -> bool {
        self.service_keys.iter().any(|service_key| service_key == key.spki_der())
    }

    /// Returns true if `key` is in the list.
    pub fn contains(&self, key: &SubjectPublicKey) -> bool {
        self.fingerprints.binary_search(&key.fingerprint()).is_ok()
    }
}

impl std::str::FromStr for CompromisedKeys {
    type Err = CompromisedKeysError;

    /// Parses one hexadecimal fingerprint per line. Empty lines and lines that begin with `#` are skipped. If any line
    /// is invalid, the whole list is rejected. A partially loaded list would miss some compromised keys.
    fn from_str(list: &str) -> Result<Self, CompromisedKeysError> {
        let lines = list.lines().map(str::trim).enumerate();
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let mut fingerprints = lines
            .map(|(index, line)| fingerprint(line).ok_or(CompromisedKeysError { line: index + 1 }))
            .collect::<Result<Vec<_>, _>>()?;
        fingerprints.sort_unstable();
        Ok(Self { fingerprints, service_keys: Vec::new() })
    }
}

fn fingerprint(hex: &str) -> Option<[u8; 32]> {
    HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?.try_into().ok()
}
