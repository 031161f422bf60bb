//! Counts the instructions for each entry outside SHA-256, with valgrind's callgrind.

use std::{env, fs, io, process::Command};

/// The number of entries. With this number, the cost of the envelope is negligible, because it occurs once per CRL.
const ENTRIES: u64 = 100_000;

/// Counts the instructions of `function` while it frames [`ENTRIES`] entries. Has no effect if valgrind is not
/// installed.
pub(super) fn measure(command: &str, function: &str) {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--compress-strings=no", "--compress-pos=no"])
        // Counts only the instructions within the function, without the creation of the revocations.
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

/// Returns true if `function` is ring's compression function, in the variant for this processor. Instructions outside
/// that function do not count as SHA-256.
fn is_sha256(function: &str) -> bool {
    function.contains("sha256_block_data_order")
}

/// Returns each function in a profile and the number of instructions in its own code. A function can be listed several
/// times.
fn costs(profile: &str) -> Vec<(&str, u64)> {
    let mut costs = Vec::new();
    let mut lines = profile.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("fn=") {
            costs.push((name, 0));
        } else if line.starts_with("calls=") {
            // The next line is the cost of the called function.
            lines.next();
        } else if line.starts_with(|first: char| first.is_ascii_digit())
            && let (Some((_, cost)), Some((_, instructions))) = (line.split_once(' '), costs.last_mut())
        {
            *instructions += cost.parse::<u64>().unwrap();
        }
    }
    costs
}
