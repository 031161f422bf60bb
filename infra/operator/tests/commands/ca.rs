//! `ca`: creates, requests and imports CA certificates. Also tests the behaviour that all commands share.

use std::{
    fs,
    path::{Path, PathBuf},
};

use local_stack::DataFolder;
use shared::{
    pki::CertificationAuthority,
    use_cases::ca_on_record::{CaOnRecordError, ca_on_record, publish_ca_certificate, put_on_record},
    wiring::Backend,
};

use crate::support::{COMMON_NAME, CREATE_ROOT, ORGANIZATION, PROGRAM, openssl, operator, path, run};

#[test]
fn a_root_is_created_once() {
    let data = tempfile::tempdir().unwrap();
    let made = operator(data.path(), &CREATE_ROOT);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    let ca = path(data.path(), "ca.pem");
    openssl(&["verify", "-x509_strict", "-check_ss_sig", "-CAfile", &ca, &ca]);
    let subject = openssl(&["x509", "-in", &ca, "-noout", "-subject", "-nameopt", "RFC2253"]);
    assert_eq!(subject, format!("subject=CN={COMMON_NAME},O={ORGANIZATION},C=JP\n"));
    openssl(&["verify", "-CAfile", &ca, &path(data.path(), "ca.cer")]);

    let before = fs::read(&ca).unwrap();
    let published = operator(data.path(), &["ca", "publish-certificate"]);
    assert_eq!(published.code, Some(0), "{}", published.errors);
    let again = operator(data.path(), &CREATE_ROOT);
    assert_eq!((again.code, again.output.as_str()), (Some(1), ""));
    assert!(again.errors.contains("ca.pem"), "{}", again.errors);
    assert_eq!(fs::read(&ca).unwrap(), before);
}

#[test]
fn a_certificate_from_a_parent_is_requested_checked_and_imported() {
    let (data, parent) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let requested = operator(
        data.path(),
        &["ca", "request-certificate", "--organization", ORGANIZATION, "--common-name", COMMON_NAME],
    );
    assert_eq!(requested.code, Some(0), "{}", requested.errors);
    let request = path(data.path(), "ca-request.pem");
    let issued = certify(parent.path(), &request, "");
    let stranger = tempfile::tempdir().unwrap();
    let others = make_parent(stranger.path());

    let import = |certificate: &str, parents: &str| {
        operator(data.path(), &["ca", "import-certificate", certificate, "--parents", parents])
    };
    let refused = import(&issued, &others);
    assert_eq!(refused.code, Some(1));
    assert!(refused.errors.contains("was not issued by the next certificate"), "{}", refused.errors);
    assert!(!data.path().join("ca.pem").exists());

    let tls_only = tempfile::tempdir().unwrap();
    let for_servers = certify(tls_only.path(), &request, "extendedKeyUsage=serverAuth\n");
    let refused = import(&for_servers, &path(tls_only.path(), "root.pem"));
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.errors.contains("extKeyUsage is absent, or contains emailProtection"),
        "{}",
        refused.errors
    );
    assert!(!data.path().join("ca.pem").exists());

    let root = path(parent.path(), "root.pem");
    let taken = import(&issued, &root);
    assert_eq!(taken.code, Some(0), "{}", taken.errors);
    openssl(&["verify", "-x509_strict", "-CAfile", &root, &path(data.path(), "ca.pem")]);
}

/// Creates an offline root in `folder` and returns the path of its certificate.
fn make_parent(folder: &Path) -> String {
    let (key, root) = (path(folder, "root.key"), path(folder, "root.pem"));
    openssl(&[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-384",
        "-nodes",
        "-keyout",
        &key,
        "-subj",
        "/C=JP/O=Parent/CN=Offline Root",
        "-days",
        "9000",
        "-out",
        &root,
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
    ]);
    root
}

