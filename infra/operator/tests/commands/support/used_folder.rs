use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use dynoxide::Database;
use local_stack::{DataFolder, DemoAccount, Stack, StackOptions, default_site};
use serde_json::json;
use shared::{
    adapters::system::{SystemClock, SystemEntropy},
    domain::{
        application::AddressChangeHold,
        fields::{Field, Language},
        numbers::SerialNumber,
        ocsp::NoncePolicy,
        revocation::RevocationTiming,
        session::SessionToken,
    },
    ports::Clock,
    store::Store,
    use_cases::{
        identity_check::CredentialsInput,
        save_application::{ApplicationInput, save_application},
        select_certificate::select_certificate,
        session_context::SessionContext,
        submit_application::{SubmissionInput, SubmitApplication},
    },
    wiring::{self, Backend},
};
use tempfile::TempDir;

/// The data folder of a local stack that was started once. It contains the demonstration data.
pub(crate) struct UsedFolder {
    folder: TempDir,
    accounts: Vec<DemoAccount>,
}

impl UsedFolder {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = StackOptions {
            port: 0,
            https: false,
            data_dir: folder.path().to_owned(),
            site: default_site(),
            timing: RevocationTiming::Submission,
            ocsp_nonces: NoncePolicy::default(),
            hold: AddressChangeHold::default(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            around_ports: |ports| ports,
        };
        let accounts = block_on(async { Stack::start(options).await.unwrap().accounts().to_vec() });
        Self { folder, accounts }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the path of the entry `name` in the folder, as a command-line argument.
    pub(crate) fn file(&self, name: &str) -> String {
        super::path(self.path(), name)
    }

    /// Writes `content` to the file `name` in the folder. Returns the path as a command-line argument.
    pub(crate) fn write(&self, name: &str, content: &str) -> String {
        fs::write(self.path().join(name), content).unwrap();
        self.file(name)
    }

    /// Submits an application of the first subscriber, which revokes the old certificate. Returns the serial number of
    /// the revoked certificate.
    pub(crate) fn reissue(&self) -> SerialNumber {
        self.reissue_to(None)
    }

    /// Submits an application like [`Self::reissue`]. If `email_address` is `Some`, the application names this address,
    /// and its codes are held until an officer approves the address.
    pub(crate) fn reissue_to(&self, email_address: Option<&str>) -> SerialNumber {
        block_on(async {
            let folder = DataFolder::open(PathBuf::from(self.path())).unwrap();
            let store = folder.store().await.unwrap();
            let account = &self.accounts[0];
            let token = authenticate(&folder, account).await;
            submit(&folder, &store, &token, account, email_address).await
        })
    }

    /// Adds an unreadable row to the revocations that are waiting for a CRL.
    pub(crate) fn add_unreadable_revocation(&self, key: &str) {
        let database = Database::new(&self.file("dynamodb.sqlite")).unwrap();
        let request = json!({
            "TableName": "cert-reissue-local-revocations",
            "Item": { "pk": { "S": key }, "unlisted": { "S": "crl" } },
        });
        database.put_item(serde_json::from_value(request).unwrap()).unwrap();
    }
}

async fn authenticate(folder: &DataFolder, account: &DemoAccount) -> SessionToken {
    let check = wiring::identity_check(folder).await.unwrap();
    let credentials = CredentialsInput {
        email_address: Some(account.email_address.clone()),
        application_password: Some(account.application_password.clone()),
        certificate_code: Some(account.certificate_code.clone()),
        sign_in_code: None,
    };
    check.authenticate(&credentials, Language::Ja, None).await.unwrap().0
}

/// Completes steps 3 to 6 with the pre-filled fields, except for the email address if it is `Some`.
async fn submit(
    folder: &DataFolder,
    store: &Store,
    token: &SessionToken,
    account: &DemoAccount,
    email_address: Option<&str>,
) -> SerialNumber {
    let (now, coupon_number) = (SystemClock.now(), account.coupon_numbers[0].parse().unwrap());
    select_certificate(store, token, &coupon_number, true, now).await.unwrap();
    let context = SessionContext::open(store, token, now).await.unwrap();
    let (_, draft) = context.selected(now).unwrap();
    let entered = ApplicationInput {
        coupon_number: Some(coupon_number.clone()),
        version: Some(draft.version()),
        fields: draft
            .fields()
            .texts()
            .filter_map(|(field, text)| match field {
                Field::EmailAddress => Some((field, email_address.or(text)?.to_owned())),
                _ => Some((field, text?.to_owned())),
            })
            .collect(),
        ..ApplicationInput::default()
    };
    let saved = save_application(store, token, &entered, now).await.unwrap();

    let submit = SubmitApplication {
        store: store.clone(),
        passwords: folder.passwords().unwrap(),
        statements: folder.statement_signer().await.unwrap(),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        timing: RevocationTiming::Submission,
        hold: AddressChangeHold::Officer,
    };
    let shown = SubmissionInput {
        coupon_number: Some(coupon_number),
        version: Some(saved.version),
        application_password: Some(account.application_password.clone()),
        ..SubmissionInput::default()
    };
    submit.submit(token, "operator-test", &shown, Language::Ja).await.unwrap().certificate.serial_number
}

/// Runs `work` in a new Tokio runtime. The runtime and its database server stop when `work` returns.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}
