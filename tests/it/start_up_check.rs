//! Tests that a damaged data folder is noticed at the start. The message names the file and the remedy. A damaged file
//! with which requests do no harm stops nothing else.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use local_stack::{Dispatcher, Stack, StackError};
use serde_json::json;
use shared::domain::HOUR;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::support::{Client, Crl, RawDatabase, demo_account, start_stack_in};

const COUPON: &str = "984940947";
const NEXT_COUPON: &str = "984940950";
const DATABASE: &str = "dynamodb.sqlite";
const TRANSACTIONS: &str = "dynamodb.sqlite-wal";
/// The time at which the damaged folders are started, in seconds after the first start.
const LATER: i64 = 2 * HOUR;
const REMEDIES: [&str; 3] = ["from a backup", "from one backup", "remove"];

/// Copies of one data folder at different times.
struct Snapshots {
    folder: TempDir,
    /// The serial number of the revoked certificate.
    revoked: String,
}

impl Snapshots {
    /// The first start is complete.
    const STARTED: &str = "started";
    /// The first start is complete, and a CRL was published after it.
    const PUBLISHED: &str = "published";
    /// A certificate was reissued, and the stack was not stopped.
    const KILLED: &str = "killed";
    /// A certificate was reissued, and the stack was stopped.
    const STOPPED: &str = "stopped";
    /// Another stack was started and stopped.
    const OTHER: &str = "other";

    fn of(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// The snapshots are taken in a thread, because a runtime closes its databases only when it ends.
static SNAPSHOTS: LazyLock<Snapshots> = LazyLock::new(|| std::thread::spawn(take_snapshots).join().unwrap());

fn take_snapshots() -> Snapshots {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join(Snapshots::STOPPED);
    for folder in [&folder.path().join(Snapshots::OTHER), &data] {
        drop(Runtime::new().unwrap().block_on(start_stack_in(folder, 0)).unwrap());
    }
    copy(&data, &folder.path().join(Snapshots::STARTED));
    Runtime::new().unwrap().block_on(async {
        let running = Running::start(&data, 0).await;
        running.dispatcher.drain().await.unwrap();
        for _ in 0..2 {
            running.dispatcher.publish_on_schedule().await;
        }
        running.dispatcher.renew_ocsp_responder().await;
        running.publish(NEXT_COUPON, "hanako").await;
    });
    copy(&data, &folder.path().join(Snapshots::PUBLISHED));
    let revoked = Runtime::new().unwrap().block_on(async {
        let running = Running::start(&data, LATER).await;
        let revoked = running.publish(COUPON, "taro").await;
        copy(&data, &folder.path().join(Snapshots::KILLED));
        revoked
    });
    Snapshots { folder, revoked }
}

/// A stack that serves requests.
struct Running {
    port: u16,
    dispatcher: Arc<Dispatcher>,
}

impl Running {
    async fn start(data: &Path, seconds: i64) -> Self {
        Self::serve(start_stack_in(data, seconds).await.unwrap())
    }

    fn serve(stack: Stack) -> Self {
        let port = stack.address().port();
        let (server, dispatcher) = stack.split();
        tokio::spawn(server.run());
        Self { port, dispatcher }
    }

    fn client(&self) -> Client {
        Client::new(self.port)
    }

    /// Reissues a certificate and publishes the CRLs. Returns the serial number of the revoked certificate.
    async fn publish(&self, coupon_number: &str, mailbox: &str) -> String {
        let mut client = self.client();
        let account = demo_account(&client, mailbox).await;
        let receipt = client.reissue(&account, coupon_number).await;
        self.dispatcher.drain().await.unwrap();
        receipt["serialNumber"].as_str().unwrap().to_owned()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// A copy of a snapshot, which a test damages.
struct Damaged(TempDir);

impl Damaged {
    fn of(snapshot: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&SNAPSHOTS.of(snapshot), folder.path());
        Self(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.file(name)).unwrap();
    }

    fn write(&self, name: &str, content: &[u8]) {
        fs::write(self.file(name), content).unwrap();
    }

    /// Removes the second half of the file.
    fn cut(&self, name: &str) {
        let content = fs::read(self.file(name)).unwrap();
        self.write(name, &content[..content.len() / 2]);
    }

    /// Replaces the file with the one of another snapshot.
    fn replace(&self, name: &str, snapshot: &str) {
        fs::copy(SNAPSHOTS.of(snapshot).join(name), self.file(name)).unwrap();
    }

    async fn start(&self) -> Result<Stack, StackError> {
        start_stack_in(self.0.path(), LATER).await
    }

    /// Starts the stack in vain. The message must contain each of the texts, and a remedy.
    #[track_caller]
    fn assert_refused(&self, texts: &[&str]) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let Err(refused) = self.start().await.map(drop) else { panic!("it started, at {caller}") };
            let message = refused.to_string();
            assert!(texts.iter().all(|text| message.contains(text)), "{message}, at {caller}");
            assert!(REMEDIES.iter().any(|remedy| message.contains(remedy)), "{message}, at {caller}");
            assert!(message.contains(self.0.path().to_str().unwrap()), "{message}, at {caller}");
        }
    }

    /// Starts the stack, which must warn with each of the texts. All other data must be served.
    async fn assert_served_with(&self, texts: &[&str]) {
        let stack = self.start().await.unwrap();
        let warnings = stack.warnings().join("\n");
        assert!(texts.iter().all(|text| warnings.contains(text)), "{texts:?} in {warnings}");
        let running = Running::serve(stack);
        running.dispatcher.drain().await.unwrap();
        let crl = Crl::fetch(&running.client()).await;
        assert!(crl.entry(&SNAPSHOTS.revoked).is_some(), "{texts:?}");
        // The credentials are read from the undamaged folder, because the demonstration may be the damaged file.
        let demo = fs::read_to_string(SNAPSHOTS.of(Snapshots::STOPPED).join("demo.jsonl")).unwrap();
        let line = demo.lines().find(|line| line.contains("ichiro")).unwrap();
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let account = serde_json::from_value(json!({
            "description": "",
            "emailAddress": record["application"]["emailAddress"],
            "applicationPassword": record["applicationPassword"],
            "certificateCode": record["certificateCode"],
            "couponNumbers": [record["couponNumber"]],
            "certificates": [record["certificate"]],
        }))
        .unwrap();
        let mut client = running.client();
        let receipt = client.reissue(&account, record["couponNumber"].as_str().unwrap()).await;
        running.dispatcher.drain().await.unwrap();
        let crl = Crl::fetch(&running.client()).await;
        for serial_number in [&SNAPSHOTS.revoked, receipt["serialNumber"].as_str().unwrap()] {
            assert!(crl.entry(serial_number).is_some(), "{texts:?}");
        }
    }

    /// Returns the files in this folder of the data folder and in its subfolders, in alphabetical order.
    fn files_in(&self, folder: &str) -> Vec<String> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.file(folder)).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{folder}/{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() { files.extend(self.files_in(&name)) } else { files.push(name) }
        }
        files.sort();
        files
    }

    fn last_file_in(&self, folder: &str) -> String {
        self.files_in(folder).pop().unwrap()
    }
}

