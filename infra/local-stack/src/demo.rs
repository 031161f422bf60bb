//! Creates the demonstration data: one organisation whose subscribers have certificates in every state.
//!
//! When the stack first starts, it writes the demonstration to a file of import records. At every start, the stack
//! registers the records in this file, which completes an interrupted registration.

use std::{fs, io, path::Path, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared::{
    domain::{
        DAY, Timestamp,
        certificate_code::CertificateCode,
        contact::EmailAddress,
        fields::{Field, Rule},
        numbers::{CorporateNumber, NumberError},
        text::RecordedName,
    },
    edge,
    pki::{SubjectName, Validity, ValidityError},
    ports::{Entropy, PortError},
    refusal::Failure,
    use_cases::register_certificates::RegisterCertificates,
};

use crate::{
    adapters::files,
    demo_ca::{DemoCa, DemoCaError},
};

const ORGANIZATION_EN: &str = "Sample Trading K.K.";
/// A corporate number with a valid check digit that is not assigned to any organisation.
const CORPORATE_NUMBER: &str = "9000000000000";

/// The values that differ between demonstrations on the same stack.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DemoNames {
    /// The domain of all email addresses.
    pub domain: String,
    /// The common prefix of all coupon numbers, with at most seven digits.
    pub coupon_prefix: String,
}

impl Default for DemoNames {
    fn default() -> Self {
        Self { domain: "example.co.jp".to_owned(), coupon_prefix: String::new() }
    }
}

/// The credentials of a demonstration subscriber, and the certificates to which they give access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoAccount {
    /// A short description of the certificates, for display.
    pub description: String,
    /// 電子メールアドレス
    pub email_address: String,
    /// 申請パスワード
    pub application_password: String,
    /// 証明書コード
    pub certificate_code: String,
    /// The coupon numbers of the certificates to which the credentials give access.
    pub coupon_numbers: Vec<String>,
    /// The certificates in PEM, in the order of `coupon_numbers`.
    pub certificates: Vec<String>,
}

