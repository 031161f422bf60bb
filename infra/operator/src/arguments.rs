//! The command line, with one variant per command. The doc comments are the help texts.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use shared::{
    domain::fields::{Field, FixedField},
    pki::{SerialNumber, SerialNumberError},
    store::LookupNumber,
};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed; the reason is on standard error
  2  the command line is wrong
  3  done, but some records were left out; they are on standard error

Without --data it works on the deployment that the environment describes, with the variables of its functions, such
as TABLE_PREFIX, CA_KEY_ID and PUBLIC_BUCKET, and AWS's own. A command names the variable that it lacks.";

/// Runs the CA and manages the database of cert-reissue.
#[derive(Parser)]
#[command(name = "cert-reissue-operator", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// Work on this data folder of the local stack, which must not be running
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) data: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The CA's certificate
    #[command(subcommand)]
    Ca(CaCommand),
    /// The registered certificates
    #[command(subcommand)]
    Certificates(CertificatesCommand),
    /// Find a certificate and the application for it by a number
    #[command(after_help = FIND)]
    Find(Find),
    /// The certificate revocation lists
    #[command(subcommand)]
    Crl(CrlCommand),
    /// The OCSP responder
    #[command(subcommand)]
    Ocsp(OcspCommand),
    /// The signed statements of revocations
    #[command(subcommand)]
    Statements(StatementsCommand),
    /// The audit log
    #[command(subcommand)]
    Audit(AuditCommand),
}

#[derive(Subcommand)]
pub(crate) enum CaCommand {
    /// Make a self-signed CA certificate over the CA's key
    #[command(after_help = CREATE_ROOT)]
    CreateRoot(CreateRoot),
    /// Make a certification request over the CA's key, for an offline parent
    #[command(after_help = REQUEST_CERTIFICATE)]
    RequestCertificate(RequestCertificate),
    /// Check the certificate that the parent issued, and adopt it
    #[command(after_help = IMPORT_CERTIFICATE)]
    ImportCertificate(ImportCertificate),
    /// Publish the CA's certificate again
    #[command(after_help = PUBLISH_CERTIFICATE)]
    PublishCertificate(PublishCertificate),
}

#[derive(Subcommand)]
pub(crate) enum CertificatesCommand {
    /// Register certificates that were issued before, with the data of their applications
    #[command(after_help = import_help())]
    Import(Import),
}

#[derive(Subcommand)]
pub(crate) enum CrlCommand {
    /// Publish every CRL now
    #[command(after_help = PUBLISH)]
    Publish,
    /// Rebuild the CRL segments from the database
    #[command(after_help = REBUILD)]
    Rebuild,
}

#[derive(Subcommand)]
pub(crate) enum OcspCommand {
    /// Renew the responder's certificate, if it is due
    #[command(after_help = RENEW_RESPONDER)]
    RenewResponder,
}

#[derive(Subcommand)]
pub(crate) enum StatementsCommand {
    /// Print the key that verifies statements and the audit log's checkpoints
    #[command(after_help = STATEMENTS_KEY)]
    Key(StatementsKey),
    /// Print the statement that was signed before a certificate was revoked
    #[command(after_help = STATEMENTS_SHOW)]
    Show(StatementsShow),
    /// Verify a statement, offline
    #[command(after_help = STATEMENTS_VERIFY)]
    Verify(StatementsVerify),
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Chain the events that wait now, and sign a checkpoint if it is due
    #[command(after_help = AUDIT_SEAL)]
    Seal,
    /// Verify the whole log, offline
    #[command(after_help = AUDIT_VERIFY)]
    Verify(AuditVerify),
}

const CREATE_ROOT: &str = "\
Puts the certificate on the deployment's record, from which its functions have it; publishes it as ca.cer in the public
bucket; writes ca.pem and ca.cer. A deployment has one CA, for good.

Example:
  TABLE_PREFIX=cert-reissue-prod CA_KEY_ID=alias/ca PUBLIC_BUCKET=pki cert-reissue-operator ca create-root \\
    --organization 'Example Trust K.K.' --common-name 'Example Personal CA 1' --days 3650";