const KEYS: [&str; 4] = ["ca-key.p8", "statement-key.p8", "ocsp-key.p8", "code-key"];

#[tokio::test]
async fn an_undamaged_folder_starts_without_a_warning() {
    for snapshot in [Snapshots::STARTED, Snapshots::PUBLISHED, Snapshots::STOPPED, Snapshots::KILLED] {
        let folder = Damaged::of(snapshot);
        for _ in 0..2 {
            assert_eq!(folder.start().await.unwrap().warnings(), [""; 0], "{snapshot}");
        }
    }
}

#[tokio::test]
async fn a_missing_key_is_named_and_not_created_again() {
    for name in KEYS.into_iter().chain(["ca.pem", "publication-url"]) {
        for snapshot in [Snapshots::STARTED, Snapshots::STOPPED] {
            let folder = Damaged::of(snapshot);
            folder.remove(name);
            folder.assert_refused(&[name, "is missing"]).await;
            assert!(!folder.file(name).exists(), "{name}");
        }
    }
}

#[tokio::test]
async fn a_replaced_key_is_named() {
    for name in KEYS.into_iter().chain(["ca.pem"]) {
        for snapshot in [Snapshots::STARTED, Snapshots::STOPPED] {
            let folder = Damaged::of(snapshot);
            folder.replace(name, Snapshots::OTHER);
            folder.assert_refused(&[name, "replaced"]).await;
        }
    }
    let folder = Damaged::of(Snapshots::STOPPED);
    for name in ["ca-key.p8", "ca.pem"] {
        folder.replace(name, Snapshots::OTHER);
    }
    folder.assert_refused(&["ca-key.p8 is not the key", "replaced"]).await;
}

#[tokio::test]
async fn a_cut_key_or_certificate_is_named() {
    for name in KEYS.into_iter().chain(["ca.pem"]) {
        let folder = Damaged::of(Snapshots::STOPPED);
        folder.cut(name);
        folder.assert_refused(&[name]).await;
    }
}

#[tokio::test]
async fn a_folder_of_an_earlier_version_gets_its_fingerprints() {
    let folder = Damaged::of(Snapshots::STOPPED);
    let database = RawDatabase::open(&folder.file(DATABASE)).await;
    database.delete("registry", &json!({ "pk": "KEYS", "sk": "FINGERPRINTS" })).await;
    drop(folder.start().await.unwrap());
    folder.replace("ocsp-key.p8", Snapshots::OTHER);
    folder.assert_refused(&["ocsp-key.p8"]).await;
}

