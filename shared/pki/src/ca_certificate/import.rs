//! Imports a CA certificate that an offline parent CA issued.

use x509_parser::{certificate::X509Certificate, prelude::FromDer};

use super::{
    CaKeyError,
    lint::{self, CaLintError},
    settings::check_key,
};
use crate::{CaError, CertificationAuthority, PublicKey, Timestamp, distinguished_name::of_authority, pem};

/// The error returned if a certificate from a parent CA is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaImportError {
    /// The certificate is not a CA certificate.
    #[error(transparent)]
    Ca(#[from] CaError),
    /// The certificate contains a different key from the one that the CA uses to sign.
    #[error("the certificate contains another public key than the CA key")]
    OtherKey,
    /// The key is too weak for a CA.
    #[error(transparent)]
    Key(#[from] CaKeyError),
    /// In certificates that the CA issues, rcgen would encode the issuer name differently from the CA's subject.
    #[error(
        "the CA's name contains two attributes of the same type, or an attribute with an obsolete string type"
    )]
    Name,
    /// The parent certificates are not valid PEM certificates.
    #[error("the parent certificates must be in PEM, starting with the immediate parent")]
    MalformedPath,
    /// The certification path does not end with a self-signed root.
    #[error("the parent certificates do not form a path to a self-signed root")]
    NoPath,
    /// A certificate in the path was not issued by the next certificate.
    #[error("certificate {0} of the path was not issued by the next certificate")]
    BrokenPath(usize),
    /// A certificate in the path has expired or is not valid yet.
    #[error("certificate {0} of the path is expired or not yet valid")]
    NotValid(usize),
    /// A parent CA is not allowed to issue CA certificates, or its path length constraint is exceeded (RFC 5280 §6.1.4,
    /// steps k to n).
    #[error("certificate {0} of the path must not issue the certificates below it")]
    NotAnIssuer(usize),
    /// Relying parties would reject the certificates that the CA issues.
    #[error(transparent)]
    Rule(#[from] CaLintError),
}

/// Imports the PEM or DER CA certificate in `certificate`, which must contain `key` and be valid at `now`. `parents`
/// contains the rest of the certification path in PEM, from the immediate parent to the self-signed root. The operator
/// must decide whether to trust the self-signed root.
///
/// # Errors
///
/// Returns [`CaImportError`] for the first error found. Path indices in errors start at 0 for the imported certificate.
pub fn import(
    certificate: &[u8],
    parents: &[u8],
    key: &PublicKey,
    now: Timestamp,
) -> Result<CertificationAuthority, CaImportError> {
    let authority = CertificationAuthority::from_certificate(certificate)?;
    if authority.public_key().spki_der() != key.spki_der() {
        return Err(CaImportError::OtherKey);
    }
    check_key(key)?;
    of_authority(&authority).ok_or(CaImportError::Name)?;
    let parents = pem::all(parents).map_err(|_| CaImportError::MalformedPath)?;
    let path = [authority.certificate_der()]
        .into_iter()
        .chain(parents.iter().map(|pem| pem.contents.as_slice()))
        .map(|der| X509Certificate::from_der(der).map(|(_, certificate)| certificate))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| CaImportError::MalformedPath)?;
    lint::check_signature_algorithms(&path, now)?;
    verify(&path, now)?;
    lint::check(&path, now)?;
    Ok(authority)
}

/// Validates a certification path of CA certificates (RFC 5280 §6.1). [`lint::check`] checks the extensions that
/// restrict the certificates below the path.
fn verify(path: &[X509Certificate<'_>], now: Timestamp) -> Result<(), CaImportError> {
    for (index, certificate) in path.iter().enumerate() {
        let validity = certificate.validity();
        let now = now.as_seconds();
        if now < validity.not_before.timestamp() || now > validity.not_after.timestamp() {
            return Err(CaImportError::NotValid(index));
        }
        if index > 0 && !may_issue_above(certificate, index - 1) {
            return Err(CaImportError::NotAnIssuer(index));
        }
    }
    for (index, pair) in path.windows(2).enumerate() {
        if !is_issued_by(&pair[0], &pair[1]) {
            return Err(CaImportError::BrokenPath(index));
        }
    }
    match path {
        [_, .., root] if is_issued_by(root, root) => Ok(()),
        _ => Err(CaImportError::NoPath),
    }
}

/// Returns true if `certificate` allows `intermediates` CA certificates between itself and the issuing CA.
fn may_issue_above(certificate: &X509Certificate<'_>, intermediates: usize) -> bool {
    let signs = certificate.key_usage();
    let signs = signs.is_ok_and(|usage| usage.is_some_and(|usage| usage.value.key_cert_sign()));
    let is_ca = certificate.basic_constraints().is_ok_and(|constraints| {
        constraints.is_some_and(|constraints| {
            let longest = constraints.value.path_len_constraint;
            // The path length constraint also counts the certificate of the issuing CA.
            constraints.value.ca && longest.is_none_or(|longest| longest as usize > intermediates)
        })
    });
    signs && is_ca
}

fn is_issued_by(certificate: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
    certificate.issuer().as_raw() == issuer.subject().as_raw()
        && certificate.verify_signature(Some(issuer.public_key())).is_ok()
}
