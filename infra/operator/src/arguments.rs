//! The command line: one variant a command. Its text is its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed; the reason is on standard error
  2  the command line is wrong
  3  done, but some records were refused; they are on standard error

Without --data it works on the deployment that the environment describes, with the variables of its functions:
CA_KEY_ID, CA_CERTIFICATE, PUBLICATION_URL, TABLE_PREFIX and AWS's own.";

/// Runs the CA and keeps the records of cert-reissue.
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
    /// The certificates on record
    #[command(subcommand)]
    Certificates(CertificatesCommand),
}

#[derive(Subcommand)]
pub(crate) enum CaCommand {
    /// Make a self-signed CA certificate over the CA's key
    #[command(after_help = CREATE_ROOT)]
    CreateRoot(CreateRoot),
    /// Make a certification request over the CA's key, for an offline parent
    #[command(after_help = REQUEST_CERTIFICATE)]
    RequestCertificate(RequestCertificate),
    /// Check what the parent issued, and take it over
    #[command(after_help = IMPORT_CERTIFICATE)]
    ImportCertificate(ImportCertificate),
}

#[derive(Subcommand)]
pub(crate) enum CertificatesCommand {
    /// Register certificates that were issued before, with what their applications said
    #[command(after_help = IMPORT)]
    Import(Import),
}

const CREATE_ROOT: &str = "\
Writes ca.pem and ca.cer, and prints the setting CA_CERTIFICATE of the functions.

Example:
  CA_KEY_ID=alias/ca cert-reissue-operator ca create-root \\
    --organization 'Example Trust K.K.' --common-name 'Example Personal CA 1' --days 3650";

#[derive(Args)]
pub(crate) struct CreateRoot {
    #[command(flatten)]
    pub(crate) name: Name,
    /// How long it is valid: 1650 to 9132
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
from it to a self-signed root. Writes ca.pem and ca.cer, and prints the setting CA_CERTIFICATE of the functions.

Example:
  CA_KEY_ID=alias/ca cert-reissue-operator ca import-certificate issued.pem --parents parents.pem";

#[derive(Args)]
pub(crate) struct ImportCertificate {
    /// What the parent issued, PEM or DER
    pub(crate) certificate: PathBuf,
    /// The CAs above it, PEM, the one that issued it first and the root last
    #[arg(long, value_name = "FILE")]
    pub(crate) parents: PathBuf,
    #[command(flatten)]
    pub(crate) output: Output,
}

const IMPORT: &str = "\
A file whose name ends in .csv is CSV (RFC 4180, UTF-8) with a header; any other is JSON Lines, one object a line.
The columns are called like the members of the objects, with a dot for a member of a member:

  certificate (PEM), couponNumber, certificateCode, applicationPassword or applicationPasswordHash (argon2id, PHC
  form), companyCode, corporateNumber, organizationNameJa, organizationNameEn, subscriberNameJa, subscriberNameEn,
  application.emailAddress, application.postalCode, application.prefecture, application.city, application.street,
  application.phone, and where there are any application.titleJa, application.departmentJa,
  application.titleDepartmentRomaji, application.building, revoked.reason, revoked.at (RFC 3339)

Every record is checked. A bad one is reported with its line and the reason, and does not keep the others out. The
same file again changes nothing.

Example:
  cert-reissue-operator certificates import subscribers.csv";

#[derive(Args)]
pub(crate) struct Import {
    /// The records, JSON Lines or CSV
    pub(crate) file: PathBuf,
}

/// What the CA is called.
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
    /// Where the files are written; none is ever overwritten [default: the data folder, or the current one]
    #[arg(long = "output", value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}
