//! Keys whose private half is known to others.

use data_encoding::HEXLOWER_PERMISSIVE;

use super::SubjectPublicKey;

/// A list of compromised keys, identified by the SHA-256 of their SubjectPublicKeyInfo in DER. The deployment supplies
/// the list. pwnedkeys.com identifies keys in the same way, and `openssl pkey -pubin -outform DER | sha256sum` prints
/// the value for the published collections of such keys (Debian's of CVE-2008-0166, the repositories that badkeys
/// collects).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompromisedKeys {
    /// The SHA-256 fingerprints, sorted.
    fingerprints: Vec<[u8; 32]>,
}

/// A line is not a valid entry of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the list of compromised keys is not a SHA-256 in hexadecimal")]
pub struct CompromisedKeysError {
    /// The number of the line, from 1.
    pub line: usize,
}

impl CompromisedKeys {
    /// True if `key` is on the list.
    pub fn contains(&self, key: &SubjectPublicKey) -> bool {
        self.fingerprints.binary_search(&key.fingerprint()).is_ok()
    }
}

impl std::str::FromStr for CompromisedKeys {
    type Err = CompromisedKeysError;

    /// Reads one fingerprint a line, in hexadecimal; empty lines and lines that begin with `#` are skipped. A list with
    /// an invalid line is refused as a whole, because a partial list would be taken for the complete one.
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
