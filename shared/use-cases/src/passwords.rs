//! Hashes and verifies application passwords with argon2id.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt},
};
use subtle::ConstantTimeEq;
use tokio::sync::Mutex;

use domain::password::ApplicationPassword;
use ports::{Entropy, PortError};

/// The memory that argon2id uses for each hash, in KiB. OWASP recommends at least 19 MiB with two passes and one lane
/// (ASVS 5.0, appendix C).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_LENGTH: usize = 16;
const HASH_LENGTH: usize = 32;

/// A password hasher that computes one hash at a time and reuses its memory for every hash. Allocating 19 MiB for every
/// hash would multiply the process's memory use. Hashes are computed on tokio's blocking threads.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    memory: Arc<Mutex<Vec<Block>>>,
}

/// The error for a stored hash that is malformed or uses parameters other than those in this module.
#[derive(Debug, thiserror::Error)]
#[error("not an argon2id hash with m={MEMORY_KIB}, t={PASSES}, p={LANES}, a 16-octet salt and 32 octets")]
pub struct UnusableHash;

impl Passwords {
    /// Creates a hasher, which allocates its memory when it computes the first hash.
    ///
    /// # Errors
    ///
    /// Returns an error if argon2 rejects the parameters in this module, which does not happen in practice.
    pub fn new() -> Result<Self, PortError> {
        let params =
            Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_LENGTH)).map_err(|error| failed(&error))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Ok(Self { argon2, memory: Arc::default() })
    }

    /// Returns the hash of `password` in PHC form, with a new random salt.
    ///
    /// # Errors
    ///
    /// Returns an error if the source of randomness or argon2 fails.
    pub async fn hash(
        &self,
        password: &ApplicationPassword,
        entropy: &dyn Entropy,
    ) -> Result<String, PortError> {
        let mut salt = [0; SALT_LENGTH];
        entropy.fill(&mut salt)?;
        let hash = self.derive(password, salt).await?;
        to_phc(&salt, &hash, self.argon2.params())
    }

    /// Returns true if `password` matches the hash `stored`. If `stored` is `None`, the method still computes a hash,
    /// and returns false.
    ///
    /// # Errors
    ///
    /// Returns an error if the stored hash is unusable or argon2 fails.
    pub async fn verify(
        &self,
        password: &ApplicationPassword,
        stored: Option<&str>,
    ) -> Result<bool, PortError> {
        let known = stored.map(from_phc).transpose().map_err(|error| failed(&error))?;
        let salt = known.map_or([0; SALT_LENGTH], |(salt, _)| salt);
        let hash = self.derive(password, salt).await?;
        let expected = known.map_or([0; HASH_LENGTH], |(_, hash)| hash);
        let equal = hash.ct_eq(&expected);
        Ok(bool::from(equal) && known.is_some())
    }

    async fn derive(
        &self,
        password: &ApplicationPassword,
        salt: [u8; SALT_LENGTH],
    ) -> Result<[u8; HASH_LENGTH], PortError> {
        let mut memory = Arc::clone(&self.memory).lock_owned().await;
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let work = move || {
            memory.resize(argon2.params().block_count(), Block::new());
            let mut hash = [0; HASH_LENGTH];
            argon2
                .hash_password_into_with_memory(password.as_bytes(), &salt, &mut hash, memory.as_mut_slice())
                .map(|()| hash)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(hash)) => Ok(hash),
            Ok(Err(error)) => Err(failed(&error)),
            Err(error) => Err(failed(&error)),
        }
    }
}

/// Checks that [`Passwords::verify`] can use the hash `stored`.
///
/// # Errors
///
/// Returns [`UnusableHash`] if the hash is malformed or uses other parameters.
pub fn check_stored_hash(stored: &str) -> Result<(), UnusableHash> {
    from_phc(stored).map(drop)
}

fn to_phc(salt: &[u8], hash: &[u8], params: &Params) -> Result<String, PortError> {
    Ok(PasswordHash {
        algorithm: Ident::new(Algorithm::Argon2id.as_str()).map_err(|error| failed(&error))?,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(|error| failed(&error))?,
        salt: Some(Salt::new(salt).map_err(|error| failed(&error))?),
        hash: Some(Output::new(hash).map_err(|error| failed(&error))?),
    }
    .to_string())
}

fn from_phc(stored: &str) -> Result<([u8; SALT_LENGTH], [u8; HASH_LENGTH]), UnusableHash> {
    let parsed = PasswordHash::new(stored).map_err(|_| UnusableHash)?;
    let number = |name: &str| parsed.params.get_decimal(name);
    let same_work = parsed.algorithm.as_str() == Algorithm::Argon2id.as_str()
        && parsed.version == Some(Version::V0x13.into())
        && (number("m"), number("t"), number("p")) == (Some(MEMORY_KIB), Some(PASSES), Some(LANES));
    let salt = parsed.salt.as_ref().and_then(|salt| salt.as_ref().try_into().ok());
    let hash = parsed.hash.as_ref().and_then(|hash| hash.as_bytes().try_into().ok());
    salt.zip(hash).filter(|_| same_work).ok_or(UnusableHash)
}

fn failed(error: &(dyn std::error::Error + 'static)) -> PortError {
    PortError::new("argon2", error)
}
