//! Measures the complete pipeline in a separate process, from reading segments on disk to verifying the published CRL.

use std::{
    env, fs,
    path::Path,
    process::Command,
    sync::{Arc, mpsc},
};

use dynoxide::Database;
use local_stack::adapters::{DiskObjectStore, SoftwareSigner};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose};
use shared::{
    adapters::{self, system::SystemClock},
    domain::crl_scope::ShardCount,
    pki::{CertificationAuthority, EntryEncoder},
    store::{Store, Tables},
    use_cases::publish_crl::PublishCrl,
};
use tokio::{net::TcpListener, runtime};

use super::record;

/// Publishes `entries` entries in a child process and prints the memory that the process used.
pub(super) fn measure(entries: u64) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    write_segments(folder.path(), entries);
    let (told, endpoint) = mpsc::channel();
    // The database runs in this process, so its memory is not counted as the publisher's.
    std::thread::spawn(move || {
        runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            told.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
            dynoxide::server::serve_on(listener, Database::memory().unwrap()).await;
        });
    });
    let output = Command::new(env::current_exe().unwrap())
        .arg("publish")
        .arg(folder.path())
        .arg(endpoint.recv().unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    print!("{entries:9} entries, the whole pipeline: {}", String::from_utf8_lossy(&output.stdout));
}

/// Writes segments that cover four months.
fn write_segments(folder: &Path, entries: u64) {
    let segments = folder.join("segments/revoked/unsharded");
    fs::create_dir_all(&segments).unwrap();
    for month in 1..=4 {
        let (mut encoder, mut output) = (EntryEncoder::default(), Vec::new());
        for n in (month - 1) * entries / 4..month * entries / 4 {
            encoder.encode(&record(n), &mut output);
        }
        fs::write(segments.join(format!("2090-{month:02}")), output).unwrap();
    }
}

/// Publishes twice, so that the second CRL is compared with the first.
pub(super) fn publish(folder: &Path, endpoint: &str) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let publish = publisher(folder, endpoint);
        publish.store.create_missing_tables().await.unwrap();
        // The memory used by the program, the SDK and the SDK's connection.
        let fixed = peak_memory();
        publish.publish_all().await.unwrap();
        let before = super::cpu_seconds();
        publish.publish_all().await.unwrap();
        println!(
            "{fixed} before, {} at the peak, {:.2} s for the second CRL",
            peak_memory(),
            super::cpu_seconds() - before
        );
    });
}

fn publisher(folder: &Path, endpoint: &str) -> PublishCrl {
    let key_path = folder.join("ca.key");
    let signer = SoftwareSigner::open(&key_path).unwrap();
    let key = KeyPair::try_from(fs::read(key_path).unwrap()).unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Bench CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = params.self_signed(&key).unwrap();
    let sdk = adapters::sdk_config_for(|name| match name {
        "AWS_REGION" | "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("local".to_owned()),
        "AWS_ENDPOINT_URL" => Some(endpoint.to_owned()),
        _ => None,
    });
    let client = aws_sdk_dynamodb::Client::new(&sdk.unwrap());
    PublishCrl {
        store: Store::new(client, Tables::with_prefix("publishing-bench")),
        signer: Arc::new(signer),
        authority: CertificationAuthority::from_certificate(certificate.der()).unwrap(),
        objects: Arc::new(DiskObjectStore::new(folder.join("objects"))),
        segments: Arc::new(DiskObjectStore::new(folder.join("segments"))),
        publication: "http://pki.example.jp".parse().unwrap(),
        shards: ShardCount::try_from(1).unwrap(),
        clock: Arc::new(SystemClock),
        scratch: folder.to_owned(),
    }
}

/// Returns the peak resident memory of this process.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    format!("{:.1} MiB", kib / 1024.0)
}
