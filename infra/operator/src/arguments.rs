//! The command-line arguments, with one variant for each command. The doc comments appear in the help text.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use shared::{
    domain::fields::{Field, FixedField},
    pki::{SerialNumber, SerialNumberError},
    store::LookupNumber,
};

const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  failure; the reason is on standard error
  2  invalid command line
  3  success, but some records were skipped; they are listed on standard error

The exit codes of `check` are 0 without findings, 1 with findings, and 2 if the check could not be completed.

Without --data, the command works on the deployment that the environment variables describe. They are the variables of
the deployment's functions, such as TABLE_PREFIX, CA_KEY_ID and PUBLIC_BUCKET, and the standard variables of the AWS
SDK. If a variable is missing, the error message contains its name.";

/// Manage the CA, the certificate records, the CRLs and the audit log of cert-reissue
#[derive(Parser)]
#[command(name = "cert-reissue-operator", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// Data folder of a local stack to use instead of a deployment; the stack must be stopped
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) data: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create, request, import or publish the CA certificate
    #[command(subcommand)]
    Ca(CaCommand),
    /// Import certificate records
    #[command(subcommand)]
    Certificates(CertificatesCommand),
    /// Show, release or reject an application whose email address was changed
    #[command(subcommand)]
    Applications(ApplicationsCommand),
    /// Find a certificate and its application by a number
    #[command(after_help = FIND)]
    Find(Find),
    /// Check the keys, the CRLs, their segments, the audit log and the rows
    #[command(after_help = CHECK)]
    Check(Check),
    /// Publish CRLs or rebuild their segments
    #[command(subcommand)]
    Crl(CrlCommand),
    /// Renew the OCSP responder's certificate
    #[command(subcommand)]
    Ocsp(OcspCommand),
    /// Show and verify signed revocation statements
    #[command(subcommand)]
    Statements(StatementsCommand),
    /// Seal and verify the audit log
    #[command(subcommand)]
    Audit(AuditCommand),
}

#[derive(Subcommand)]
pub(crate) enum CaCommand {
    /// Create a self-signed CA certificate for the CA key
    #[command(after_help = CREATE_ROOT)]
    CreateRoot(CreateRoot),
    /// Create a certification request for the CA key, to send to an offline parent CA
    #[command(after_help = REQUEST_CERTIFICATE)]
    RequestCertificate(RequestCertificate),
    /// Check and import the certificate that the parent CA issued
    #[command(after_help = IMPORT_CERTIFICATE)]
    ImportCertificate(ImportCertificate),
    /// Publish the CA certificate again
    #[command(after_help = PUBLISH_CERTIFICATE)]
    PublishCertificate(PublishCertificate),
}

#[derive(Subcommand)]
pub(crate) enum CertificatesCommand {
    /// Register existing certificates with their application data
    #[command(after_help = import_help())]
    Import(Import),
}

#[derive(Subcommand)]
pub(crate) enum ApplicationsCommand {
    /// Print the state of an application, its hold, its stops and its releases
    #[command(after_help = APPLICATIONS_SHOW)]
    Show(ApplicationNumber),
    /// Release a stopped application, or approve a changed email address
    #[command(visible_alias = "approve", after_help = APPLICATIONS_RELEASE)]
    Release(ApplicationDecision),
    /// Reject an application, which ends it
    #[command(after_help = APPLICATIONS_REJECT)]
    Reject(ApplicationDecision),
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
    /// Renew the responder's certificate if renewal is due
    #[command(after_help = RENEW_RESPONDER)]
    RenewResponder,
}

#[derive(Subcommand)]
pub(crate) enum StatementsCommand {
    /// Print the public key that verifies statements and audit log checkpoints
    #[command(after_help = STATEMENTS_KEY)]
    Key(StatementsKey),
    /// Print the statement that was signed before a certificate was revoked
    #[command(after_help = STATEMENTS_SHOW)]
    Show(StatementsShow),
    /// Verify a statement offline
    #[command(after_help = STATEMENTS_VERIFY)]
    Verify(StatementsVerify),
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Append the pending events to the log, and sign a checkpoint if one is due
    #[command(after_help = AUDIT_SEAL)]
    Seal,
    /// Verify a copy of the whole log offline
    #[command(after_help = AUDIT_VERIFY)]
    Verify(AuditVerify),
}

