//! The command-line arguments. The doc comments appear in the help text.

use std::path::PathBuf;

use clap::Parser;
use shared::domain::{application::AddressChangeHold, ocsp::NoncePolicy, revocation::RevocationTiming};

/// Run the certificate reissue service on this machine with demonstration data
#[derive(Debug, Parser)]
#[command(bin_name = "cargo run --")]
pub(crate) struct Arguments {
    /// Port to listen on, on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,
    /// Serve HTTPS with a certificate from the local CA; CRLs, OCSP and the CA
    /// certificate remain available over plain HTTP on the same port
    #[arg(long, verbatim_doc_comment)]
    pub(crate) https: bool,
    /// Data folder [default: cert-reissue in the user's data directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Folder with the pages to serve [default: web in this repository]
    #[arg(long, value_name = "DIR")]
    pub(crate) site: Option<PathBuf>,
    /// Import certificate records from a JSON Lines file
    #[arg(long, value_name = "FILE")]
    pub(crate) import: Option<PathBuf>,
    /// Revoke the old certificate at the submission of the application
    /// (submission) or at the pick-up of the new certificate (pickup)
    #[arg(long, value_name = "TIMING", default_value = "submission", verbatim_doc_comment)]
    pub(crate) revocation_timing: RevocationTiming,
    /// ignore: OCSP responses have no nonce; a number: as many responses per
    /// minute repeat the nonce of their request
    #[arg(long, value_name = "NONCES", default_value = "ignore", verbatim_doc_comment)]
    pub(crate) ocsp_nonces: NoncePolicy,
    /// Hold certificate codes for a changed email address for this number of
    /// minutes (0 to 4320), or until an officer approves the change (officer)
    #[arg(long, value_name = "HOLD", default_value = "45", verbatim_doc_comment)]
    pub(crate) address_change_hold: AddressChangeHold,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_defaults_are_those_of_the_domain() {
        let arguments = Arguments::try_parse_from(["cert-reissue"]).unwrap();
        assert_eq!(arguments.revocation_timing, RevocationTiming::default());
        assert_eq!(arguments.ocsp_nonces, NoncePolicy::default());
        assert_eq!(arguments.address_change_hold, AddressChangeHold::default());
    }

    #[test]
    fn the_error_for_an_invalid_value_names_the_option_and_the_reason() {
        let refused = Arguments::try_parse_from(["cert-reissue", "--revocation-timing", "someday"]);
        let message = refused.unwrap_err().to_string();
        for part in ["someday", "--revocation-timing", "`submission` or `pickup`"] {
            assert!(message.contains(part), "{part}: {message}");
        }
    }
}
