//! Tests that kill the real program with `kill -9` and restart it. The program does not lose accepted data, and
//! completes pending effects after the restart.

use std::{fs, time::Duration};

use serde_json::Value;
use tokio::time::timeout;

use crate::support::{Client, Crl, KEY, Program, code_in, demo_account, kill_when, until};

const COUPON: &str = "984940947";

/// Waits until the email has been sent, and returns the receipt.
async fn settled_receipt(client: &Client, number: &Value) -> Value {
    until(async || {
        let receipt = client.receipt(number).await.ok();
        receipt["mail"]["sentAt"].is_string().then_some(receipt)
    })
    .await
}

/// Waits until the CRL lists the certificate, and returns the CRL.
async fn crl_with(client: &Client, serial_number: &str) -> Crl {
    until(async || {
        if client.get("/crl/complete.crl").await.status != 200 {
            return None;
        }
        let crl = Crl::fetch(client).await;
        crl.entry(serial_number).is_some().then_some(crl)
    })
    .await
}

#[tokio::test]
async fn an_accepted_application_survives_a_kill_and_its_effects_complete() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[]).await;
    let mut client = program.client();
    let account = demo_account(&client, "taro").await;
    let version = client.walk_to_review(&account, COUPON).await;
    let accepted = client.submit(COUPON, version, KEY).await.ok();
    program.kill().await;

    let mut first_code = None;
    // Each round restarts the program, waits for the effects and kills the program again.
    for _ in 0..3 {
        let program = Program::start(folder.path(), &[]).await;
        let mut after = program.client();
        after.cookie.clone_from(&client.cookie);
        let receipt = settled_receipt(&after, &accepted["receiptNumber"]).await;
        for name in ["acceptedAt", "serialNumber", "revocation"] {
            assert_eq!(receipt[name], accepted[name]);
        }
        crl_with(&after, accepted["serialNumber"].as_str().unwrap()).await;
        let replayed = after.submit(COUPON, version, KEY).await.ok();
        assert_eq!(replayed["receiptNumber"], accepted["receiptNumber"]);

        let mails = after.mails().await;
        assert!((1..=2).contains(&mails.len()), "{mails:?}");
        for mail in &mails {
            assert_eq!(mail["to"], account.email_address.as_str());
            let code = code_in(&mail["text"]);
            assert_eq!(*first_code.get_or_insert(code.clone()), code);
        }
        let mut another = program.client();
        another.identify(&account).await.ok();
        let list = another.get("/api/certificates").await.ok();
        assert_eq!(
            (&list["certificates"], list["receipts"].as_array().unwrap().len()),
            (&serde_json::json!([]), 1)
        );
        program.kill().await;
    }
}

#[tokio::test]
async fn a_saved_draft_survives_a_kill_and_can_be_submitted() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[]).await;
    let mut client = program.client();
    let account = demo_account(&client, "taro").await;
    client.walk_to_entry(&account, COUPON).await;
    let mut input = client.prefilled().await;
    input["fields"]["city"] = "千代田区".into();
    let saved = client.enter(&input).await.ok();
    program.kill().await;

    let program = Program::start(folder.path(), &[]).await;
    let mut after = program.client();
    assert_eq!(demo_account(&after, "taro").await, account, "the demonstration is the same one");
    after.cookie.clone_from(&client.cookie);
    let review = after.get("/api/application/review").await.ok();
    assert_eq!((&review["version"], &review["fields"]), (&saved["version"], &saved["fields"]));
    let receipt = after.submit(COUPON, saved["version"].as_u64().unwrap(), KEY).await.ok();
    settled_receipt(&after, &receipt["receiptNumber"]).await;
    assert_eq!(after.mails().await.len(), 1);
}

#[tokio::test]
async fn a_submission_that_is_interrupted_by_a_kill_is_atomic() {
    let folder = tempfile::tempdir().unwrap();
    let mut outcomes = Vec::new();
    // Each round kills the program slightly later.
    for (mailbox, coupon_number, milliseconds) in [
        ("taro", COUPON, 2),
        ("ichiro", "984940961", 5),
        ("hanako", "984940950", 10),
        ("hanako", "984940951", 20),
    ] {
        let program = Program::start(folder.path(), &[]).await;
        let mut client = program.client();
        let account = demo_account(&client, mailbox).await;
        let version = client.walk_to_review(&account, coupon_number).await;
        let key = format!("{KEY}-{coupon_number}");
        let submission = client.submit(coupon_number, version, &key);
        let answered = timeout(Duration::from_millis(milliseconds), submission).await.ok();
        program.kill().await;

        let program = Program::start(folder.path(), &[]).await;
        let mut after = program.client();
        after.cookie.clone_from(&client.cookie);
        let receipt = after.submit(coupon_number, version, &key).await.ok();
        if let Some(answered) = &answered {
            assert_eq!(answered.ok()["receiptNumber"], receipt["receiptNumber"]);
        }
        settled_receipt(&after, &receipt["receiptNumber"]).await;
        crl_with(&after, receipt["serialNumber"].as_str().unwrap()).await;
        outcomes.push(receipt["receiptNumber"].clone());
        let codes: Vec<_> = after.mails().await.iter().map(|mail| code_in(&mail["text"])).collect();
        let mut different = codes.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), outcomes.len(), "one code for each application: {codes:?}");
        program.kill().await;
    }
}

