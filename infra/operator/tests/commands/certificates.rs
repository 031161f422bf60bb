//! `certificates`: imports valid records and reports invalid records.

use std::{fs, path::Path};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, Issuer, KeyPair, SanType,
};

use crate::support::{COMMON_NAME, CREATE_ROOT, ORGANIZATION, operator};

#[test]
fn valid_records_are_imported_and_invalid_records_are_reported() {
    let data = tempfile::tempdir().unwrap();
    assert_eq!(operator(data.path(), &CREATE_ROOT).code, Some(0));
    fs::write(data.path().join("publication-url"), "http://localhost:8080").unwrap();
    let (first, second) = (issue(data.path(), "ichiro@example.jp"), issue(data.path(), "jiro@example.jp"));

    let rows = [
        csv_row(&first, "100", "ichiro@example.jp"),
        csv_row("no certificate", "101", "ichiro@example.jp"),
        csv_row(&second, "102", "somebody.else@example.jp"),
    ];
    let table = data.path().join("records.csv");
    write_csv(&table, &rows);
    let imported = operator(data.path(), &["certificates", "import", table.to_str().unwrap()]);
    assert_eq!(imported.output, "1 registered, 0 already registered, 2 refused\n", "{}", imported.errors);
    assert_eq!(imported.code, Some(3));
    // The first record starts on line 2, and spans one line more than its PEM certificate.
    let second_line = 3 + first.lines().count();
    assert!(
        imported.errors.contains(&format!("line {second_line}: certificate: not a single X.509 certificate")),
        "{}",
        imported.errors
    );
    assert!(
        imported.errors.contains("emailAddress: not an address in the certificate"),
        "{}",
        imported.errors
    );

    // The same record in JSON Lines is recognised as already registered.
    let lines = data.path().join("records.jsonl");
    fs::write(&lines, format!("{}\n\n{{}}\n", json_line(&first, "100", "ichiro@example.jp"))).unwrap();
    let again = operator(data.path(), &["certificates", "import", lines.to_str().unwrap()]);
    assert_eq!(again.output, "0 registered, 1 already registered, 1 refused\n", "{}", again.errors);
    assert!(again.errors.starts_with("line 3: not a certificate record"), "{}", again.errors);
}

const COLUMNS: [&str; 15] = [
    "certificate",
    "couponNumber",
    "application.emailAddress",
    "certificateCode",
    "applicationPassword",
    "companyCode",
    "corporateNumber",
    "organizationNameJa",
    "organizationNameEn",
    "subscriberNameJa",
    "subscriberNameEn",
    "application.postalCode",
    "application.prefecture",
    "application.city",
    "application.street",
];

const VALUES: [&str; 12] = [
    "Legacy-7x",
    "a-password-of-old",
    "984940947",
    "7000012050002",
    "株式会社輸入",
    "Import K.K.",
    "輸入 一郎",
    "Import Ichiro",
    "1040028",
    "東京都",
    "中央区",
    "八重洲2-8-1",
];

fn csv_row(certificate: &str, coupon_number: &str, email_address: &str) -> Vec<String> {
    let values = [certificate, coupon_number, email_address].into_iter().chain(VALUES).chain(["0350001111"]);
    values.map(str::to_owned).collect()
}

fn write_csv(file: &Path, rows: &[Vec<String>]) {
    let mut writer = csv::Writer::from_path(file).unwrap();
    writer.write_record(COLUMNS.iter().copied().chain(["application.phone"])).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.flush().unwrap();
}

fn json_line(certificate: &str, coupon_number: &str, email_address: &str) -> serde_json::Value {
    let row = csv_row(certificate, coupon_number, email_address);
    let mut record = serde_json::json!({ "application": {} });
    for (column, value) in COLUMNS.iter().copied().chain(["application.phone"]).zip(row) {
        match column.strip_prefix("application.") {
            Some(member) => record["application"][member] = value.into(),
            None => record[column] = value.into(),
        }
    }
    record
}

/// Issues a certificate from the CA in `data`, in the format of an older system. Returns the certificate in PEM.
fn issue(data: &Path, email_address: &str) -> String {
    let key = KeyPair::try_from(fs::read(data.join("ca-key.p8")).unwrap()).unwrap();
    let mut issuer = CertificateParams::default();
    issuer.distinguished_name = DistinguishedName::new();
    let country = DnValue::PrintableString("JP".try_into().unwrap());
    issuer.distinguished_name.push(DnType::CountryName, country);
    issuer.distinguished_name.push(DnType::OrganizationName, ORGANIZATION);
    issuer.distinguished_name.push(DnType::CommonName, COMMON_NAME);
    let mut params = CertificateParams::default();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    params.subject_alt_names = vec![SanType::Rfc822Name(email_address.try_into().unwrap())];
    let issued = params.signed_by(&KeyPair::generate().unwrap(), &Issuer::from_params(&issuer, &key));
    issued.unwrap().pem()
}
