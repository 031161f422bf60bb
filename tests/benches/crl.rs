//! Measures the time and memory required to create and read CRLs. Run the benchmark with `cargo bench -p tests --bench
//! crl`.
//!
//! The CPU time of all candidates is measured in a single run, in interleaved rounds. The results are medians. The
//! floor is the work that every implementation must do: copying the entries once and hashing them once. Other
//! implementations and valgrind are used if they are installed.
//!
//! The deployed functions are optimised for size. Set `CARGO_PROFILE_BENCH_OPT_LEVEL=s` to measure code that is
//! optimised in the same way.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark panics on errors and prints its results"
)]

#[path = "crl/baselines.rs"]
mod baselines;
#[path = "crl/instructions.rs"]
mod instructions;
#[path = "crl/pipeline.rs"]
mod pipeline;

use std::{env, fs, hint::black_box, io::Read};

use data_encoding::HEXLOWER;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose};
use ring::digest::{Context, SHA256};
use shared::{
    domain::{
        DAY, Timestamp,
        numbers::SerialNumber,
        revocation::{RevocationReason, RevokedCertificate},
    },
    pki::{
        CertificationAuthority, CrlFields, CrlReader, EntryEncoder, TbsEnvelope,
        crl::{Entries, EntryReader},
    },
};

/// 2026-11-22T00:00:00Z
const START: i64 = 1_795_305_600;
const ENTRIES: u64 = 1_000_000;
const ROUNDS: usize = 9;
const BUFFER: usize = 64 * 1024;

/// The name of a candidate, and a function that performs one round of its work.
type Contestant<'a> = (&'static str, Box<dyn Fn() + 'a>);

fn main() {
    let arguments: Vec<_> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            compare();
            instructions::measure("frame-packed", "frame_packed");
            instructions::measure("encode-records", "frame_records");
            for entries in [100_000, 1_000_000, 10_000_000] {
                pipeline::measure(entries);
            }
        }
        // The child processes run these commands.
        ["publish", folder, endpoint] => pipeline::publish(folder.as_ref(), endpoint),
        ["frame-packed", entries] => {
            black_box(frame_packed(&authority(), &packed(entries)));
        }
        ["encode-records", entries] => {
            let records: Vec<_> = (0..entries.parse().unwrap()).map(record).collect();
            black_box(frame_records(&authority(), &records));
        }
        ref other => panic!("what is {other:?}?"),
    }
}

fn compare() {
    let authority = authority();
    let records: Vec<_> = (0..ENTRIES).map(record).collect();
    let packed = encode(&records);
    let rcgen = baselines::Rcgen::new(&records);
    let crl = rcgen.make();
    let contestants: Vec<Contestant<'_>> = vec![
        (
            "floor: memcpy and SHA-256 of the same bytes",
            Box::new(|| {
                black_box(floor(&packed));
            }),
        ),
        (
            "CRL from packed segments, output discarded",
            Box::new(|| {
                black_box(frame_packed(&authority, &packed));
            }),
        ),
        (
            "CRL from records, entries encoded",
            Box::new(|| {
                black_box(frame_records(&authority, &records));
            }),
        ),
        (
            "entries read, each parsed",
            Box::new(|| {
                black_box(read_entries(&packed));
            }),
        ),
        (
            "whole CRL read, each entry parsed, hashed",
            Box::new(|| {
                black_box(read_crl(&crl));
            }),
        ),
        (
            "rcgen's CRL, with its signature",
            Box::new(|| {
                black_box(rcgen.make());
            }),
        ),
    ];
    let mut seconds = vec![Vec::new(); contestants.len()];
    for _ in 0..ROUNDS {
        for (taken, (_, run)) in seconds.iter_mut().zip(&contestants) {
            let before = cpu_seconds();
            run();
            taken.push(cpu_seconds() - before);
        }
    }
    for taken in &mut seconds {
        taken.sort_by(f64::total_cmp);
    }
    let medians: Vec<_> = seconds.iter().map(|taken| taken[ROUNDS / 2]).collect();
    println!("{ENTRIES} entries, {} octets, CPU time, medians of {ROUNDS} interleaved rounds", packed.len());
    for ((name, taken), median) in contestants.iter().map(|(name, _)| name).zip(&seconds).zip(&medians) {
        let (milliseconds, floors) = (median * 1e3, median / medians[0]);
        let (least, most) = (taken[0] * 1e3, taken[ROUNDS - 1] * 1e3);
        println!(
            "{name:48} {milliseconds:8.1} ms ({least:.1} to {most:.1}) {floors:6.2} × floor {:7.1} ns an entry",
            median * 1e9 / ENTRIES as f64
        );
    }
    println!("rcgen / from records: {:.1}", medians[5] / medians[2]);
    baselines::openssl_ca(&records[..100_000]);
    baselines::python_cryptography();
}

