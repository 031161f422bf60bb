//! Tests that an unreadable item does not affect other items, is identified in the log, and is counted.

use std::{fs, path::Path};

use serde_json::{Value, json};
use shared::{
    domain::{DAY, Timestamp},
    edge::outbox_message,
    store::Effect,
    telemetry::{Place, metrics::UNREADABLE_ITEMS},
};
use tracing_subscriber::filter::LevelFilter;

use crate::support::{
    CapturedLog, Crl, ExportedLog, Publishing, RawDatabase, RelyingParty, START, TestStack, revoked,
};

const COUPON: &str = "984940947";

/// An item that cannot be read.
enum Item {
    /// An outbox row for this queue.
    Outbox(&'static str),
    /// A row in the enrollment of the test's subscriber, with this sort key.
    Enrollment(&'static str),
    /// A row in this table.
    Row(&'static str, Value),
    /// A file in the data folder.
    File(&'static str),
    /// The second message of a batch, in each of the two outbox queues.
    Message,
    /// A delivery event.
    MailEvent,
}

/// The unreadable items, the text that identifies each item in the log, and the place that its metric reports. The
/// stream is tested in [`crate::relay`].
fn items() -> Vec<(Item, &'static str, Place)> {
    let responder = json!({ "pk": "OCSP#RESPONDER", "sk": "RESPONDER" });
    vec![
        (Item::Outbox(Effect::MAIL_QUEUE), "unreadable-mail", Place::Row),
        (Item::Outbox(Effect::MAIL_QUEUE), "unreadable-mail", Place::Outbox),
        (Item::Outbox(Effect::CRL_QUEUE), "unreadable-crl", Place::Outbox),
        (Item::Outbox(Effect::AUDIT_QUEUE), "unreadable-audit", Place::Outbox),
        (Item::Outbox(Effect::DEADLINE_QUEUE), "unreadable-deadline", Place::Row),
        (Item::Enrollment("CERTIFICATE#000000001"), "CERTIFICATE#000000001", Place::Enrollment),
        (Item::Enrollment("APPLICATION#000000002"), "APPLICATION#000000002", Place::Enrollment),
        (Item::Enrollment("SUBMISSION#03"), "SUBMISSION#03", Place::Enrollment),
        (Item::Enrollment("SESSION#04"), "SESSION#04", Place::Enrollment),
        (Item::Enrollment("SURPRISE#05"), "SURPRISE#05", Place::Enrollment),
        (Item::Row("revocations", json!({ "pk": "06", "unlisted": "crl" })), "06", Place::Revocations),
        (Item::Row("registry", responder), "OCSP#RESPONDER", Place::Row),
        (Item::File("state/revoked/shard-0/surprise"), "revoked/shard-0/surprise", Place::Segments),
        (Item::File("state/audit/lines/000000000001.jsonl"), "audit/lines/000000000001", Place::AuditLog),
        (Item::File("objects/crl/complete.crl"), "crl/complete.crl", Place::PublishedCrls),
        (Item::File("mails/00000001.json"), "00000001.json", Place::MailFolder),
        (Item::Message, "1", Place::Queue),
        (Item::MailEvent, "0", Place::MailEvents),
    ]
}

async fn plant(stack: &TestStack, database: &RawDatabase, item: &Item) {
    match item {
        Item::Outbox(queue) => {
            // The due time is a number, as the index requires, but not a valid time.
            let row = json!({ "pk": format!("unreadable-{queue}"), "pending": queue, "due_at": 0.5, "effect": "?" });
            database.put("outbox", &row).await;
        }
        Item::Enrollment(sort_key) => {
            let partition = database.partition_of(&format!("CERTIFICATE#{COUPON}")).await;
            database.put("registry", &json!({ "pk": partition, "sk": sort_key })).await;
        }
        Item::Row(table, row) => database.put(table, row).await,
        Item::File(path) => {
            let path = stack.folder().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"{ cut o").unwrap();
        }
        Item::Message => {
            let batch = |queue| [outbox_message(&format!("unreadable-{queue}")), "{ cut o".to_owned()];
            assert!(!stack.pass_mail_messages(&batch("mail")).await);
            assert!(!stack.pass_crl_messages(&batch("crl")).await);
        }
        Item::MailEvent => assert_eq!(stack.record_deliveries(&["{ cut o".to_owned()]).await, [0]),
    }
}

fn is_counted(log: &CapturedLog, place: Place) -> bool {
    let name = UNREADABLE_ITEMS.definition().name;
    log.metrics().iter().any(|line| line["Place"] == place.name() && line[name].as_i64() >= Some(1))
}

fn is_named(log: &CapturedLog, item: &str, place: Place) -> bool {
    let names = |line: &Value| line["item"].as_str().is_some_and(|named| named.contains(item));
    log.lines().iter().any(|line| line["place"] == place.name() && names(line))
}

#[tokio::test]
async fn an_unreadable_item_in_each_place_stops_only_itself() {
    let log = CapturedLog::start(LevelFilter::ERROR);
    let stack = TestStack::start().await;
    let database = stack.database().await;
    for (item, ..) in &items() {
        plant(&stack, &database, item).await;
    }

    let mut client = stack.client();
    let receipt = client.reissue(stack.account("taro"), COUPON).await;
    stack.settle().await;
    stack.deliver().await;
    stack.watch_service().await;
    stack.renew_ocsp_responder().await;

    assert_eq!(client.mails().await.len(), 1);
    let serial_number = receipt["serialNumber"].as_str().unwrap();
    assert!(Crl::fetch(&client).await.entry(serial_number).is_some());
    let events = client.receipt(&receipt["receiptNumber"]).await.ok()["timeline"].clone();
    let events: Vec<_> = events.as_array().unwrap().iter().map(|event| event["event"].clone()).collect();
    assert_eq!(events[..4], ["accepted", "revoked", "listed", "codeSent"], "{events:?}");
    assert_eq!(events.len(), 5, "the email was delivered");
    assert_eq!(ExportedLog::of(&stack).revocations(), 1);
    let relying_party = RelyingParty::new(stack.client()).await;
    let request = relying_party.request(&[&stack.serial_number(COUPON)], &[]);
    let text = relying_party.verified(&request, &relying_party.post(&request).await, START + 1);
    assert!(text.contains("Cert Status: revoked"), "{text}");
    stack.clock.advance(23 * DAY);
    stack.settle().await;
    stack.settle().await;
    assert_eq!(client.mails().await.len(), 2, "the reminder");

    for (_, item, place) in items() {
        assert!(is_named(&log, item, place), "{item} in {place:?}");
        // The local stack reads emails outside invocations, and metrics are recorded only during an invocation.
        assert!(is_counted(&log, place) || place == Place::MailFolder, "{item} in {place:?}");
    }
}

#[tokio::test]
async fn damaged_segments_neither_delay_a_crl_nor_remove_an_entry() {
    let revoked_at = Timestamp::try_from(START - DAY).unwrap();
    let sample = |number| revoked(number, START + 90 * DAY, None, revoked_at);
    type Damage = fn(&Path);
    let damages: [Damage; 4] = [
        |segment| fs::remove_file(segment).unwrap(),
        |segment| fs::write(segment, b"").unwrap(),
        |segment| fs::write(segment, b"what is this?").unwrap(),
        |segment| {
            let mut entries = fs::read(segment).unwrap();
            entries.truncate(entries.len() - 5);
            fs::write(segment, entries).unwrap();
        },
    ];
    for damage in damages {
        let publishing = Publishing::new(1).await;
        for number in 1..=3 {
            publishing.record(&sample(number)).await;
            publishing.publish.publish_all().await.unwrap();
        }
        damage(&publishing.folder().join("segments/revoked/unsharded/2027-02"));
        for number in 4..=5 {
            publishing.clock.advance(DAY);
            publishing.record(&sample(number)).await;
            publishing.publish.publish_all().await.unwrap();
            let crl = publishing.crl("complete").unwrap();
            assert!((1..=number).all(|number| crl.lists(&sample(number))), "{number}");
            assert_eq!(crl.next_update, START + i64::from(number + 4) * DAY);
        }
        publishing.publish.rebuild().await.unwrap();
        for number in 6..=7 {
            publishing.record(&sample(number)).await;
            publishing.publish.publish_all().await.unwrap();
            let crl = publishing.crl("complete").unwrap();
            assert!((1..=number).all(|number| crl.lists(&sample(number))), "{number}");
        }
    }
}