#[tokio::test]
async fn a_missing_empty_or_damaged_database_is_named() {
    let folder = Damaged::of(Snapshots::STOPPED);
    folder.remove(DATABASE);
    folder.assert_refused(&[DATABASE, "is missing"]).await;
    folder.write(DATABASE, b"");
    folder.assert_refused(&[DATABASE, "is empty"]).await;
    folder.replace(DATABASE, Snapshots::STOPPED);
    folder.cut(DATABASE);
    folder.assert_refused(&[DATABASE, "is damaged"]).await;
    folder.write(DATABASE, &[b'x'; 10_000]);
    folder.assert_refused(&[DATABASE, "is not a database"]).await;
}

#[tokio::test]
async fn lost_transactions_are_noticed_after_a_kill() {
    let folder = Damaged::of(Snapshots::KILLED);
    folder.remove(TRANSACTIONS);
    for _ in 0..2 {
        folder.assert_refused(&[TRANSACTIONS, "is missing", "the latest transactions are lost"]).await;
    }
}

#[tokio::test]
async fn a_database_that_is_older_than_other_files_is_named() {
    for snapshot in [Snapshots::STARTED, Snapshots::PUBLISHED] {
        let folder = Damaged::of(Snapshots::STOPPED);
        folder.replace(DATABASE, snapshot);
        folder.assert_refused(&[DATABASE, "is older than the published CRL", "complete.crl"]).await;
    }
    // Each kind of newer file is sufficient.
    for (kept, newer) in [
        ("state/audit", "the object audit/lines/"),
        ("state/revoked", "the CRL segment"),
        ("objects", "the published CRL"),
        ("mails", "the sent email"),
    ] {
        let folder = Damaged::of(Snapshots::STARTED);
        copy(&SNAPSHOTS.of(Snapshots::STOPPED).join(kept), &folder.file(kept));
        folder.assert_refused(&[DATABASE, "is older than", newer]).await;
    }
}

#[tokio::test]
async fn a_database_of_another_folder_is_noticed() {
    let folder = Damaged::of(Snapshots::STOPPED);
    folder.replace(DATABASE, Snapshots::OTHER);
    folder.assert_refused(&[DATABASE, "is older than", "ca-key.p8", "code-key"]).await;
}

#[tokio::test]
async fn another_publication_url_is_noticed() {
    let folder = Damaged::of(Snapshots::STOPPED);
    folder.write("publication-url", b"http://localhost:1");
    folder.assert_refused(&["objects/crl/shard-", "another publication URL", "publication-url"]).await;
    folder.write("publication-url", b"no URL");
    folder.assert_refused(&["publication-url"]).await;
}

#[tokio::test]
async fn other_small_files_are_named() {
    let folder = Damaged::of(Snapshots::STOPPED);
    folder.write("compromised-keys", b"no hash\n");
    folder.assert_refused(&["compromised-keys"]).await;
    folder.remove("compromised-keys");
    folder.remove("layout");
    folder.assert_refused(&["layout"]).await;
}

#[tokio::test]
async fn a_cut_email_stops_nothing_else() {
    let folder = Damaged::of(Snapshots::STOPPED);
    folder.cut("mails/00000001.json");
    folder.assert_served_with(&["mails/00000001.json cannot be read"]).await;
}

#[tokio::test]
async fn a_damaged_demonstration_stops_nothing_else() {
    let folder = Damaged::of(Snapshots::STOPPED);
    let content = fs::read(folder.file("demo.jsonl")).unwrap();
    folder.write("demo.jsonl", &content[..content.len() - 100]);
    folder.assert_served_with(&["demo.jsonl: line 7: ", "from a backup"]).await;
    let folder = Damaged::of(Snapshots::STOPPED);
    folder.remove("demo.jsonl");
    folder.assert_served_with(&["demo.jsonl is missing", "from a backup"]).await;
}

#[tokio::test]
async fn a_damaged_segment_is_rebuilt_from_the_database() {
    type Damage = fn(&Damaged, &str);
    let damages: [(Damage, &str); 4] = [
        (|folder, segment| folder.remove(segment), "is missing"),
        (|folder, segment| folder.cut(segment), "cannot be read"),
        (|folder, segment| folder.write(segment, b"what is this?"), "cannot be read"),
        (|folder, segment| folder.write(segment, b""), "is missing"),
    ];
    for (damage, fault) in damages {
        let folder = Damaged::of(Snapshots::STOPPED);
        let segment = folder.last_file_in("state/revoked");
        let before = fs::read(folder.file(&segment)).unwrap();
        damage(&folder, &segment);
        folder.assert_served_with(&[&format!("{segment} {fault}"), "the stack repaired it"]).await;
        assert!(fs::read(folder.file(&segment)).unwrap().starts_with(&before), "{segment}");
    }
}

