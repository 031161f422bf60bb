use std::{fs, path::Path};

use local_stack::adapters::SoftwareSigner;
use serde_json::Value;
use shared::{
    pki::PublicKey,
    use_cases::verify_audit_log::{UntrustedLog, verify_audit_log},
};

use super::TestStack;

/// The log objects and the published key, which are the input to an audit.
pub(crate) struct ExportedLog {
    pub(crate) lines: String,
    pub(crate) checkpoints: Vec<(String, Vec<u8>)>,
    pub(crate) key: PublicKey,
}

impl ExportedLog {
    pub(crate) fn of(stack: &TestStack) -> Self {
        Self::in_folder(stack.folder())
    }

    /// Reads the log from a data folder, or from a folder with the same structure.
    pub(crate) fn in_folder(data: &Path) -> Self {
        let folder = data.join("state/audit");
        let lines =
            objects(&folder.join("lines")).into_iter().map(|(_, content)| content).collect::<Vec<_>>();
        Self {
            lines: String::from_utf8(lines.concat()).unwrap(),
            checkpoints: objects(&folder.join("checkpoints")),
            key: SoftwareSigner::open(&data.join("statement-key.p8")).unwrap().public_key().clone(),
        }
    }

    pub(crate) fn verify(&self) -> Result<u64, UntrustedLog> {
        let checkpoints = self.checkpoints.iter().map(|(name, content)| (name.as_str(), content.as_slice()));
        verify_audit_log(self.lines.split_terminator('\n'), checkpoints, &self.key)
            .map(|verified| verified.head.sequence)
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        self.lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Returns the number of revocations in the log.
    pub(crate) fn revocations(&self) -> usize {
        self.events().iter().filter(|event| event["change"] == "certificateRevoked").count()
    }
}

fn objects(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    paths.into_iter().map(|path| (name(&path), fs::read(path).unwrap())).collect()
}
