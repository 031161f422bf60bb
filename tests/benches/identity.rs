//! Compares the response times of step 1 for different kinds of wrong credentials. Run the comparison with
//! `cargo bench -p tests --bench identity`.
//!
//! The program measures 2,000 responses of the embedded stack for each class. In each round, the classes are measured
//! in random order. Each pair of classes is compared with a two-sample Kolmogorov–Smirnov test, with a Bonferroni
//! correction for the number of pairs. The program compares the wall time, which a client can measure, and the CPU time
//! of the process, which is less affected by other processes on the same machine.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark panics on errors and prints its results"
)]

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use local_stack::{DemoAccount, Stack, StackOptions, default_site};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::json;
use shared::{
    adapters::system::SystemEntropy,
    domain::{
        Timestamp,
        application::AddressChangeHold,
        certificate_code::CertificateCode,
        ocsp::NoncePolicy,
        revocation::RevocationTiming,
        throttle::{Bucket, SignInRequest},
    },
    ports::Clock,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Builder,
};

const SAMPLES: usize = 2_000;
/// The probability of at least one false alarm in a table, if all distributions are equal.
const SIGNIFICANCE: f64 = 0.01;

/// The position of the class with the right address and code but a wrong password.
const WRONG_PASSWORD: usize = 2;

