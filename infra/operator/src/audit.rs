//! `audit`: seals the audit log on demand, and verifies a copy of the log.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use shared::{
    use_cases::verify_audit_log::{UntrustedLog, VerifiedLog, verify_audit_log},
    wiring,
};

use crate::{Fault, Outcome, arguments::AuditVerify, statements::read_key, target::Target};

struct LogObject {
    name: String,
    content: String,
}

pub(crate) async fn seal(target: &impl Target) -> Result<Outcome, Fault> {
    let head = wiring::seal_audit_log(target).await?.seal().await?.head;
    writeln!(io::stdout(), "{} lines, head {}", head.sequence, head.sha256)?;
    Ok(Outcome::Done)
}

pub(crate) fn verify(arguments: &AuditVerify) -> Result<Outcome, Fault> {
    let key = read_key(&arguments.published)?;
    let lines = objects(&arguments.folder, "lines", "jsonl")?;
    let checkpoints = objects(&arguments.folder, "checkpoints", "json")?;
    let expected =
        arguments.expect.iter().map(|file| kept_checkpoint(file)).collect::<Result<Vec<_>, _>>()?;
    if checkpoints.is_empty() && expected.is_empty() {
        return Err("there is no checkpoint, so no signature protects the log".into());
    }
    let verified = verify_audit_log(
        // A carriage return would be part of the line, and would change its hash.
        lines.iter().flat_map(|object| object.content.split_terminator('\n')),
        checkpoints.iter().chain(&expected).map(|object| (object.name.as_str(), object.content.as_bytes())),
        &key,
    );
    let VerifiedLog { head, unsigned_lines } = verified.map_err(|untrusted| named(&untrusted, &lines))?;
    let is_missing = |kept: &&LogObject| !checkpoints.iter().any(|found| found.content == kept.content);
    if let Some(kept) = expected.iter().find(is_missing) {
        return Err(format!("{}: the log no longer contains this checkpoint", kept.name).into());
    }
    writeln!(
        io::stdout(),
        "{} lines, {} checkpoints, head {}",
        head.sequence,
        checkpoints.len(),
        head.sha256
    )?;
    if unsigned_lines > 0 {
        writeln!(io::stdout(), "{unsigned_lines} lines after the newest checkpoint are not signed")?;
    }
    Ok(Outcome::Done)
}

/// Reads a checkpoint that the auditor has kept outside the log.
fn kept_checkpoint(file: &Path) -> Result<LogObject, Fault> {
    let name = file.display().to_string();
    match fs::read_to_string(file) {
        Ok(content) => Ok(LogObject { name, content }),
        Err(error) => Err(format!("{name}: {error}").into()),
    }
}

/// Returns the objects in the folder `kind` with the file extension `extension`, ordered by name.
fn objects(log: &Path, kind: &str, extension: &str) -> Result<Vec<LogObject>, Fault> {
    let folder = log.join(kind);
    let failed = |path: &Path, error: io::Error| format!("{}: {error}", path.display());
    let mut objects = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|error| failed(&folder, error))? {
        let path = entry?.path();
        let is_object = path.extension().is_some_and(|found| found == extension);
        if let (true, Some(name)) = (is_object, path.file_name()) {
            let name = format!("{kind}/{}", name.to_string_lossy());
            let content = fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
            objects.push(LogObject { name, content });
        }
    }
    objects.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(objects)
}

/// Returns the error message, which begins with the name of the object that contains the broken line. If the last lines
/// are missing, the message does not name an object.
fn named(untrusted: &UntrustedLog, lines: &[LogObject]) -> String {
    let UntrustedLog::Chain(broken) = untrusted else { return untrusted.to_string() };
    let mut last_line = 0;
    let object = lines.iter().find(|object| {
        last_line += object.content.split_terminator('\n').count() as u64;
        broken.sequence <= last_line
    });
    object.map_or_else(|| untrusted.to_string(), |object| format!("{}: {untrusted}", object.name))
}