fn authority() -> CertificationAuthority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Bench CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    CertificationAuthority::from_certificate(certificate.der()).unwrap()
}

/// Returns revocation number `n`, with a 16-octet serial number. Consecutive revocations are one minute apart.
fn record(n: u64) -> RevokedCertificate {
    let digest = ring::digest::digest(&SHA256, &n.to_be_bytes());
    RevokedCertificate {
        serial_number: SerialNumber::from_random(digest.as_ref()[..16].try_into().unwrap()),
        revoked_at: Timestamp::try_from(START - 60 * i64::try_from(ENTRIES - n % ENTRIES).unwrap()).unwrap(),
        reason: RevocationReason::Superseded,
        not_after: Timestamp::try_from(START + 300 * DAY).unwrap(),
        crl_shard: None,
    }
}

fn encode(records: &[RevokedCertificate]) -> Vec<u8> {
    let (mut encoder, mut output) = (EntryEncoder::default(), Vec::new());
    for record in records {
        encoder.encode(record, &mut output);
    }
    output
}

fn packed(entries: &str) -> Vec<u8> {
    let (mut encoder, mut output) = (EntryEncoder::default(), Vec::new());
    for n in 0..entries.parse().unwrap() {
        encoder.encode(&record(n), &mut output);
    }
    output
}

fn fields() -> CrlFields {
    let this_update = Timestamp::try_from(START).unwrap();
    CrlFields { number: 7, this_update, next_update: this_update.plus(7 * DAY), distribution_point: None }
}

fn floor(packed: &[u8]) -> ring::digest::Digest {
    let (mut buffer, mut context) = (vec![0; BUFFER], Context::new(&SHA256));
    for piece in packed.chunks(BUFFER) {
        buffer[..piece.len()].copy_from_slice(piece);
        context.update(black_box(&buffer[..piece.len()]));
    }
    context.finish()
}

/// Assembles and hashes a TBSCertList from stored segments, which are read in chunks.
#[inline(never)] // callgrind finds the function by its name
fn frame_packed(authority: &CertificationAuthority, mut packed: &[u8]) -> ring::digest::Digest {
    let envelope = TbsEnvelope::new(authority, &fields(), packed.len() as u64).unwrap();
    let (mut buffer, mut context) = (vec![0; BUFFER], Context::new(&SHA256));
    context.update(envelope.before_entries());
    loop {
        let count = packed.read(&mut buffer).unwrap();
        if count == 0 {
            break;
        }
        context.update(black_box(&buffer[..count]));
    }
    context.update(envelope.after_entries());
    context.finish()
}

/// Assembles and hashes a TBSCertList from revocations. Entries are encoded into a buffer, which is hashed whenever it
/// is full.
#[inline(never)] // callgrind finds the function by its name
fn frame_records(authority: &CertificationAuthority, records: &[RevokedCertificate]) -> ring::digest::Digest {
    let length = records.len() * 49;
    let envelope = TbsEnvelope::new(authority, &fields(), length as u64).unwrap();
    let (mut buffer, mut context) = (Vec::with_capacity(BUFFER), Context::new(&SHA256));
    context.update(envelope.before_entries());
    let mut encoder = EntryEncoder::default();
    for record in records {
        encoder.encode(record, &mut buffer);
        if buffer.len() > BUFFER - 64 {
            context.update(black_box(&buffer));
            buffer.clear();
        }
    }
    context.update(&buffer);
    context.update(envelope.after_entries());
    context.finish()
}

/// Reads a segment as the publisher does before it appends entries.
fn read_entries(packed: &[u8]) -> u64 {
    let (mut entries, mut count) = (EntryReader::new(packed, packed.len() as u64), 0);
    while let Some(entry) = entries.next_entry().unwrap() {
        count += u64::from(black_box(entry.serial_number)[0] < 0x80);
    }
    count
}

/// Reads a CRL as the publisher does, but without verifying the signature.
fn read_crl(crl: &[u8]) -> u64 {
    CrlReader::new(crl).and_then(CrlReader::finish).unwrap().entry_count
}

/// Returns the CPU time that all threads of this process have used.
fn cpu_seconds() -> f64 {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let nanoseconds = threads.map(|thread| {
        let stat = fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap();
        stat.split_whitespace().next().unwrap().parse::<f64>().unwrap()
    });
    nanoseconds.sum::<f64>() / 1e9
}

/// Returns the CPU time of this process's terminated children, with a resolution of 10 ms (cutime and cstime in
/// proc(5)).
fn cpu_seconds_of_children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, after_name) = stat.rsplit_once(')').unwrap();
    let ticks = after_name.split_whitespace().skip(13).take(2);
    ticks.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

fn hex(serial_number: &SerialNumber) -> String {
    HEXLOWER.encode(serial_number.as_be_bytes())
}
