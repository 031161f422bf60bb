//! Keys whose private keys are publicly known.

use data_encoding::HEXLOWER_PERMISSIVE;

use super::SubjectPublicKey;

/// A list of compromised keys, identified by the SHA-256 of their SubjectPublicKeyInfo in DER. The deployment supplies
/// the list. pwnedkeys.com uses the same identifiers. For the keys in published collections, the command `openssl pkey
/// -pubin -outform DER | sha256sum` prints the identifier. Examples are the Debian keys of CVE-2008-0166 and the
/// repositories that badkeys collects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompromisedKeys {
    /// The SHA-256 fingerprints, sorted.
    fingerprints: Vec<[u8; 32]>,
}

/// A line of the list is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the list of compromised keys is not a SHA-256 in hexadecimal")]
pub struct CompromisedKeysError {
    /// The line number, counted from 1.
    pub line: usize,
}

impl CompromisedKeys {
    /// Returns true if `key` is in the list.
    pub fn contains(&self, key: &SubjectPublicKey) -> bool {
        self.fingerprints.binary_search(&key.fingerprint()).is_ok()
    }
}

impl std::str::FromStr for CompromisedKeys {
    type Err = CompromisedKeysError;

    /// Parses one hexadecimal fingerprint per line. Empty lines and lines that begin with `#` are skipped. A list that
    /// contains an invalid line is rejected, because a partial list could be mistaken for the complete list.
    fn from_str(list: &str) -> Result<Self, CompromisedKeysError> {
        let lines = list.lines().map(str::trim).enumerate();
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let mut fingerprints = lines
            .map(|(index, line)| fingerprint(line).ok_or(CompromisedKeysError { line: index + 1 }))
            .collect::<Result<Vec<_>, _>>()?;
        fingerprints.sort_unstable();
        Ok(Self { fingerprints })
    }
}

fn fingerprint(hex: &str) -> Option<[u8; 32]> {
    HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?.try_into().ok()
}
