//! The command line. The doc comments are the help texts.

use std::path::PathBuf;

use clap::Parser;
use shared::domain::revocation::RevocationTiming;

/// Runs the certificate reissue service on this machine, with demonstration data.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo run --")]
pub(crate) struct Arguments {
    /// The port on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,
    /// Serves HTTPS, with a certificate of the local CA; over plain HTTP there
    /// are only CRLs, OCSP and the CA's certificate, on the same port
    #[arg(long, verbatim_doc_comment)]
    pub(crate) https: bool,
    /// Where everything is kept [default: below your data directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The pages to serve [default: this repository's web/]
    #[arg(long, value_name = "DIR")]
    pub(crate) site: Option<PathBuf>,
    /// Registers certificate records, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) import: Option<PathBuf>,
    /// submission: the old certificate is revoked when the application is
    /// accepted; pickup: when the new one is picked up
    #[arg(long, value_name = "TIMING", default_value = "submission", verbatim_doc_comment)]
    pub(crate) revocation_timing: RevocationTiming,
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
    fn the_default_revocation_timing_is_that_of_the_domain() {
        let arguments = Arguments::try_parse_from(["cert-reissue"]).unwrap();
        assert_eq!(arguments.revocation_timing, RevocationTiming::default());
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
