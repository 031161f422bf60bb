//! Counts the signatures created for OCSP requests, and measures the CPU time and instruction count per response. Run
//! the benchmark with `cargo bench -p tests --bench ocsp`, or with `-- 10000` for another number of requests.
//!
//! The requests pass through the use case, the AWS SDK and a loopback connection. The database runs in another process,
//! so its work is not counted. Instructions are counted with valgrind's callgrind if it is installed. Set
//! `CARGO_PROFILE_BENCH_OPT_LEVEL=s` to measure code that is optimised like the deployed functions.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark panics on errors and prints its results"
)]

#[path = "ocsp/responder.rs"]
mod responder;

use std::{env, fs, hint::black_box, io, path::Path, process::Command, sync::mpsc, time::Instant};

use dynoxide::Database;
use shared::{domain::ocsp::NoncePolicy, pki::SignatureAlgorithm, use_cases::answer_ocsp::Unanswered};
use tokio::{net::TcpListener, runtime};

use responder::{Asked, Responder};

const REQUESTS: u64 = 1_000_000;
/// The number of responses in the first run of an instruction measurement. The second run creates twice as many.
const COUNTED: u64 = 300;
/// The maximum number of responses with a nonce per minute. The benchmark's clock does not advance.
const SIGNED: u64 = NoncePolicy::MAXIMUM as u64;

/// A workload, and the command of the child process that performs it.
const WORKLOADS: [(&str, Workload); 4] = [
    ("random", Workload::Requests(Asked::Random, "ignore")),
    ("random-honoured", Workload::Requests(Asked::Random, "9999")),
    ("stored", Workload::Requests(Asked::Issued, "ignore")),
    ("signed", Workload::Requests(Asked::Issued, "9999")),
];

#[derive(Clone, Copy)]
enum Workload {
    /// OCSP requests with nonces for the given certificates, to a responder with the given nonce setting.
    Requests(Asked, &'static str),
    /// Verifies a P-256 signature over a message, or over the message's digest, as earlier versions did.
    Verifications { of_digests: bool },
}

fn main() {
    let arguments: Vec<_> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => measure(REQUESTS),
        [requests] => measure(requests.parse().unwrap()),
        // The child processes run this command.
        [command, folder, endpoint, count] => {
            perform(command, folder.as_ref(), endpoint, count.parse().unwrap());
        }
        ref other => panic!("what is {other:?}?"),
    }
}

fn workload(command: &str) -> Workload {
    match command {
        "ring" => Workload::Verifications { of_digests: false },
        "rustcrypto" => Workload::Verifications { of_digests: true },
        _ => WORKLOADS.iter().find(|(name, _)| *name == command).unwrap().1,
    }
}

fn measure(requests: u64) {
    let endpoint = serve_database();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let child = |command: &str, count: u64| {
        let mut child = Command::new(env::current_exe().unwrap());
        child.args([command, folder.path().to_str().unwrap(), &endpoint, &count.to_string()]);
        child
    };
    for (command, _) in WORKLOADS {
        let count = if command == "signed" { requests.min(SIGNED) } else { requests };
        let output = child(command, count).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        print!("{command:16} {}", String::from_utf8_lossy(&output.stdout));
    }
    for command in ["random", "stored", "signed", "ring", "rustcrypto"] {
        let counted = |count| instructions(folder.path(), &child(command, count));
        if let (Some(once), Some(twice)) = (counted(COUNTED), counted(2 * COUNTED)) {
            println!("{command:16} {:9} instructions each", (twice - once) / COUNTED);
        }
    }
}

/// Serves an in-memory database, and returns its URL.
fn serve_database() -> String {
    let (told, endpoint) = mpsc::channel();
    std::thread::spawn(move || {
        runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            told.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
            dynoxide::server::serve_on(listener, Database::memory().unwrap()).await;
        });
    });
    endpoint.recv().unwrap()
}

/// Performs a workload, and prints the number of signatures and the CPU time.
fn perform(command: &str, folder: &Path, endpoint: &str, count: u64) {
    match workload(command) {
        Workload::Requests(asked, nonces) => {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let responder = Responder::new(folder, endpoint, nonces.parse().unwrap()).await;
                respond(&responder, asked, count).await;
            });
        }
        Workload::Verifications { of_digests } => verify(folder, of_digests, count),
    }
}

async fn respond(responder: &Responder, asked: Asked, count: u64) {
    let (mut signed, mut refused) = (0_u64, 0_u64);
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    for number in 0..count {
        match responder.answer.answer(&responder.request(asked, number)).await {
            Ok(_) => signed += 1,
            Err(Unanswered::NotIssued) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!(
        "{count:8} requests: {} signatures, {signed} signed responses, {refused} unauthorized; {:.0} a second of CPU \
         time ({wall:.0} s in all)",
        responder.signatures(),
        count as f64 / cpu,
    );
}

/// Verifies a signature `count` times, as the responder does once per response.
fn verify(folder: &Path, of_digests: bool, count: u64) {
    let (key, message, signature) = responder::signed_message(folder);
    for _ in 0..count {
        let verified = if of_digests {
            let digest = SignatureAlgorithm::EcdsaP256Sha256.digest(black_box(&message));
            key.verify_digest(digest.as_ref(), &signature)
        } else {
            key.verify(black_box(&message), &signature)
        };
        assert_eq!(verified, Ok(()));
    }
}

/// Returns the number of instructions that `command` executes, or `None` if valgrind is not installed.
fn instructions(folder: &Path, command: &Command) -> Option<u64> {
    let profile = folder.join("profile");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", &format!("--callgrind-out-file={}", profile.display())])
        .arg(command.get_program())
        .args(command.get_args())
        .output();
    match output {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            println!("valgrind is not installed");
            None
        }
        Err(error) => panic!("{error}"),
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let profile = fs::read_to_string(profile).unwrap();
            let total = profile.lines().find_map(|line| line.strip_prefix("summary: "));
            Some(total.unwrap().trim().parse().unwrap())
        }
    }
}

/// Returns the CPU time of this process.
fn cpu_seconds() -> f64 {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let nanoseconds = threads.map(|thread| {
        let stat = fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap();
        stat.split_whitespace().next().unwrap().parse::<f64>().unwrap()
    });
    nanoseconds.sum::<f64>() / 1e9
}