#[derive(Args)]
pub(crate) struct CreateRoot {
    #[command(flatten)]
    pub(crate) name: Name,
    /// The validity in days: 1650 to 9132
    #[arg(long)]
    pub(crate) days: u32,
    #[command(flatten)]
    pub(crate) output: Output,
}

const REQUEST_CERTIFICATE: &str = "\
Writes ca-request.pem.

Example:
  CA_KEY_ID=alias/ca cert-reissue-operator ca request-certificate \\
    --organization 'Example Trust K.K.' --common-name 'Example Personal CA 1'";

#[derive(Args)]
pub(crate) struct RequestCertificate {
    #[command(flatten)]
    pub(crate) name: Name,
    #[command(flatten)]
    pub(crate) output: Output,
}

const IMPORT_CERTIFICATE: &str = "\
Checks that the certificate is for the CA's key, that it is a CA's, that it is valid now, and that the parents lead
from it to a self-signed root. Then does what `ca create-root` does with its certificate. The same one again changes
nothing.

Example:
  TABLE_PREFIX=cert-reissue-prod CA_KEY_ID=alias/ca PUBLIC_BUCKET=pki cert-reissue-operator ca import-certificate \\
    issued.pem --parents parents.pem";

#[derive(Args)]
pub(crate) struct ImportCertificate {
    /// The certificate that the parent issued, PEM or DER
    pub(crate) certificate: PathBuf,
    /// The CA certificates above it, PEM, from its issuer to the root
    #[arg(long, value_name = "FILE")]
    pub(crate) parents: PathBuf,
    #[command(flatten)]
    pub(crate) output: Output,
}

const PUBLISH_CERTIFICATE: &str = "\
For a public bucket that is new or lost it, or after a command that put it on record and then failed. Writes ca.pem and
ca.cer, too.

Example:
  TABLE_PREFIX=cert-reissue-prod PUBLIC_BUCKET=pki cert-reissue-operator ca publish-certificate --output /tmp";

#[derive(Args)]
pub(crate) struct PublishCertificate {
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Returns the help text of the import, with a column for each field.
fn import_help() -> String {
    let fixed = FixedField::ALL.iter().map(|field| format!("  {}", field.name()));
    let entered = Field::APPLICATION.iter().map(|field| {
        let optional = if field.spec().required { "" } else { " (optional)" };
        format!("  application.{}{optional}", field.name())
    });
    let columns: Vec<_> = fixed.chain(entered).collect();
    IMPORT.replace("{fields}", &columns.join("\n"))
}

const IMPORT: &str = "\
A file whose name ends in .csv is CSV (RFC 4180, UTF-8) with a header; any other is JSON Lines, one object a line.
The columns are called like the members of the objects, with a dot for a member of a member:

  certificate (PEM)
  couponNumber
  certificateCode
  applicationPassword or applicationPasswordHash (argon2id, PHC form)
  corporateNumber
{fields}
  revoked.reason, revoked.at (RFC 3339; for a revoked certificate)

Every record is checked. A bad one is reported with its line and the reason, and does not keep the others out. The
same file again changes nothing.

Example:
  cert-reissue-operator certificates import subscribers.csv";

#[derive(Args)]
pub(crate) struct Import {
    /// The certificate records, JSON Lines or CSV
    pub(crate) file: PathBuf,
}

const FIND: &str = "\
Prints a JSON object: the enrollment, the coupon number and the state of the certificate, and the state of its
application. After the pick-up it has the new certificate's coupon number, too. It contains no name and no address.

Example:
  cert-reissue-operator find 984940947";

#[derive(Args)]
pub(crate) struct Find {
    /// A receipt number, a coupon number, or a certificate's serial number in hexadecimal
    #[arg(value_parser = readings)]
    pub(crate) number: Readings,
}

/// The numbers that a text can represent. A text of digits can be both a coupon number and a serial number.
#[derive(Clone, Debug)]
pub(crate) struct Readings(pub(crate) Vec<LookupNumber>);

fn readings(text: &str) -> Result<Readings, &'static str> {
    let readings = [
        text.parse().ok().map(LookupNumber::Receipt),
        text.parse().ok().map(LookupNumber::Coupon),
        serial_number(text).ok().map(LookupNumber::Serial),
    ];
    let readings: Vec<_> = readings.into_iter().flatten().collect();
    if readings.is_empty() { Err("not a receipt, coupon or serial number") } else { Ok(Readings(readings)) }
}