const CREATE_ROOT: &str = "\
Stores the certificate in the database, from which the deployment's functions read it. Publishes it as ca.cer in the
public bucket, and writes the files ca.pem and ca.cer. The CA of a deployment cannot be replaced.

Example:
  TABLE_PREFIX=cert-reissue-prod CA_KEY_ID=alias/ca PUBLIC_BUCKET=pki cert-reissue-operator ca create-root \\
    --organization 'Example Trust K.K.' --common-name 'Example Personal CA 1' --days 3650";

#[derive(Args)]
pub(crate) struct CreateRoot {
    #[command(flatten)]
    pub(crate) name: Name,
    /// Validity in days, from 1650 to 9132
    #[arg(long)]
    pub(crate) days: u32,
    #[command(flatten)]
    pub(crate) output: Output,
}

const REQUEST_CERTIFICATE: &str = "\
Writes the request to the file ca-request.pem.

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
Checks that the certificate is a CA certificate for the CA key, that it is valid now, that the parent certificates form
a chain to a self-signed root, and that relying parties would accept the certificates that the CA issues. Then stores,
publishes and writes the certificate like `ca create-root`. Importing the same certificate again has no effect.

Example:
  TABLE_PREFIX=cert-reissue-prod CA_KEY_ID=alias/ca PUBLIC_BUCKET=pki cert-reissue-operator ca import-certificate \\
    issued.pem --parents parents.pem";

#[derive(Args)]
pub(crate) struct ImportCertificate {
    /// Certificate that the parent CA issued, in PEM or DER
    pub(crate) certificate: PathBuf,
    /// Certificates of the parent CAs in PEM, from the issuer to the root
    #[arg(long, value_name = "FILE")]
    pub(crate) parents: PathBuf,
    #[command(flatten)]
    pub(crate) output: Output,
}

const PUBLISH_CERTIFICATE: &str = "\
Use this command if the public bucket does not contain the certificate, or if an earlier command stored the certificate
in the database and then failed. Also writes the files ca.pem and ca.cer.

Example:
  TABLE_PREFIX=cert-reissue-prod PUBLIC_BUCKET=pki cert-reissue-operator ca publish-certificate --output /tmp";

#[derive(Args)]
pub(crate) struct PublishCertificate {
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Returns the help text of `certificates import`, with the columns of all fields.
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
If the file name ends in .csv, the file must be CSV (RFC 4180, UTF-8) with a header. Otherwise, it must be JSON Lines,
with one object per line. The CSV columns have the names of the JSON members, and a dot separates nested names:

