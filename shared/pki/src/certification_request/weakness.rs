//! RSA keys whose private half can be computed from the public one.
//!
//! Elliptic curve keys have no such weakness if their point lies on the curve.

use std::fmt;

use num_bigint::BigUint;

use super::{SubjectPublicKey, subject_public_key::Key};

/// The number of steps for which Fermat's method is tried (TLS Baseline Requirements §6.1.1.3).
const FERMAT_ROUNDS: usize = 100;

/// The bound below which a modulus must have no factor (S/MIME Baseline Requirements §6.1.6, NIST SP 800-89 §5.3.3).
const LARGEST_SMALL_FACTOR: u32 = 752;

/// The largest prime that the faulty generator used for keys of every length. It used more primes for longer keys.
const LARGEST_ROCA_PRIME: u32 = 167;

/// The weakness of an RSA key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// The public exponent is even or below 65537.
    Exponent,
    /// The modulus has a factor below 752.
    SmallFactor,
    /// The key was made by the faulty key generator known as ROCA (CVE-2017-15361).
    Roca,
    /// The two primes are so close that Fermat's method finds them.
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

/// The weakness of `key`, if one is found.
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

/// True if the modulus has the fingerprint of the faulty generator. That generator makes primes that are powers of
/// 65537 modulo a product of small primes. The modulus is then such a power, too, modulo each of them. A modulus of
/// random primes passes all of these tests by chance once in 2^28.
fn has_roca_fingerprint(modulus: &BigUint) -> bool {
    primes(LARGEST_ROCA_PRIME)
        .filter(|prime| *prime > 2)
        .all(|prime| powers_of_65537(prime).any(|power| power == remainder(modulus, prime)))
}

/// 65537^0, 65537^1, … modulo `prime`, until they repeat.
fn powers_of_65537(prime: u32) -> impl Iterator<Item = u32> {
    let next = move |power: &u32| Some(power * (65537 % prime) % prime).filter(|power| *power != 1);
    std::iter::successors(Some(1), next)
}

/// Applies Fermat's method: with n = a² − b², a just above √n, b is small when the primes a ± b are close.
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

/// The primes up to `largest`, which must be small.
fn primes(largest: u32) -> impl Iterator<Item = u32> {
    (2..=largest).filter(|candidate| (2..*candidate).all(|divisor| candidate % divisor != 0))
}

fn remainder(modulus: &BigUint, prime: u32) -> u32 {
    let step = |remainder: u64, digit: u32| (remainder << 32 | u64::from(digit)) % u64::from(prime);
    let remainder = modulus.iter_u32_digits().rev().fold(0, step);
    u32::try_from(remainder).unwrap_or_default()
}