const PUBLISH: &str = "\
Does what the schedule does, and may run beside it. Prints each CRL with its number, how many certificates it lists and
its nextUpdate. A revocation whose record cannot be read is on no CRL: it is reported, and the exit code is 3.

Example:
  cert-reissue-operator crl publish";

const REBUILD: &str = "\
For segments that were lost or damaged: makes them with the very entries, in the very places, that were published.
No publisher may run meanwhile, so stop the function's queue and schedule first. Publish the CRLs afterwards.

Example:
  cert-reissue-operator crl rebuild && cert-reissue-operator crl publish";

const RENEW_RESPONDER: &str = "\
It is due when there is no certificate for the responder's key, or when half of its life is over.

Example:
  cert-reissue-operator ocsp renew-responder";

const STATEMENTS_KEY: &str = "\
A SubjectPublicKeyInfo in PEM, as the commands that verify take it, or a JWK for JOSE libraries.
It is what a CA publishes beside its certificate.

Example:
  cert-reissue-operator statements key >statement-key.pem";

#[derive(Args)]
pub(crate) struct StatementsKey {
    /// Print the key as a JWK (RFC 7517)
    #[arg(long)]
    pub(crate) jwk: bool,
}

const STATEMENTS_SHOW: &str = "\
Prints a JSON object: `payload`, what was signed, and `jws`, the detached JWS over it (RFC 7515 appendix F).

Example:
  cert-reissue-operator statements show 1f:2e:3d:4c:5b:6a >statement.json";

#[derive(Args)]
pub(crate) struct StatementsShow {
    /// The certificate's serial number, in hexadecimal, with or without colons
    #[arg(value_parser = serial_number)]
    pub(crate) serial_number: SerialNumber,
}

const STATEMENTS_VERIFY: &str = "\
Prints what was signed. Needs neither the deployment nor the network.

Example:
  cert-reissue-operator statements verify statement.json --key statement-key.pem";

#[derive(Args)]
pub(crate) struct StatementsVerify {
    /// The output of `statements show`
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) published: StatementKey,
}

const AUDIT_SEAL: &str = "\
Does what the schedule does, and may run beside it.

Example:
  cert-reissue-operator audit seal";

const AUDIT_VERIFY: &str = "\
Follows the chain through every line, and verifies every checkpoint under the key. Names the first link that is broken,
by the number of its line and the object that it is in, or the checkpoint that is not signed. Needs neither the
deployment nor the network. Of the local stack, the log is in the folder state/audit of the data folder.

Example:
  aws s3 sync s3://STATE_BUCKET/audit audit
  cert-reissue-operator audit verify audit --key statement-key.pem";

#[derive(Args)]
pub(crate) struct AuditVerify {
    /// A copy of the log, with its folders `lines` and `checkpoints`
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) published: StatementKey,
}

/// The key for the verification.
#[derive(Args)]
pub(crate) struct StatementKey {
    /// The output of `statements key`, obtained from the CA through another channel than the data to verify
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
}

fn serial_number(text: &str) -> Result<SerialNumber, SerialNumberError> {
    text.replace(':', "").try_into()
}

/// The name of the CA.
#[derive(Args)]
pub(crate) struct Name {
    /// The country, two letters
    #[arg(long, default_value = "JP")]
    pub(crate) country: String,
    /// The organization that runs the CA
    #[arg(long)]
    pub(crate) organization: String,
    /// The CA's common name
    #[arg(long, value_name = "NAME")]
    pub(crate) common_name: String,
}

#[derive(Args)]
pub(crate) struct Output {
    /// The folder for the files; no file is ever overwritten [default: the data folder, or the current one]
    #[arg(long = "output", value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
