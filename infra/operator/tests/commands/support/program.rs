use std::{path::Path, process::Command};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_cert-reissue-operator");
pub(crate) const ORGANIZATION: &str = "Operator Test K.K.";
pub(crate) const COMMON_NAME: &str = "Operator Test CA";
pub(crate) const CREATE_ROOT: [&str; 8] =
    ["ca", "create-root", "--organization", ORGANIZATION, "--common-name", COMMON_NAME, "--days", "3650"];

/// The output and the exit status of a program.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) errors: String,
}

pub(crate) fn run(program: &str, arguments: &[&str]) -> Ended {
    // The environment of the tests may configure a deployment, which the tests must not use.
    let output = Command::new(program).args(arguments).env_remove("CA_KEY_ID").output().unwrap();
    Ended {
        code: output.status.code(),
        output: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn operator(data: &Path, arguments: &[&str]) -> Ended {
    let data = ["--data", data.to_str().unwrap()];
    run(PROGRAM, &[&data, arguments].concat())
}

pub(crate) fn openssl(arguments: &[&str]) -> String {
    let ended = run("openssl", arguments);
    assert_eq!(ended.code, Some(0), "{arguments:?}: {}{}", ended.output, ended.errors);
    ended.output
}

pub(crate) fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}