  certificate (PEM)
  couponNumber
  certificateCode
  applicationPassword or applicationPasswordHash (argon2id, PHC string format)
  corporateNumber
{fields}
  revoked.reason, revoked.at (RFC 3339; only for a revoked certificate)

Invalid records are reported with their line numbers and skipped. Importing the same file again has no effect.

Example:
  cert-reissue-operator certificates import subscribers.csv";

#[derive(Args)]
pub(crate) struct Import {
    /// File with the certificate records, JSON Lines or CSV
    pub(crate) file: PathBuf,
}

const APPLICATIONS_SHOW: &str = "\
Prints a JSON object with the times of the application and the masked email addresses: the registered address and the
address in force.

Example:
  cert-reissue-operator applications show 8F0K-2M7Q-4XAB";

#[derive(Args)]
pub(crate) struct ApplicationNumber {
    /// Receipt number, coupon number, or serial number of the old certificate in hexadecimal
    #[arg(value_parser = readings)]
    pub(crate) number: Readings,
}

const APPLICATIONS_RELEASE: &str = "\
Sends a new certificate code to the email address in force immediately. All earlier codes are invalid. First make sure,
by a channel other than email, that the subscriber wants the address. If the address is not the registered one, the
registered mailbox is notified again. The name and the reason are recorded in the audit log.

Example:
  cert-reissue-operator applications release 8F0K-2M7Q-4XAB --officer 'Sato' --reason 'confirmed by telephone'";

const APPLICATIONS_REJECT: &str = "\
Ends an application that was stopped or that has not been picked up. The registered mailbox is notified. The old
certificate stays revoked, or is revoked at its deadline. The name and the reason are recorded in the audit log.

Example:
  cert-reissue-operator applications reject 8F0K-2M7Q-4XAB --officer 'Sato' --reason 'not the subscriber'";

#[derive(Args)]
pub(crate) struct ApplicationDecision {
    #[command(flatten)]
    pub(crate) application: ApplicationNumber,
    /// Name of the officer who decides
    #[arg(long, value_name = "NAME", value_parser = one_line)]
    pub(crate) officer: String,
    /// Reason for the decision, without personal data of the subscriber
    #[arg(long, value_name = "TEXT", value_parser = one_line)]
    pub(crate) reason: String,
}

/// The maximum length of a text in the audit log.
const LONGEST_LINE: usize = 200;

fn one_line(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= LONGEST_LINE && !text.contains(char::is_control);
    fits.then(|| text.to_owned()).ok_or("must be one line of 1 to 200 characters")
}

const FIND: &str = "\
Prints a JSON object with the enrollment, the coupon number and state of the certificate, and the state of its
application. After the pick-up, the object also contains the coupon number of the new certificate. It does not contain
names or addresses.

Example:
  cert-reissue-operator find 984940947";

#[derive(Args)]
pub(crate) struct Find {
    /// Receipt number, coupon number, or serial number of a certificate in hexadecimal
    #[arg(value_parser = readings)]
    pub(crate) number: Readings,
}

/// The possible meanings of the argument. A string of digits can be both a coupon number and a serial number.
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

const CHECK: &str = "\
Compares the database, the keys, the published CRLs, their segments and the audit log with each other. Prints one line
for each check. Findings are listed on standard error with their place and remedy. The check changes nothing and can run
at any time. It reads each revocation, segment and CRL once, each pending outbox row, and the newest 200 objects of the
audit log. It does not read the enrollments.

Exit codes:
  0  no findings
  1  findings
  2  the check could not be completed; the reason is on standard error

Example:
  cert-reissue-operator check";

#[derive(Args)]
pub(crate) struct Check {
    /// Record the fingerprints of the current keys first: once after the deployment, and after a planned replacement of
    /// the statement key or the OCSP key
    #[arg(long)]
    pub(crate) record_keys: bool,
}

const PUBLISH: &str = "\
Does the same as the schedule, and can run at the same time. Prints the number, the entry count and nextUpdate of each
CRL. If a revocation cannot be read, it is reported and not listed on any CRL, and the exit code is 3.

Example:
  cert-reissue-operator crl publish";

const REBUILD: &str = "\
Restores lost or damaged segments, with the published entries in their published order. Stop the queue and the schedule
of publish-crl first, because publish-crl must not run at the same time. Publish the CRLs afterwards.

Example:
  cert-reissue-operator crl rebuild && cert-reissue-operator crl publish";

const RENEW_RESPONDER: &str = "\
Renewal is due if the responder's key has no certificate, or if half of the certificate's validity has passed.

Example:
  cert-reissue-operator ocsp renew-responder";

const STATEMENTS_KEY: &str = "\
Prints a SubjectPublicKeyInfo in PEM, which the verify commands accept, or a JWK for JOSE libraries. A CA publishes this
key together with its certificate.

Example:
  cert-reissue-operator statements key >statement-key.pem";

#[derive(Args)]
pub(crate) struct StatementsKey {
    /// Print the key as a JWK (RFC 7517)
    #[arg(long)]
    pub(crate) jwk: bool,
}

const STATEMENTS_SHOW: &str = "\
Prints a JSON object with the signed text in `payload` and the detached JWS in `jws` (RFC 7515 appendix F).

Example:
  cert-reissue-operator statements show 1f:2e:3d:4c:5b:6a >statement.json";

#[derive(Args)]
pub(crate) struct StatementsShow {
    /// Serial number of the certificate in hexadecimal, with or without colons, leading zeros and 0x
    #[arg(value_parser = serial_number)]
    pub(crate) serial_number: SerialNumber,
}

const STATEMENTS_VERIFY: &str = "\
Prints the signed text. Requires neither the deployment nor a network connection.

Example:
  cert-reissue-operator statements verify statement.json --key statement-key.pem";

#[derive(Args)]
pub(crate) struct StatementsVerify {
    /// File with the output of `statements show`
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) published: StatementKey,
}