#[tokio::test]
async fn a_file_without_a_segment_name_stops_nothing_else() {
    let folder = Damaged::of(Snapshots::STOPPED);
    folder.write("state/revoked/surprise", b"?");
    folder.assert_served_with(&["state/revoked/surprise does not have the name", "remove the file"]).await;
}

#[tokio::test]
async fn a_damaged_crl_is_published_again() {
    let complete = "objects/crl/complete.crl";
    for name in [complete, "objects/crl/shard-0.crl"] {
        let folder = Damaged::of(Snapshots::STOPPED);
        folder.remove(name);
        folder.assert_served_with(&[&format!("{name} is missing"), "the stack repaired it"]).await;
        let folder = Damaged::of(Snapshots::STOPPED);
        folder.cut(name);
        folder.assert_served_with(&[&format!("{name} is not a valid CRL"), "the stack repaired it"]).await;
    }
    let folder = Damaged::of(Snapshots::STOPPED);
    let name = changed_shard(&folder);
    folder.replace(&name, Snapshots::PUBLISHED);
    folder.assert_served_with(&[&name, "revocations were listed on", "the stack repaired it"]).await;
    let folder = Damaged::of(Snapshots::STOPPED);
    folder.replace(complete, Snapshots::PUBLISHED);
    folder.assert_served_with(&[complete, "is older than revocations", "the stack repaired it"]).await;
}

/// Returns the CRL of the shard that lists the certificate that was revoked after [`Snapshots::PUBLISHED`].
fn changed_shard(folder: &Damaged) -> String {
    let names = (0..4).map(|shard| format!("objects/crl/shard-{shard}.crl"));
    let is_changed = |name: &String| {
        fs::read(folder.file(name)).unwrap()
            != fs::read(SNAPSHOTS.of(Snapshots::PUBLISHED).join(name)).unwrap()
    };
    names.into_iter().find(is_changed).unwrap()
}

#[tokio::test]
async fn a_damaged_object_of_the_audit_log_stops_nothing_else() {
    type Damage = fn(&Damaged, &str);
    let damages: [(Damage, &str); 3] = [
        (|folder, object| folder.remove(object), "is missing"),
        (|folder, object| folder.cut(object), "does not continue the audit log"),
        (|folder, object| folder.write(object, b""), "cannot be read"),
    ];
    for (damage, fault) in damages {
        for number in [0, 1] {
            let folder = Damaged::of(Snapshots::STOPPED);
            let object = folder.files_in("state/audit/lines")[number].clone();
            damage(&folder, &object);
            folder.assert_served_with(&[&format!("{object} {fault}"), "from a backup"]).await;
        }
    }
    let folder = Damaged::of(Snapshots::STOPPED);
    let checkpoint = folder.last_file_in("state/audit/checkpoints");
    folder.cut(&checkpoint);
    folder.assert_served_with(&[&format!("{checkpoint} is not a checkpoint"), "from a backup"]).await;
    let folder = Damaged::of(Snapshots::STOPPED);
    folder.remove(&checkpoint);
    folder.assert_served_with(&[&format!("{checkpoint} is missing"), "from a backup"]).await;
}

#[tokio::test]
async fn a_lost_folder_stops_nothing_else() {
    for (name, texts) in [
        ("objects", ["objects/crl/complete.crl is missing", "the stack repaired it"]),
        ("state", ["state/audit/lines/000000000001.jsonl is missing", "the stack repaired it"]),
    ] {
        let folder = Damaged::of(Snapshots::STOPPED);
        fs::remove_dir_all(folder.file(name)).unwrap();
        folder.assert_served_with(&texts).await;
    }
    let folder = Damaged::of(Snapshots::STOPPED);
    fs::remove_dir_all(folder.file("mails")).unwrap();
    folder.assert_served_with(&[]).await;
}

#[tokio::test]
async fn an_unreadable_row_stops_nothing_else() {
    let folder = Damaged::of(Snapshots::STOPPED);
    let database = RawDatabase::open(&folder.file(DATABASE)).await;
    database.put("revocations", &json!({ "pk": "0bad", "unlisted": "crl" })).await;
    database.put("outbox", &json!({ "pk": "bad-row", "pending": "mail", "due_at": 0, "effect": "?" })).await;
    database.put("registry", &json!({ "pk": "OCSP#RESPONDER", "sk": "RESPONDER" })).await;
    let rows = ["0bad", "bad-row", "OCSP#RESPONDER RESPONDER"];
    let texts = rows.map(|row| format!("the row {row} in "));
    let mut texts: Vec<_> = texts.iter().map(String::as_str).collect();
    texts.push("from a backup");
    folder.assert_served_with(&texts).await;
}
