//! Runs the real program in a process that tests can kill.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
    time::Duration,
};

use local_stack::DemoAccount;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
    time::{sleep, timeout},
};

use super::Client;

/// The maximum time to wait for a condition. Only a program that hangs should reach this limit.
const PATIENCE: Duration = Duration::from_secs(60);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// The path of the `cert-reissue` program, which is built once per test run.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "--workspace", "--bin", "cert-reissue"]);
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    assert!(build.status().unwrap().success());
    // The test binary is in the `deps` folder next to the program.
    let deps = env::current_exe().unwrap();
    deps.ancestors().nth(2).unwrap().join(format!("cert-reissue{}", env::consts::EXE_SUFFIX))
});

/// A running program, which is killed on drop.
pub(crate) struct Program {
    child: Child,
    port: u16,
    /// The lines that the program printed before its address.
    pub(crate) greeting: Vec<String>,
}

impl Program {
    /// Starts the program on a free port, and waits until it prints its address.
    pub(crate) async fn start(data_dir: &Path, options: &[&str]) -> Self {
        let mut child = spawn(data_dir, options);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut greeting = Vec::new();
        let port = timeout(PATIENCE, async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some(url) = line.strip_prefix("The reissue wizard:") {
                    let port = url.trim().trim_end_matches('/').rsplit(':').next().unwrap();
                    return port.parse().unwrap();
                }
                greeting.push(line);
            }
            panic!("it ended: {greeting:?}");
        });
        let port = port.await.unwrap();
        // Keeps reading the program's output. If the pipe were closed, the program would fail when it prints the next
        // line.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, port, greeting }
    }

    /// Starts the program, waits until it fails, and returns its error output.
    pub(crate) async fn start_in_vain(data_dir: &Path, options: &[&str]) -> String {
        let child = command(data_dir, options).stderr(Stdio::piped()).spawn().unwrap();
        let output = timeout(PATIENCE, child.wait_with_output()).await.unwrap().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.port)
    }

    /// Stops the program as Ctrl-C does.
    pub(crate) async fn interrupt(mut self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        assert!(timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap().success());
    }

    /// Kills the program with `kill -9`.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// Starts the program in `data_dir` and kills it as soon as `reached` returns true.
pub(crate) async fn kill_when(data_dir: &Path, reached: impl Fn() -> bool) {
    let mut child = spawn(data_dir, &[]);
    until(async || reached().then_some(())).await;
    child.kill().await.unwrap();
}

/// Calls `look` repeatedly until it returns a value, and returns this value.
pub(crate) async fn until<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = timeout(PATIENCE, async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            sleep(BETWEEN_LOOKS).await;
        }
    });
    found.await.unwrap()
}

/// Returns the demonstration account with this mailbox.
pub(crate) async fn demo_account(client: &Client, mailbox: &str) -> DemoAccount {
    let demo = client.get("/local/demo").await.ok();
    let address = format!("{mailbox}@example.co.jp");
    let accounts: Vec<DemoAccount> = serde_json::from_value(demo["accounts"].clone()).unwrap();
    accounts.into_iter().find(|account| account.email_address == address).unwrap()
}

fn spawn(data_dir: &Path, options: &[&str]) -> Child {
    command(data_dir, options).spawn().unwrap()
}

fn command(data_dir: &Path, options: &[&str]) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(PROGRAM.as_path());
    if !options.contains(&"--port") {
        command.args(["--port", "0"]);
    }
    command
        .arg("--data")
        .arg(data_dir)
        .args(options)
        .env("RUST_LOG", "off")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}
