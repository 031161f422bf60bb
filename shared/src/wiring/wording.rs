//! Names the places and remedies of findings as the operator of a deployment knows them.

use crate::use_cases::check_service::{KeyPurpose, Location, Remedy, Wording};

use super::Deployment;

impl Wording for Deployment {
    fn place(&self, location: &Location) -> String {
        match location {
            Location::Database => "the database".to_owned(),
            Location::Row(key) => format!("the row {key}"),
            Location::Key(purpose) => format!("the key that {} selects", setting(*purpose)),
            Location::CaCertificate => "the stored CA certificate".to_owned(),
            Location::PublishedObject(key) => format!("{key} in PUBLIC_BUCKET"),
            Location::StateObject(key) => format!("{key} in STATE_BUCKET"),
        }
    }

    fn instruction(&self, remedy: Remedy) -> &'static str {
        match remedy {
            Remedy::RestoreKey => "set the variable to the original key, which cannot be replaced",
            Remedy::RestoreOrRecordKey => {
                "set the variable to the original key; after a planned replacement of this key, run \
                 `cert-reissue-operator check --record-keys`"
            }
            Remedy::RecordKeys => "run `cert-reissue-operator check --record-keys`",
            Remedy::RestoreCaCertificate => "set CA_KEY_ID to the key of the CA certificate",
            Remedy::RenewResponder => "run `cert-reissue-operator ocsp renew-responder`",
            Remedy::RestoreDatabase => "follow `A table is lost` in docs/operate.md",
            Remedy::RestoreRow => "restore the row as described in docs/operate.md",
            Remedy::PublishCrls => "run `cert-reissue-operator crl publish`",
            Remedy::RestorePublicationUrl => "set PUBLICATION_URL to the URL that the certificates contain",
            Remedy::RebuildSegments => {
                "unless the tables were restored, run `cert-reissue-operator crl rebuild` and then `crl publish`"
            }
            Remedy::RestoreObject => "restore an earlier version of the object",
            Remedy::RemoveObject => "find out who wrote the object, and remove it",
        }
    }
}

/// Returns the environment variable that selects the key.
fn setting(purpose: KeyPurpose) -> &'static str {
    match purpose {
        KeyPurpose::Ca => "CA_KEY_ID",
        KeyPurpose::Statement => "STATEMENT_KEY_ID",
        KeyPurpose::Ocsp => "OCSP_KEY_ID",
        KeyPurpose::Code => "CODE_KEY_ID",
    }
}