const AUDIT_SEAL: &str = "\
Does the same as the schedule, and can run at the same time.

Example:
  cert-reissue-operator audit seal";

const AUDIT_VERIFY: &str = "\
Verifies the hash chain of all lines and the signature of every checkpoint. Reports the first broken link with its line
number and object, or the first checkpoint with an invalid signature. Prints the number of lines that no checkpoint
covers yet. Requires neither the deployment nor a network connection. The local stack keeps its log in the folder
state/audit of the data folder.

A log from which the newest lines and checkpoints were removed is valid in itself. To detect this, keep the newest
checkpoint after each verification, outside the account of the deployment, and pass it to the next verification with
--expect.

Example:
  aws s3 sync s3://STATE_BUCKET/audit audit
  cert-reissue-operator audit verify audit --key statement-key.pem --expect kept/000000004711.json";

#[derive(Args)]
pub(crate) struct AuditVerify {
    /// Copy of the log, with the folders `lines` and `checkpoints`
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Checkpoint from an earlier verification, which the log must still contain; can be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) expect: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) published: StatementKey,
}

#[derive(Args)]
pub(crate) struct StatementKey {
    /// File with the output of `statements key`, obtained from the CA separately from the data to verify
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
}

/// Parses a serial number in any form that certificate viewers show: with or without colons, spaces, leading zeros and
/// the prefix 0x, in upper or lower case.
fn serial_number(text: &str) -> Result<SerialNumber, SerialNumberError> {
    let text = text.trim();
    let text = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let digits: String = text.chars().filter(|c| *c != ':' && !c.is_whitespace()).collect();
    let octets = digits.len().div_ceil(2);
    format!("{digits:0>width$}", width = 2 * octets).try_into()
}

#[derive(Args)]
pub(crate) struct Name {
    /// Country code of the CA, two letters
    #[arg(long, default_value = "JP")]
    pub(crate) country: String,
    /// Organization that runs the CA
    #[arg(long)]
    pub(crate) organization: String,
    /// Common name of the CA
    #[arg(long, value_name = "NAME")]
    pub(crate) common_name: String,
}

#[derive(Args)]
pub(crate) struct Output {
    /// Folder for new files; existing files are never overwritten [default: the data folder or the current folder]
    #[arg(long = "output", value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn a_serial_number_is_read_in_every_common_form() {
        let expected: SerialNumber = "0a1b2c".to_owned().try_into().unwrap();
        for form in [
            "0a1b2c",
            "a1b2c",
            "A1B2C",
            "0A1B2C",
            "0a:1b:2c",
            "A:1B:2C",
            "0A 1B 2C",
            "0x0a1b2c",
            "0XA1B2C",
            "000a1b2c",
            "00:00:0a:1b:2c",
            " 0a1b2c\n",
        ] {
            assert_eq!(serial_number(form).as_ref(), Ok(&expected), "{form:?}");
            let Readings(found) = readings(form).unwrap();
            assert!(found.contains(&LookupNumber::Serial(expected.clone())), "{form:?}");
        }
        for form in ["", "0x", "0", "00:00", "0a1b2g", "0x0x0a", "-0a", "あ"] {
            assert!(serial_number(form).is_err(), "{form:?}");
        }
    }

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
