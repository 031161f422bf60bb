//! Counts the instructions per CRL entry, excluding SHA-256, with valgrind's callgrind.

use std::{env, fs, io, process::Command};

/// The number of entries, large enough to make the cost of the envelope negligible.
const ENTRIES: u64 = 100_000;

/// Counts the instructions that `function` executes to frame [`ENTRIES`] entries. Does nothing if valgrind is not
/// installed.
pub(super) fn measure(command: &str, function: &str) {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--compress-strings=no", "--compress-pos=no"])
        // Counts only the instructions within the function, excluding the creation of the revocations.
        .arg(format!("--toggle-collect=*{function}*"))
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(env::current_exe().unwrap())
        .args([command, &ENTRIES.to_string()])
        .output();
    match output {
        Err(error) if error.kind() == io::ErrorKind::NotFound => println!("valgrind is not installed"),
        Err(error) => panic!("{error}"),
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let profile = fs::read_to_string(profile).unwrap();
            let costs = costs(&profile);
            let hashing: u64 = costs.iter().filter(|(name, _)| is_sha256(name)).map(|(_, cost)| cost).sum();
            let rest = costs.iter().map(|(_, cost)| cost).sum::<u64>() - hashing;
            assert!(hashing > ENTRIES && rest > 0, "callgrind knows no function by its name");
            println!(
                "{command:48} {:8.1} instructions an entry outside SHA-256 ({:.0} in it)",
                rest as f64 / ENTRIES as f64,
                hashing as f64 / ENTRIES as f64
            );
        }
    }
}

/// Returns true if `function` is ring's SHA-256 compression function for this processor. Only instructions in the
/// compression function count as SHA-256.
fn is_sha256(function: &str) -> bool {
    function.contains("sha256_block_data_order")
}

/// Returns each function in a profile, with the number of instructions in its own code. A function can be listed more
/// than once.
fn costs(profile: &str) -> Vec<(&str, u64)> {
    let mut costs = Vec::new();
    let mut lines = profile.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("fn=") {
            costs.push((name, 0));
        } else if line.starts_with("calls=") {
            // The next line contains the cost of the called function.
            lines.next();
        } else if line.starts_with(|first: char| first.is_ascii_digit())
            && let (Some((_, cost)), Some((_, instructions))) = (line.split_once(' '), costs.last_mut())
        {
            *instructions += cost.parse::<u64>().unwrap();
        }
    }
    costs
}
