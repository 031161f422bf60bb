//! Provides a valid certificate that tests modify to violate a single rule.

use rcgen::{CertificateParams, Issuer};

use super::{LINTS, Lint};
use crate::{
    CertificationAuthority, PublicKey, ToBeSigned,
    certification_request::SubjectPublicKey,
    issuance::{
        parse,
        tests::{profile, request},
    },
    test_support::{KeyKind, TestCa},
};

pub(super) struct Sample<'a> {
    pub(super) authority: &'a CertificationAuthority,
    pub(super) params: CertificateParams,
    pub(super) issuer: CertificateParams,
    /// The public key of the CA that signs the certificate.
    pub(super) signing_key: PublicKey,
    subject_key: SubjectPublicKey,
}

/// Asserts that the unmodified certificate satisfies every lint, and that the certificate modified by `change` violates
/// `lint`.
pub(super) fn assert_breaks(lint: &Lint, change: impl FnOnce(&mut Sample<'_>)) {
    let ca = TestCa::named(KeyKind::P256);
    let profile = profile(&ca);
    let request = request(&profile);
    let mut sample = Sample {
        authority: &ca.authority,
        params: profile.params(&request).unwrap(),
        issuer: profile.issuer_params(),
        signing_key: ca.authority.public_key().clone(),
        subject_key: request.public_key,
    };
    let holds = |lint: &Lint, sample: &Sample<'_>| {
        let to_be_signed = sample.encode();
        // A certificate that cannot be parsed counts as a violation, because it is never signed.
        parse(to_be_signed.der()).is_ok_and(|certificate| (lint.holds)(&certificate, &profile))
    };
    assert!(LINTS.iter().all(|lint| holds(lint, &sample)));
    change(&mut sample);
    assert!(!holds(lint, &sample), "not seen: {}", lint.rule);
}

impl Sample<'_> {
    fn encode(&self) -> ToBeSigned {
        ToBeSigned::capture(&self.signing_key, |key| {
            self.params.signed_by(&self.subject_key, &Issuer::from_params(&self.issuer, key))
        })
        .unwrap()
    }
}