#[tokio::test]
async fn the_second_start_completes_an_interrupted_first_start() {
    for reached in ["lock", "dynamodb.sqlite", "ca-key.p8", "ca.pem", "demo.jsonl", "code-key"] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(reached);
        kill_when(folder.path(), || file.exists()).await;
        assert!(file.exists());

        let program = Program::start(folder.path(), &[]).await;
        let mut client = program.client();
        let account = demo_account(&client, "taro").await;
        client.identify(&account).await.ok();
        let list = client.get("/api/certificates").await.ok();
        assert_eq!(list["certificates"][0]["couponNumber"], COUPON, "killed at {reached}");
        client.identify(&demo_account(&client, "hanako").await).await.ok();
        let list = client.get("/api/certificates").await.ok();
        assert_eq!(list["certificates"].as_array().unwrap().len(), 2, "killed at {reached}");
        program.kill().await;
    }
}

#[tokio::test]
async fn crl_numbers_continue_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut last = 0;
    for _ in 0..3 {
        let program = Program::start(folder.path(), &[]).await;
        let client = program.client();
        // The program publishes a scheduled CRL after each start.
        last = until(async || {
            if client.get("/crl/complete.crl").await.status != 200 {
                return None;
            }
            let number = Crl::fetch(&client).await.number();
            (number > last).then_some(number)
        })
        .await;
        program.kill().await;
    }
    assert!(last >= 3);
}

#[tokio::test]
async fn transactions_lost_after_a_kill_are_noticed_and_a_stop_loses_none() {
    let folder = tempfile::tempdir().unwrap();
    let transactions = folder.path().join("dynamodb.sqlite-wal");
    let program = Program::start(folder.path(), &[]).await;
    let account = demo_account(&program.client(), "taro").await;
    program.interrupt().await;
    assert!(!transactions.exists(), "SQLite moves the transactions to the database when it is closed");

    let program = Program::start(folder.path(), &[]).await;
    program.client().reissue(&account, COUPON).await;
    program.kill().await;
    fs::remove_file(&transactions).unwrap();
    let said = Program::start_in_vain(folder.path(), &[]).await;
    let named = format!("error: {} is missing, although the database was not closed", transactions.display());
    assert!(said.contains(&named) && said.contains("from one backup"), "{said}");
}

#[tokio::test]
async fn a_second_program_refuses_a_data_folder_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[]).await;
    let said = Program::start_in_vain(folder.path(), &[]).await;
    assert!(said.contains("another process uses the data folder"), "{said}");
    program.client().get("/local/demo").await.ok();
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let unusable = file.join("data");
    let said = Program::start_in_vain(&unusable, &[]).await;
    assert!(said.contains(&format!("the data folder {}", unusable.display())), "{said}");
    assert!(
        said.contains("free disk space, change its permissions, or choose another folder with --data"),
        "{said}"
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_written_at_the_start_names_the_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mails"), b"a file in the place of a folder").unwrap();
    let said = Program::start_in_vain(folder.path(), &[]).await;
    assert!(said.contains(&format!("the data folder {}", folder.path().display())), "{said}");
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let said = Program::start_in_vain(folder.path(), &["--port", &port]).await;
    assert!(said.contains(&format!("port {port} on 127.0.0.1 cannot be used")), "{said}");
}

#[tokio::test]
async fn a_start_deletes_the_temporary_files_of_interrupted_writes() {
    let folder = tempfile::tempdir().unwrap();
    let mail = folder.path().join("mails/.00000001.json.4711.1.0.tmp");
    let object = folder.path().join("state/audit/.00000001.jsonl.4711.2.0.tmp");
    for file in [&mail, &object] {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, b"{\"number\":1,\"to\":\"taro@exam").unwrap();
    }
    let program = Program::start(folder.path(), &[]).await;
    assert!(!mail.exists() && !object.exists());
    program.client().get("/local/demo").await.ok();
}

#[tokio::test]
async fn the_program_imports_a_file_and_reports_invalid_lines() {
    let folder = tempfile::tempdir().unwrap();
    Program::start(folder.path(), &[]).await.kill().await;
    let records = folder.path().join("records.jsonl");
    let known = fs::read_to_string(folder.path().join("demo.jsonl")).unwrap();
    fs::write(&records, format!("{}\nnonsense\n", known.lines().next().unwrap())).unwrap();
    let program = Program::start(folder.path(), &["--import", records.to_str().unwrap()]).await;
    let said = program.greeting.join("\n");
    assert!(said.contains("0 registered, 1 already registered, 1 refused"), "{said}");
    assert!(said.contains("line 2: not a certificate record"), "{said}");
}

#[tokio::test]
async fn the_revocation_timing_is_a_command_line_option() {
    let folder = tempfile::tempdir().unwrap();
    let said = Program::start_in_vain(folder.path(), &["--revocation-timing", "someday"]).await;
    assert!(said.contains("someday") || said.contains("revocation timing"), "{said}");
    let program = Program::start(folder.path(), &["--revocation-timing", "pickup"]).await;
    let mut client = program.client();
    let account = demo_account(&client, "taro").await;
    let receipt = client.reissue(&account, COUPON).await;
    assert_eq!(receipt["revocation"]["timing"], "pickup");
    assert!(receipt["revocation"]["revokedAt"].is_null());
}
