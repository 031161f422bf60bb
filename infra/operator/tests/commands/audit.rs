//! `audit`: seals the log, and verifies it offline with the published key.

use std::fs;

use crate::support::{PROGRAM, UsedFolder, operator, run};

type Damage = fn(&str) -> String;

#[test]
fn the_log_verifies_offline_and_the_first_broken_link_is_reported() {
    let folder = UsedFolder::new();
    let sealed = operator(folder.path(), &["audit", "seal"]);
    assert_eq!(sealed.code, Some(0), "{}", sealed.errors);
    folder.reissue();
    let sealed = operator(folder.path(), &["audit", "seal"]);
    let (count, head) = sealed.output.split_once(" lines, ").unwrap();

    let log = folder.file("state/audit");
    let key = folder.write("key.pem", &operator(folder.path(), &["statements", "key"]).output);
    let verify = || run(PROGRAM, &["audit", "verify", &log, "--key", &key]);
    let verified = verify();
    let summary = format!("{count} lines, 1 checkpoints, {head}");
    let unsigned = "4 lines after the newest checkpoint are not signed\n";
    assert_eq!(verified.output, format!("{summary}{unsigned}"), "{}", verified.errors);
    assert_eq!(verified.code, Some(0));

    let lines = ["000000000001", "000000000008"].map(|name| format!("state/audit/lines/{name}.jsonl"));
    let checkpoint = "state/audit/checkpoints/000000000007.json";
    let damages: [(&str, Damage, &str); 6] = [
        (
            &lines[0],
            |log| log.replacen("\"revoked\":true", "\"revoked\":false", 1),
            "lines/000000000001.jsonl: line ",
        ),
        (
            &lines[1],
            |log| log.replacen("draft", "confirmed", 1),
            "lines/000000000008.jsonl: line 9 of the log: ",
        ),
        (
            &lines[0],
            |log| log.replace('\n', "\r\n"),
            "lines/000000000001.jsonl: line 2 of the log: the previous",
        ),
        (&lines[0], |log| cut(log, 6), "lines/000000000008.jsonl: line 7 of the log: another line"),
        (checkpoint, |signed| signed.replace("1", "2"), "checkpoint checkpoints/000000000007.json: "),
        (checkpoint, |_| "{}".to_owned(), "checkpoint checkpoints/000000000007.json: not a signed statement"),
    ];
    for (file, damage, reason) in damages {
        let whole = fs::read_to_string(folder.path().join(file)).unwrap();
        let damaged = damage(&whole);
        assert_ne!(damaged, whole);
        folder.write(file, &damaged);
        let broken = verify();
        assert_eq!((broken.code, broken.output.as_str()), (Some(1), ""), "{reason}");
        assert!(broken.errors.contains(reason), "{reason}: {}", broken.errors);
        folder.write(file, &whole);
    }

    fs::remove_file(folder.file(&lines[1])).unwrap();
    assert_eq!(verify().code, Some(0), "nothing was signed after line 7");
    let first = fs::read_to_string(folder.file(&lines[0])).unwrap();
    folder.write(&lines[0], &cut(&first, 6));
    let cut_off = verify();
    assert_eq!(cut_off.code, Some(1));
    assert!(cut_off.errors.contains("error: line 7 of the log: the line is missing"), "{}", cut_off.errors);
    let kept = folder.write("kept.json", &fs::read_to_string(folder.file(checkpoint)).unwrap());
    fs::remove_file(folder.file(checkpoint)).unwrap();
    let expecting = run(PROGRAM, &["audit", "verify", &log, "--key", &key, "--expect", &kept]);
    assert_eq!(expecting.code, Some(1));
    assert!(
        expecting.errors.contains("error: line 7 of the log: the line is missing"),
        "{}",
        expecting.errors
    );
    folder.write(&lines[0], &first);
    let expecting = run(PROGRAM, &["audit", "verify", &log, "--key", &key, "--expect", &kept]);
    assert_eq!((expecting.code, expecting.output.as_str()), (Some(1), ""));
    assert!(expecting.errors.contains("the log no longer contains this checkpoint"), "{}", expecting.errors);
    let unsigned = verify();
    assert_eq!(unsigned.code, Some(1));
    assert!(unsigned.errors.contains("there is no checkpoint"), "{}", unsigned.errors);
}

/// Returns the first `count` lines of `log`.
fn cut(log: &str, count: usize) -> String {
    log.lines().take(count).flat_map(|line| [line, "\n"]).collect()
}