/// The reason why the demonstration cannot be created or registered.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The demonstration file cannot be read or written.
    #[error("the demonstration file cannot be read or written: {0}")]
    Io(#[from] io::Error),
    /// A record of the demonstration is invalid.
    #[error("a record of the demonstration is invalid: {0}")]
    Json(#[from] serde_json::Error),
    /// A certificate could not be issued.
    #[error(transparent)]
    Ca(#[from] DemoCaError),
    /// A number in the demonstration data is invalid.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// A name or an email address in the demonstration data is invalid.
    #[error(transparent)]
    Text(#[from] Rule),
    /// A validity period in the demonstration data is invalid.
    #[error(transparent)]
    Validity(#[from] ValidityError),
    /// The random number generator or another port failed.
    #[error(transparent)]
    Port(#[from] PortError),
    /// The registration failed.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// A record was refused. The values are the line number of the record and the reason.
    #[error("record {0} of the demonstration was refused: {1}")]
    Refused(usize, String),
}

/// The values that differ between demonstration certificates.
struct Plan {
    description: &'static str,
    name_ja: &'static str,
    name_en: &'static str,
    mailbox: &'static str,
    password: &'static str,
    code: Code,
    coupon_number: &'static str,
    valid_from_days: i64,
    valid_for_days: i64,
    revoked: bool,
}

#[derive(Clone, Copy)]
enum Code {
    OfThisSystem,
    Older(&'static str),
}

const PLANS: [Plan; 7] = [
    Plan {
        description: "an active certificate",
        name_ja: "見本 太郎",
        name_en: "Mihon Taro",
        mailbox: "taro",
        password: "sakura-2024-melon",
        code: Code::OfThisSystem,
        coupon_number: "984940947",
        valid_from_days: -365,
        valid_for_days: 400,
        revoked: false,
    },
    Plan {
        description: "two certificates with one code from an older system",
        name_ja: "佐藤 花子",
        name_en: "Sato Hanako",
        mailbox: "hanako",
        password: "momiji-2023-kaze",
        code: Code::Older("Hk7-Qp2x"),
        coupon_number: "984940950",
        valid_from_days: -200,
        valid_for_days: 500,
        revoked: false,
    },
    Plan {
        description: "two certificates with one code from an older system",
        name_ja: "佐藤 花子",
        name_en: "Sato Hanako",
        mailbox: "hanako",
        password: "momiji-2023-kaze",
        code: Code::Older("Hk7-Qp2x"),
        coupon_number: "984940951",
        valid_from_days: -100,
        valid_for_days: 600,
        revoked: false,
    },
    Plan {
        description: "31 days left at the first start: reissuable for one more day",
        name_ja: "鈴木 一郎",
        name_en: "Suzuki Ichiro",
        mailbox: "ichiro",
        password: "tsubaki-2022-yuki",
        code: Code::OfThisSystem,
        coupon_number: "984940961",
        valid_from_days: -700,
        valid_for_days: 31,
        revoked: false,
    },
    Plan {
        description: "30 days left at the first start: no longer reissuable",
        name_ja: "高橋 次郎",
        name_en: "Takahashi Jiro",
        mailbox: "jiro",
        password: "botan-2022-hoshi",
        code: Code::OfThisSystem,
        coupon_number: "984940962",
        valid_from_days: -700,
        valid_for_days: 30,
        revoked: false,
    },
    Plan {
        description: "an expired certificate",
        name_ja: "田中 三奈",
        name_en: "Tanaka Mina",
        mailbox: "mina",
        password: "ajisai-2021-ame",
        code: Code::OfThisSystem,
        coupon_number: "984940963",
        valid_from_days: -800,
        valid_for_days: -10,
        revoked: false,
    },
    Plan {
        description: "a revoked certificate",
        name_ja: "渡辺 四朗",
        name_en: "Watanabe Shiro",
        mailbox: "shiro",
        password: "kiku-2023-tsuki",
        code: Code::OfThisSystem,
        coupon_number: "984940964",
        valid_from_days: -300,
        valid_for_days: 450,
        revoked: true,
    },
];

/// Creates additional demonstrations on request. The client receives their credentials, which are not stored in the
/// demonstration file.
pub(crate) struct Demonstrations {
    pub(crate) ca: DemoCa,
    pub(crate) registration: Arc<RegisterCertificates>,
}

impl Demonstrations {
    pub(crate) async fn add(&self, names: &DemoNames) -> Result<Vec<DemoAccount>, DemoError> {
        let RegisterCertificates { clock, entropy, .. } = self.registration.as_ref();
        let records = make_records(names, &self.ca, clock.now(), entropy.as_ref()).await?;
        register(&records, &self.registration).await
    }
}

/// The demonstration in the data folder.
pub(crate) struct LoadedDemo {
    pub(crate) accounts: Vec<DemoAccount>,
    /// A warning for each record that cannot be registered.
    pub(crate) warnings: Vec<String>,
}

/// Registers the records in `file` and returns their credentials. Creates the file in a new data folder. A file that is
/// missing in a used folder is not created, because its certificates are registered and would be issued again.
pub(crate) async fn load(
    file: &Path,
    was_used: bool,
    ca: &DemoCa,
    registration: &RegisterCertificates,
    entropy: &dyn Entropy,
) -> Result<LoadedDemo, DemoError> {
    let restore = "restore it from a backup of the data folder; everything else is served";
    if !file.try_exists()? {
        if was_used {
            let warning = format!("{} is missing, so no credentials are shown; {restore}", file.display());
            return Ok(LoadedDemo { accounts: Vec::new(), warnings: vec![warning] });
        }
        let records = make_records(&DemoNames::default(), ca, registration.clock.now(), entropy).await?;
        files::create(file, records.as_bytes())?;
    }
    let bytes = fs::read(file)?;
    let records = String::from_utf8_lossy(&bytes);
    let report = registration.register_records(edge::certificate_records(&records)).await?;
    let refused = report.refused.into_iter();
    let warnings =
        refused.map(|(line, reason)| format!("{}: line {line}: {reason}; {restore}", file.display()));
    let readable = records.lines().filter_map(|line| serde_json::from_str(line).ok());
    Ok(LoadedDemo { accounts: accounts_of(readable), warnings: warnings.collect() })
}

/// Creates a demonstration without registering it. Returns its import records and the credentials that work after an
/// import.
///
/// # Errors
///
/// Returns [`DemoError`], for example if the CA's signer fails.
pub async fn demonstration(
    names: &DemoNames,
    ca: &DemoCa,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<(String, Vec<DemoAccount>), DemoError> {
    let records = make_records(names, ca, now, entropy).await?;
    let accounts = accounts(&records)?;
    Ok((records, accounts))
}

async fn register(records: &str, registration: &RegisterCertificates) -> Result<Vec<DemoAccount>, DemoError> {
    let report = registration.register_records(edge::certificate_records(records)).await?;
    match report.refused.into_iter().next() {
        Some((line, reason)) => Err(DemoError::Refused(line, reason)),
        None => accounts(records),
    }
}

async fn make_records(
    names: &DemoNames,
    ca: &DemoCa,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<String, DemoError> {
    let organization_identifier = CORPORATE_NUMBER.parse::<CorporateNumber>()?.to_organization_identifier();
    let organization = RecordedName::try_from(ORGANIZATION_EN.to_owned())?.to_directory_string();
    let mut lines = String::new();
    for plan in &PLANS {
        let email_address = format!("{}@{}", plan.mailbox, names.domain);
        let coupon_number = format!("{}{}", names.coupon_prefix, plan.coupon_number);
        let name = RecordedName::try_from(plan.name_en.to_owned())?.to_directory_string();
        let subject =
            SubjectName::new(organization.clone(), organization_identifier.clone(), name.clone(), &name);
        let mailbox = email_address.parse::<EmailAddress>()?.as_rfc822_name().clone();
        // If an operator created the CA, its validity can start later than the planned validity.
        let from = now.plus(plan.valid_from_days * DAY).max(ca.authority().not_before());
        let to = now.plus(plan.valid_for_days * DAY);
        if to < from {
            continue;
        }
        let certificate = ca.issue(subject, mailbox, Validity::try_from((from, to))?, entropy).await?;
        let record = record(plan, &email_address, &coupon_number, &certificate.pem(), now, entropy)?;
        lines.push_str(&record.to_string());
        lines.push('\n');
    }
    Ok(lines)
}

fn record(
    plan: &Plan,
    email_address: &str,
    coupon_number: &str,
    certificate: &str,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Value, DemoError> {
    let code = match plan.code {
        Code::Older(code) => code.to_owned(),
        Code::OfThisSystem => {
            let mut secret = [0; 32];
            entropy.fill(&mut secret)?;
            CertificateCode::from_secret(&secret).to_display()
        }
    };
    let revoked = plan
        .revoked
        .then(|| json!({ "reason": "affiliationChanged", "at": now.plus(-20 * DAY).to_rfc3339() }));
    Ok(json!({
        "description": plan.description,
        "certificate": certificate,
        "couponNumber": coupon_number,
        "certificateCode": code,
        "applicationPassword": plan.password,
        "companyCode": "984940947",
        "corporateNumber": CORPORATE_NUMBER,
        "organizationNameJa": "株式会社サンプル商事",
        "organizationNameEn": ORGANIZATION_EN,
        "subscriberNameJa": plan.name_ja,
        "subscriberNameEn": plan.name_en,
        "revoked": revoked,
        "application": application(email_address),
    }))
}

/// Returns application fields that use `email_address`, the sample organisation's building, and example values for all
/// other fields.
fn application(email_address: &str) -> Value {
    let mut fields: Map<_, _> = Field::APPLICATION
        .iter()
        .map(|field| (field.name().to_owned(), json!(field.spec().example)))
        .collect();
    fields.insert(Field::Building.name().to_owned(), json!("サンプルビル13F"));
    fields.insert(Field::EmailAddress.name().to_owned(), json!(email_address));
    Value::Object(fields)
}

/// The members of an import record from which a [`DemoAccount`] is created.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credentials {
    description: String,
    certificate: String,
    coupon_number: String,
    certificate_code: String,
    application_password: String,
    application: Mailbox,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mailbox {
    email_address: String,
}

fn accounts(records: &str) -> Result<Vec<DemoAccount>, DemoError> {
    let read: Result<Vec<_>, _> = records.lines().map(serde_json::from_str).collect();
    Ok(accounts_of(read?))
}

/// Returns one account for each certificate code.
fn accounts_of(records: impl IntoIterator<Item = Credentials>) -> Vec<DemoAccount> {
    let mut accounts: Vec<DemoAccount> = Vec::new();
    for read in records {
        match accounts.iter_mut().find(|account| account.certificate_code == read.certificate_code) {
            Some(account) => {
                account.coupon_numbers.push(read.coupon_number);
                account.certificates.push(read.certificate);
            }
            None => accounts.push(DemoAccount {
                description: read.description,
                email_address: read.application.email_address,
                application_password: read.application_password,
                certificate_code: read.certificate_code,
                coupon_numbers: vec![read.coupon_number],
                certificates: vec![read.certificate],
            }),
        }
    }
    accounts
}
