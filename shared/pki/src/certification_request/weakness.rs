//! Detects weak RSA keys, such as keys whose private key can be computed from the public key.
//!
//! Elliptic curve keys are not checked for weaknesses, because parsing already verifies that the point is on the curve.

use std::fmt;

use num_bigint::BigUint;

use super::{SubjectPublicKey, subject_public_key::Key};

/// The number of rounds of Fermat's factorization method (TLS Baseline Requirements §6.1.1.3).
const FERMAT_ROUNDS: usize = 100;

/// A modulus must not have a factor smaller than this number (S/MIME Baseline Requirements §6.1.6, NIST SP 800-89
/// §5.3.3).
const LARGEST_SMALL_FACTOR: u32 = 752;

/// The largest small prime that the ROCA fingerprint test uses. For longer keys, the faulty generator used additional
/// primes.
const LARGEST_ROCA_PRIME: u32 = 167;

/// A known weakness of an RSA key that the CA rejects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// The public exponent is even or below 65537.
    Exponent,
    /// The modulus has a factor below 752.
    SmallFactor,
    /// The key has the fingerprint of the key generator with the ROCA vulnerability (CVE-2017-15361).
    Roca,
    /// The two primes are so close together that Fermat's factorization method finds them.
    ClosePrimes,
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exponent => "its public exponent is even or below 65537",
            Self::SmallFactor => "its modulus has a small factor",
            Self::Roca => "it was made by a faulty key generator (ROCA, CVE-2017-15361)",
            Self::ClosePrimes => "the primes of its modulus are too close to each other",
        })
    }
}

/// Returns the first weakness found in `key`.
pub(super) fn of(key: &SubjectPublicKey) -> Option<Weakness> {
    let Key::Rsa { modulus, exponent } = key.key() else { return None };
    if !exponent.bit(0) || *exponent < BigUint::from(65537_u32) {
        Some(Weakness::Exponent)
    } else if has_small_factor(modulus) {
        Some(Weakness::SmallFactor)
    } else if has_roca_fingerprint(modulus) {
        Some(Weakness::Roca)
    } else if has_close_primes(modulus) {
        Some(Weakness::ClosePrimes)
    } else {
        None
    }
}

pub(super) fn has_small_factor(modulus: &BigUint) -> bool {
    primes(LARGEST_SMALL_FACTOR).any(|prime| remainder(modulus, prime) == 0)
}

/// Returns true if the modulus has the fingerprint of a key generator with the ROCA vulnerability. The primes from this
/// generator are powers of 65537 modulo a product of small primes. The modulus is the product of two such primes, so it
/// is also a power of 65537 modulo each small prime. A product of two random primes has the same property with a
/// probability of only 2^-28.
fn has_roca_fingerprint(modulus: &BigUint) -> bool {
    primes(LARGEST_ROCA_PRIME)
        .filter(|prime| *prime > 2)
        .all(|prime| powers_of_65537(prime).any(|power| power == remainder(modulus, prime)))
}

/// Returns the distinct powers 65537^0, 65537^1, … modulo `prime`.
fn powers_of_65537(prime: u32) -> impl Iterator<Item = u32> {
    let next = move |power: &u32| Some(power * (65537 % prime) % prime).filter(|power| *power != 1);
    std::iter::successors(Some(1), next)
}

/// Searches for two close prime factors with Fermat's factorization method. The method writes the modulus n as a² − b²
/// and tries the values of a from √n upward. If the primes a + b and a − b are close together, a is close to √n.
fn has_close_primes(modulus: &BigUint) -> bool {
    let mut a = modulus.sqrt();
    if &a * &a < *modulus {
        a += 1_u32;
    }
    for _ in 0..FERMAT_ROUNDS {
        let b_squared = &a * &a - modulus;
        let b = b_squared.sqrt();
        if &b * &b == b_squared {
            return true;
        }
        a += 1_u32;
    }
    false
}

/// Returns the primes up to `largest`. Trial division is fast enough for the small bounds in this module.
fn primes(largest: u32) -> impl Iterator<Item = u32> {
    (2..=largest).filter(|candidate| (2..*candidate).all(|divisor| candidate % divisor != 0))
}

fn remainder(modulus: &BigUint, prime: u32) -> u32 {
    let step = |remainder: u64, digit: u32| (remainder << 32 | u64::from(digit)) % u64::from(prime);
    let remainder = modulus.iter_u32_digits().rev().fold(0, step);
    u32::try_from(remainder).unwrap_or_default()
}
