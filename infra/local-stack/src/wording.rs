//! Names the places and remedies of findings as files of the data folder.

use shared::use_cases::check_service::{KeyPurpose, Location, Remedy, Wording};

use crate::{
    data_folder::{CA_KEY, CODE_KEY, DataFolder, OCSP_KEY, PUBLISHED_OBJECTS, STATE_OBJECTS, STATEMENT_KEY},
    database_file::DATABASE_FILE,
};

impl Wording for DataFolder {
    fn place(&self, location: &Location) -> String {
        let file = |name: &str| self.path().join(name).display().to_string();
        match location {
            Location::Database => file(DATABASE_FILE),
            Location::Row(key) => format!("the row {key} in {}", file(DATABASE_FILE)),
            Location::Key(KeyPurpose::Ca) => file(CA_KEY),
            Location::Key(KeyPurpose::Statement) => file(STATEMENT_KEY),
            Location::Key(KeyPurpose::Ocsp) => file(OCSP_KEY),
            Location::Key(KeyPurpose::Code) => file(CODE_KEY),
            Location::CaCertificate => self.ca_certificate().display().to_string(),
            Location::PublishedObject(key) => file(&format!("{PUBLISHED_OBJECTS}/{key}")),
            Location::StateObject(key) => file(&format!("{STATE_OBJECTS}/{key}")),
        }
    }

    fn instruction(&self, remedy: Remedy) -> &'static str {
        match remedy {
            Remedy::RestoreKey
            | Remedy::RestoreOrRecordKey
            | Remedy::RestoreCaCertificate
            | Remedy::RestoreDatabase => {
                "restore the whole data folder from one backup, or choose a new folder with --data"
            }
            Remedy::RecordKeys => "start the stack, which records them",
            Remedy::RenewResponder => "start the stack, which renews the certificate",
            Remedy::RestoreRow | Remedy::RestoreObject => {
                "restore the data folder from a backup if you need the item; everything else works"
            }
            Remedy::PublishCrls => "start the stack, which publishes the CRL again",
            Remedy::RestorePublicationUrl => {
                "restore the file publication-url from a backup, or choose a new folder with --data"
            }
            Remedy::RebuildSegments => "start the stack, which rebuilds the segment from the database",
            Remedy::RemoveObject => "remove the file",
        }
    }
}