struct MovedClock(AtomicI64);

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp::try_from(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// A class of credentials, its request body and its measured times in seconds.
struct Class {
    name: &'static str,
    body: String,
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

impl Class {
    fn new(name: &'static str, [email, password, code]: [&str; 3]) -> Self {
        let body = json!({ "emailAddress": email, "applicationPassword": password, "certificateCode": code });
        Self { name, body: body.to_string(), wall: Vec::new(), cpu: Vec::new() }
    }
}

fn main() {
    // If a thread exited, its CPU time would be missing from the sum.
    Builder::new_multi_thread()
        .enable_all()
        .thread_keep_alive(Duration::MAX)
        .build()
        .unwrap()
        .block_on(compare());
}

async fn compare() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(MovedClock(AtomicI64::new(1_795_305_600)));
    let options = StackOptions {
        port: 0,
        https: false,
        data_dir: folder.path().to_owned(),
        site: default_site(),
        timing: RevocationTiming::Submission,
        ocsp_nonces: NoncePolicy::default(),
        hold: AddressChangeHold::default(),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        entropy: Arc::new(SystemEntropy),
        around_ports: std::convert::identity,
    };
    let stack = Stack::start(options).await.unwrap();
    let port = stack.address().port();
    let account = |description: &str| -> DemoAccount {
        let mut accounts = stack.accounts().iter();
        accounts.find(|account| account.description.contains(description)).unwrap().clone()
    };
    let (active, revoked) = (account("an active certificate"), account("revoked"));
    let (server, _dispatcher) = stack.split();
    tokio::spawn(server.run());

    let unknown_code = CertificateCode::from_secret(&[7; 32]).to_display();
    let (email, password, code) =
        (&*active.email_address, &*active.application_password, &*active.certificate_code);
    let wrong = || {
        vec![
            Class::new("unknown address", ["nobody@example.co.jp", password, &unknown_code]),
            Class::new("wrong code", [email, password, &unknown_code]),
            Class::new("wrong password", [email, "wrong", code]),
            Class::new("revoked certificate", [&revoked.email_address, "wrong", &revoked.certificate_code]),
        ]
    };

    let mut shown = wrong();
    for _ in 0..SAMPLES {
        clock.0.fetch_add(Bucket::DECAY, Ordering::SeqCst);
        for index in shuffled(shown.len()) {
            assert_eq!(measure(port, &mut shown[index]).await, 401);
        }
    }
    report("the client learns the result (401)", &shown);

    let mut withheld = wrong();
    withheld.push(Class::new("all right, an email is sent", [email, password, code]));
    for _ in 0..SAMPLES {
        clock.0.fetch_add(SignInRequest::INTERVAL, Ordering::SeqCst);
        for index in shuffled(withheld.len()) {
            while measure(port, &mut withheld[index]).await != 403 {
                // The bucket was not full yet, but this attempt or the next one fills it.
                withheld[index].wall.pop();
                withheld[index].cpu.pop();
                request(port, &withheld[WRONG_PASSWORD].body).await;
            }
        }
    }
    report("the result is withheld (403)", &withheld);
}

async fn measure(port: u16, class: &mut Class) -> u16 {
    let (cpu, wall) = (cpu_seconds(), Instant::now());
    let status = request(port, &class.body).await;
    class.wall.push(wall.elapsed().as_secs_f64());
    class.cpu.push(cpu_seconds() - cpu);
    status
}

/// Returns the status of the response.
async fn request(port: u16, body: &str) -> u16 {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!(
        "POST /api/session HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response.split(' ').nth(1).unwrap().parse().unwrap()
}

/// Returns the numbers below `count` in random order.
fn shuffled(count: usize) -> Vec<usize> {
    let random = SystemRandom::new();
    let mut order: Vec<_> = (0..count).collect();
    order.sort_by_cached_key(|_| {
        let mut key = [0_u8; 8];
        random.fill(&mut key).unwrap();
        key
    });
    order
}

fn report(title: &str, classes: &[Class]) {
    println!("{title}: {SAMPLES} samples a class");
    for Class { name, wall, cpu, .. } in classes {
        let [wall, cpu] = [wall, cpu].map(|seconds| sorted(seconds)[SAMPLES / 2] * 1e3);
        println!("  {name:28} median {wall:7.3} ms wall, {cpu:7.3} ms CPU");
    }
    let pairs = classes.len() * (classes.len() - 1) / 2;
    let limit = SIGNIFICANCE / pairs as f64;
    println!(
        "  two-sample Kolmogorov–Smirnov tests, {pairs} pairs, a difference is significant if p < {limit:.5}"
    );
    for (index, one) in classes.iter().enumerate() {
        for other in &classes[index + 1..] {
            let [(wall_d, wall_p), (cpu_d, cpu_p)] =
                [kolmogorov_smirnov(&one.wall, &other.wall), kolmogorov_smirnov(&one.cpu, &other.cpu)];
            let verdict = if wall_p.min(cpu_p) < limit { "DIFFERENT" } else { "equal" };
            let pair = format!("{} / {}", one.name, other.name);
            println!(
                "  {pair:52} wall D={wall_d:.4} p={wall_p:.3}  CPU D={cpu_d:.4} p={cpu_p:.3}  {verdict}"
            );
        }
    }
}

/// Returns the two-sample Kolmogorov–Smirnov statistic and its asymptotic p-value.
fn kolmogorov_smirnov(one: &[f64], other: &[f64]) -> (f64, f64) {
    let (one, other) = (sorted(one), sorted(other));
    let share =
        |values: &[f64], at: f64| values.partition_point(|value| *value <= at) as f64 / values.len() as f64;
    let distance = one.iter().chain(&other).map(|at| (share(&one, *at) - share(&other, *at)).abs());
    let distance = distance.fold(0.0, f64::max);
    let size = one.len() as f64 * other.len() as f64 / (one.len() + other.len()) as f64;
    let root = size.sqrt();
    let lambda = (root + 0.12 + 0.11 / root) * distance;
    let term = |k: i32| {
        let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
        sign * (-2.0 * f64::from(k * k) * lambda * lambda).exp()
    };
    let p = if lambda < 0.2 { 1.0 } else { (1..=100).map(term).sum::<f64>().clamp(0.0, 1.0) };
    (distance, p)
}

fn sorted(seconds: &[f64]) -> Vec<f64> {
    let mut seconds = seconds.to_vec();
    seconds.sort_by(f64::total_cmp);
    seconds
}

/// Returns the CPU time that all threads of this process have used.
fn cpu_seconds() -> f64 {
    let nanoseconds = |thread: std::io::Result<fs::DirEntry>| {
        // The CPU time of a thread that has exited cannot be read.
        let stat = fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap_or_default();
        stat.split(' ').next().and_then(|time| time.parse::<f64>().ok()).unwrap_or_default()
    };
    fs::read_dir("/proc/self/task").unwrap().map(nanoseconds).sum::<f64>() / 1e9
}
