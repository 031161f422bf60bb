//! Certificates for import tests, which are issued by the local CA or by another CA.

use std::{fs, path::Path};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, Issuer, KeyPair, SanType,
};
use serde_json::{Value, json};
use shared::domain::{DAY, Timestamp};

use super::START;

/// The name of the local CA.
const NAME: &str = "cert-reissue Local CA";

/// A CA with the same structure as the local CA.
pub(crate) struct LocalCa {
    name: &'static str,
    key: KeyPair,
}

impl LocalCa {
    /// Returns the CA whose key is in the data folder.
    pub(crate) fn of_stack(data_dir: &Path) -> Self {
        let key = KeyPair::try_from(fs::read(data_dir.join("ca-key.p8")).unwrap()).unwrap();
        Self { name: NAME, key }
    }

    /// Returns a CA with the same name but a different key.
    pub(crate) fn impostor() -> Self {
        Self { name: NAME, key: KeyPair::generate().unwrap() }
    }

    /// Returns a CA with a different name and a different key.
    pub(crate) fn foreign() -> Self {
        Self { name: "Another CA", key: KeyPair::generate().unwrap() }
    }

    /// Issues a certificate, in PEM format, that is valid for 400 days from the day before [`START`].
    pub(crate) fn issue(&self, email_address: &str) -> String {
        let mut params = CertificateParams::default();
        params.distinguished_name = name(&[(DnType::CommonName, "Import Ichiro")]);
        params.not_before = at(START - DAY);
        params.not_after = at(START + 399 * DAY);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
        params.subject_alt_names = vec![SanType::Rfc822Name(email_address.try_into().unwrap())];
        let mut issuer = CertificateParams::default();
        issuer.distinguished_name =
            name(&[(DnType::OrganizationName, "cert-reissue local stack"), (DnType::CommonName, self.name)]);
        let issuer = Issuer::from_params(&issuer, &self.key);
        params.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().pem()
    }
}

fn name(attributes: &[(DnType, &str)]) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, DnValue::PrintableString("JP".try_into().unwrap()));
    for (kind, value) in attributes {
        name.push(kind.clone(), *value);
    }
    name
}

fn at(seconds: i64) -> time::OffsetDateTime {
    Timestamp::try_from(seconds).unwrap().to_utc()
}

/// Returns a valid import record for `certificate`.
pub(crate) fn record(certificate: &str, coupon_number: &str, email_address: &str) -> Value {
    json!({
        "certificate": certificate,
        "couponNumber": coupon_number,
        "certificateCode": "Legacy-7x",
        "applicationPassword": "a-password-of-old",
        "companyCode": "984940947",
        "corporateNumber": "7000012050002",
        "organizationNameJa": "株式会社輸入",
        "organizationNameEn": "Import K.K.",
        "subscriberNameJa": "輸入 一郎",
        "subscriberNameEn": "Import Ichiro",
        "application": {
            "emailAddress": email_address,
            "postalCode": "1040028",
            "prefecture": "東京都",
            "city": "中央区",
            "street": "八重洲2-8-1",
            "phone": "0350001111",
        },
    })
}
