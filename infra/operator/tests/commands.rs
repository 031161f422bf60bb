//! The tool as operators use it: the program on a data folder, its files judged by openssl.
#![allow(
    clippy::unwrap_used,
    reason = "all of this binary is a test; clippy only excuses the test functions themselves"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use local_stack::DataFolder;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, Issuer, KeyPair, SanType,
};

const ORGANIZATION: &str = "Operator Test K.K.";
const COMMON_NAME: &str = "Operator Test CA";
const CREATE_ROOT: [&str; 8] =
    ["ca", "create-root", "--organization", ORGANIZATION, "--common-name", COMMON_NAME, "--days", "3650"];

/// What a program said and how it ended.
struct Ended {
    code: Option<i32>,
    output: String,
    errors: String,
}

fn run(program: &str, arguments: &[&str]) -> Ended {
    // Without what the environment of the tests might say of a deployment.
    let output = Command::new(program).args(arguments).env_remove("CA_KEY_ID").output().unwrap();
    Ended {
        code: output.status.code(),
        output: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

fn operator(data: &Path, arguments: &[&str]) -> Ended {
    let data = ["--data", data.to_str().unwrap()];
    run(env!("CARGO_BIN_EXE_cert-reissue-operator"), &[&data, arguments].concat())
}

fn openssl(arguments: &[&str]) -> String {
    let ended = run("openssl", arguments);
    assert_eq!(ended.code, Some(0), "{arguments:?}: {}{}", ended.output, ended.errors);
    ended.output
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn a_root_is_made_once() {
    let data = tempfile::tempdir().unwrap();
    let made = operator(data.path(), &CREATE_ROOT);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    let ca = path(data.path(), "ca.pem");
    openssl(&["verify", "-x509_strict", "-check_ss_sig", "-CAfile", &ca, &ca]);
    let subject = openssl(&["x509", "-in", &ca, "-noout", "-subject", "-nameopt", "RFC2253"]);
    assert_eq!(subject, format!("subject=CN={COMMON_NAME},O={ORGANIZATION},C=JP\n"));
    // The setting, the published file and the PEM are one certificate.
    let der = fs::read(data.path().join("ca.cer")).unwrap();
    let setting = made.output.trim().strip_prefix("CA_CERTIFICATE=").unwrap();
    assert_eq!(data_encoding::BASE64.decode(setting.as_bytes()).as_deref(), Ok(&der[..]));
    openssl(&["verify", "-CAfile", &ca, &path(data.path(), "ca.cer")]);

    let before = fs::read(&ca).unwrap();
    let again = operator(data.path(), &CREATE_ROOT);
    assert_eq!((again.code, again.output.as_str()), (Some(1), ""));
    assert!(again.errors.contains("ca.pem"), "{}", again.errors);
    assert_eq!(fs::read(&ca).unwrap(), before);
}

#[test]
fn a_parents_certificate_is_requested_checked_and_taken() {
    let (data, parent) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let requested = operator(
        data.path(),
        &["ca", "request-certificate", "--organization", ORGANIZATION, "--common-name", COMMON_NAME],
    );
    assert_eq!(requested.code, Some(0), "{}", requested.errors);
    let issued = certify(parent.path(), &path(data.path(), "ca-request.pem"));
    let stranger = tempfile::tempdir().unwrap();
    let others = make_parent(stranger.path());

    let import =
        |parents: &str| operator(data.path(), &["ca", "import-certificate", &issued, "--parents", parents]);
    let refused = import(&others);
    assert_eq!(refused.code, Some(1));
    assert!(refused.errors.contains("was not issued by the one after it"), "{}", refused.errors);
    assert!(!data.path().join("ca.pem").exists());

    let root = path(parent.path(), "root.pem");
    let taken = import(&root);
    assert_eq!(taken.code, Some(0), "{}", taken.errors);
    assert!(taken.output.starts_with("CA_CERTIFICATE="));
    openssl(&["verify", "-x509_strict", "-CAfile", &root, &path(data.path(), "ca.pem")]);
}

/// An offline root in `folder`.
fn make_parent(folder: &Path) -> String {
    let (key, root) = (path(folder, "root.key"), path(folder, "root.pem"));
    openssl(&[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-384",
        "-nodes",
        "-keyout",
        &key,
        "-subj",
        "/C=JP/O=Parent/CN=Offline Root",
        "-days",
        "9000",
        "-out",
        &root,
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
    ]);
    root
}

/// What a new offline root in `folder` issues for a request.
fn certify(folder: &Path, request: &str) -> String {
    let root = make_parent(folder);
    let (extensions, issued) = (path(folder, "extensions"), path(folder, "issued.pem"));
    let lines = "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n\
                 subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
    fs::write(&extensions, lines).unwrap();
    openssl(&[
        "x509",
        "-req",
        "-in",
        request,
        "-CA",
        &root,
        "-CAkey",
        &path(folder, "root.key"),
        "-set_serial",
        "0x1234567890abcdef",
        "-days",
        "3650",
        "-extfile",
        &extensions,
        "-out",
        &issued,
    ]);
    issued
}

#[test]
fn good_records_are_imported_and_bad_ones_reported() {
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
    assert_eq!(imported.output, "1 registered, 0 registered before, 2 refused\n", "{}", imported.errors);
    assert_eq!(imported.code, Some(3));
    // The PEM of the first record takes lines of its own, and the rest of the record one more.
    let second_line = 3 + first.lines().count();
    assert!(
        imported.errors.contains(&format!("line {second_line}: certificate: neither PEM")),
        "{}",
        imported.errors
    );
    assert!(
        imported.errors.contains("emailAddress: not the one that the certificate names"),
        "{}",
        imported.errors
    );

    // The same record in the other form is the same record.
    let lines = data.path().join("records.jsonl");
    fs::write(&lines, format!("{}\n\n{{}}\n", json_line(&first, "100", "ichiro@example.jp"))).unwrap();
    let again = operator(data.path(), &["certificates", "import", lines.to_str().unwrap()]);
    assert_eq!(again.output, "0 registered, 1 registered before, 1 refused\n", "{}", again.errors);
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

/// A certificate of the CA in `data`, as an older system would have issued it, PEM.
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

#[test]
fn a_folder_that_is_in_use_is_left_alone() {
    let data = tempfile::tempdir().unwrap();
    let _held = DataFolder::open(PathBuf::from(data.path())).unwrap();
    let refused = operator(data.path(), &CREATE_ROOT);
    assert_eq!(refused.code, Some(1));
    assert!(refused.errors.contains("another process uses the data folder"), "{}", refused.errors);
}

#[test]
fn unsafe_and_unknown_arguments_are_refused() {
    let data = tempfile::tempdir().unwrap();
    let mut short_lived = CREATE_ROOT;
    short_lived[7] = "30";
    let refused = operator(data.path(), &short_lived);
    assert_eq!(refused.code, Some(1));
    assert!(refused.errors.contains("valid for 1650 to 9132 days"), "{}", refused.errors);
    assert!(!data.path().join("ca.pem").exists());

    let program = env!("CARGO_BIN_EXE_cert-reissue-operator");
    assert_eq!(run(program, &["ca", "destroy"]).code, Some(2));
    let without_key = run(program, &CREATE_ROOT);
    assert_eq!(without_key.code, Some(1));
    assert!(without_key.errors.contains("CA_KEY_ID is not set"), "{}", without_key.errors);
    let help = run(program, &["ca", "create-root", "--help"]);
    assert_eq!(help.code, Some(0));
    assert!(help.output.contains("Example:"), "{}", help.output);
}