/// Creates an offline root in `folder`, and issues a certificate for `request` with the extensions in the lines of
/// `additions`. Returns the path of the certificate.
fn certify(folder: &Path, request: &str, additions: &str) -> String {
    let root = make_parent(folder);
    let (extensions, issued) = (path(folder, "extensions"), path(folder, "issued.pem"));
    let lines = "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n\
                 subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
    fs::write(&extensions, format!("{lines}{additions}")).unwrap();
    openssl(&[
        "x509",
        "-req",
        "-in",
        request,
        "-CA",
        &root,
        "-CAkey",
        &path(folder, "root.key"),
        "-set_serial",
        "0x1234567890abcdef",
        "-days",
        "3650",
        "-extfile",
        &extensions,
        "-out",
        &issued,
    ]);
    issued
}

/// Uses the local stack's database and object store instead of a deployment's.
#[tokio::test]
async fn a_deployment_refuses_a_second_ca() {
    let data = tempfile::tempdir().unwrap();
    let folder = DataFolder::open(data.path().join("deployment")).unwrap();
    let (store, objects) = (folder.store().await.unwrap(), folder.objects().unwrap());
    assert!(matches!(ca_on_record(&store).await, Err(CaOnRecordError::Missing)));

    let [ca, other] = ["ca", "other"].map(|name| root(&data.path().join(name)));
    let refused = put_on_record(&store, &ca, other.public_key()).await;
    assert!(matches!(refused, Err(CaOnRecordError::OtherKey)), "{refused:?}");
    assert!(matches!(ca_on_record(&store).await, Err(CaOnRecordError::Missing)));
    for _ in 0..2 {
        put_on_record(&store, &ca, ca.public_key()).await.unwrap();
        publish_ca_certificate(objects.as_ref(), &ca).await.unwrap();
    }
    let refused = put_on_record(&store, &other, other.public_key()).await;
    assert!(matches!(refused, Err(CaOnRecordError::Other)), "{refused:?}");
    let refused = publish_ca_certificate(objects.as_ref(), &other).await;
    assert!(matches!(refused, Err(CaOnRecordError::OtherPublished)), "{refused:?}");

    assert_eq!(ca_on_record(&store).await.unwrap(), ca);
    let published = objects.read("ca.cer").await.unwrap().unwrap().collect().await.unwrap();
    assert_eq!(published, ca.certificate_der());
}

/// Runs `ca create-root` with the data folder `folder`, and returns the new CA.
fn root(folder: &Path) -> CertificationAuthority {
    let made = operator(folder, &CREATE_ROOT);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    CertificationAuthority::from_certificate(&fs::read(folder.join("ca.pem")).unwrap()).unwrap()
}

#[test]
fn a_data_folder_in_use_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let _held = DataFolder::open(PathBuf::from(data.path())).unwrap();
    let refused = operator(data.path(), &CREATE_ROOT);
    assert_eq!(refused.code, Some(1));
    assert!(refused.errors.contains("another process uses the data folder"), "{}", refused.errors);
}

#[test]
fn unsafe_and_unknown_arguments_are_refused() {
    let data = tempfile::tempdir().unwrap();
    let mut short_lived = CREATE_ROOT;
    short_lived[7] = "30";
    let refused = operator(data.path(), &short_lived);
    assert_eq!(refused.code, Some(1));
    assert!(refused.errors.contains("valid for 1650 to 9132 days"), "{}", refused.errors);
    assert!(!data.path().join("ca.pem").exists());

    assert_eq!(run(PROGRAM, &["ca", "destroy"]).code, Some(2));
    let without_key = run(PROGRAM, &CREATE_ROOT);
    assert_eq!(without_key.code, Some(1));
    assert!(without_key.errors.contains("CA_KEY_ID is not set"), "{}", without_key.errors);
    let help = run(PROGRAM, &["ca", "create-root", "--help"]);
    assert_eq!(help.code, Some(0));
    assert!(help.output.contains("Example:"), "{}", help.output);
}
