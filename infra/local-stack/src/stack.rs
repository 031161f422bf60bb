//! Creates the components of the local stack on a data folder, and starts its server.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use shared::{
    domain::{
        application::AddressChangeHold, ocsp::NoncePolicy, publication::PublicationUrlError,
        revocation::RevocationTiming,
    },
    edge,
    mail::{MailBranding, ServiceName},
    passwords::Passwords,
    pki::certification_request::CompromisedKeysError,
    ports::{Clock, Entropy, PortError},
    refusal::Failure,
    store::StoreError,
    use_cases::register_certificates::{RegisterCertificates, Report},
    wiring::{self, BackendError},
};
use tokio::net::TcpListener;
use tokio_rustls::rustls;

use crate::{
    adapters::{KeyFileError, OutboxMailer},
    components::{self, Components, Ports},
    data_folder::{
        CA_KEY, DEMONSTRATION, DataFolder, MAILS, OCSP_KEY, PUBLISHED_OBJECTS, STATE_OBJECTS, STATEMENT_KEY,
    },
    database::CallCounter,
    demo::{self, DemoAccount, DemoError, Demonstrations, LoadedDemo},
    demo_ca::{DemoCa, DemoCaError},
    dispatcher::Dispatcher,
    event_handlers::EventHandlers,
    functions::Functions,
    gateway::Gateway,
    https::Https,
    local_pages::LocalPages,
    routes::{Routes, RoutesError},
    server_certificate::ServerCertificate,
    start_check,
};

/// Returns the service name for the local stack's emails. The name matches the one in `web/js/deployment.js`.
pub fn service_name() -> ServiceName {
    ServiceName {
        ja: "電子証明書 再発行サービス".to_owned(), en: "Certificate Reissue Service".to_owned()
    }
}

pub struct StackOptions {
    /// The port on 127.0.0.1, or 0 for any free port.
    pub port: u16,
    /// True to serve the pages and the API only over HTTPS, with a certificate from the local CA.
    pub https: bool,
    /// The data folder, which is created if it does not exist.
    pub data_dir: PathBuf,
    /// The folder with the static pages.
    pub site: PathBuf,
    pub timing: RevocationTiming,
    pub ocsp_nonces: NoncePolicy,
    /// The hold of certificate codes for a changed email address.
    pub hold: AddressChangeHold,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    /// Wraps the local ports before they are used, for example to inject faults.
    pub around_ports: fn(Ports) -> Ports,
}

/// A stack that is ready to handle requests.
pub struct Stack {
    address: SocketAddr,
    site_url: String,
    accounts: Vec<DemoAccount>,
    warnings: Vec<String>,
    pub(crate) registration: Arc<RegisterCertificates>,
    database_calls: CallCounter,
    pub(crate) gateway: Arc<Gateway>,
    listener: TcpListener,
    folder: DataFolder,
}

/// The HTTP server of the stack. The server also holds the lock on the data folder.
pub struct Server {
    gateway: Arc<Gateway>,
    listener: TcpListener,
    _folder: DataFolder,
}

/// The reason why the stack did not start.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// A file cannot be read or written. [`Stack::start`] returns [`StackError::UnusableFolder`] instead.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The port cannot be used.
    #[error("port {port} on 127.0.0.1 cannot be used; choose another port with --port")]
    UnusablePort { port: u16, source: io::Error },
    /// The data folder cannot be created or written.
    #[error(
        "the data folder {path} cannot be created or written; free disk space, change its permissions, or choose another \
         folder with --data"
    )]
    UnusableFolder { path: PathBuf, source: io::Error },
    /// Another process uses the same folder.
    #[error("another process uses the data folder {0}; stop it or choose another folder with --data")]
    InUse(PathBuf),
    /// The data folder has the layout of another version.
    #[error(
        "the data folder {path} was created by another version, or {file} was changed; restore this file from a backup, \
         or choose another folder with --data"
    )]
    OtherLayout { path: PathBuf, file: PathBuf },
    /// A file that is created only in a new data folder is missing.
    #[error(
        "{0} is missing; it is created only in a new data folder; restore it from a backup, or choose a new folder with \
         --data"
    )]
    MissingFile(PathBuf),
    /// The database cannot be opened.
    #[error(
        "{path} {fault}; restore the whole data folder from one backup, or choose a new folder with --data"
    )]
    Database { path: PathBuf, fault: String },
    /// The data folder is damaged, and requests would do harm.
    #[error("the data folder is damaged:\n  {}", .0.join("\n  "))]
    Damaged(Vec<String>),
    /// A key file cannot be used.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The local CA cannot be opened.
    #[error(transparent)]
    Ca(#[from] DemoCaError),
    /// rustls rejected the server certificate or its key.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
    /// The list of compromised keys is invalid.
    #[error("{path} is invalid; correct it or remove it")]
    CompromisedKeys { path: PathBuf, source: CompromisedKeysError },
    /// The file with the publication URL is invalid.
    #[error(
        "{path} is invalid; restore it from a backup of the data folder, or choose a new folder with --data"
    )]
    PublicationUrl { path: PathBuf, source: PublicationUrlError },
    /// The URL of the stack is not an origin.
    #[error(transparent)]
    Origin(#[from] edge::OriginError),
    /// The demonstration's records cannot be created or registered.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The API description is invalid.
    #[error(transparent)]
    Routes(#[from] RoutesError),
    /// The API description names a function that does not exist.
    #[error("infra/openapi.yaml names the function {0}, which does not exist")]
    UnknownFunction(String),
    /// A call to the database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
    /// The registration of certificate records failed.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// A component that a function needs is not available.
    #[error(transparent)]
    Function(#[from] BackendError),
}

impl Stack {
    /// Opens and checks the data folder, creates the files of a new folder, and binds the port. Connections wait until
    /// [`Server::run`] accepts them.
    ///
    /// # Errors
    ///
    /// Returns [`StackError`], for example if another process uses the data folder.
    pub async fn start(options: StackOptions) -> Result<Self, StackError> {
        let data_dir = options.data_dir.clone();
        let folder = DataFolder::open(data_dir.clone())?;
        Self::start_in(folder, options).await.map_err(|error| match error {
            StackError::Io(source) => StackError::UnusableFolder { path: data_dir, source },
            error => error,
        })
    }

    async fn start_in(folder: DataFolder, options: StackOptions) -> Result<Self, StackError> {
        let StackOptions {
            port,
            https,
            data_dir: _,
            site,
            timing,
            ocsp_nonces,
            hold,
            clock,
            entropy,
            around_ports,
        } = options;
        let data_dir = folder.path();
        let unusable_port = |source| StackError::UnusablePort { port, source };
        let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(unusable_port)?;
        let address = listener.local_addr().map_err(unusable_port)?;
        let url = |scheme, host| format!("{scheme}://{host}:{}", address.port());
        let scheme = if https { "https" } else { "http" };
        let site_url = url(scheme, "localhost");
        let origins = ["localhost", "127.0.0.1"].map(|host| url(scheme, host).parse());

        let database_calls = CallCounter::default();
        let store = folder.database(database_calls.clone()).await?;
        let ca_signer = folder.signer(CA_KEY)?;
        let statement_signer = folder.signer(STATEMENT_KEY)?;
        let statement_key = statement_signer.public_key().clone();
        let ocsp_signer = folder.signer(OCSP_KEY)?;
        let ocsp_key = ocsp_signer.public_key().clone();
        let objects = folder.object_store(PUBLISHED_OBJECTS);
        let mailer = Arc::new(OutboxMailer::open(data_dir.join(MAILS), Arc::clone(&clock))?);
        let publication = folder.publication_url_or(&url("http", "localhost"))?;
        let ca = DemoCa::open(
            &folder.permanent_ca_certificate()?,
            Arc::clone(&ca_signer),
            publication.clone(),
            clock.now(),
            entropy.as_ref(),
        )
        .await?;
        let https = if https {
            let certificate = ServerCertificate::issue(&ca, clock.now(), entropy.as_ref()).await?;
            Some(Https::new(certificate, site_url.clone())?)
        } else {
            None
        };

        let authenticator = folder.authenticator()?;
        let ports = around_ports(Ports {
            statement_signer,
            ca_signer,
            ocsp_signer,
            authenticator: authenticator.clone(),
            mailer: mailer.clone(),
            objects: objects.clone(),
            state_objects: folder.object_store(STATE_OBJECTS),
        });
        let components = Components {
            store: store.clone(),
            passwords: Passwords::new()?,
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            timing,
            ocsp_nonces,
            hold,
            ports,
            statement_key,
            ocsp_key,
            authority: ca.authority().clone(),
            publication,
            shards: ca.shards,
            compromised: components::compromised_keys(data_dir)?,
            mail_branding: MailBranding { site_url: site_url.clone(), service_name: service_name() },
            origins: origins.into_iter().collect::<Result<_, _>>()?,
            // The MAC messages for pseudonyms and for codes differ, so the local stack needs only one MAC key.
            log_authenticator: authenticator,
            scratch: components::scratch_folder(data_dir)?,
        };
        let check = wiring::check_service(&components).await?;
        let mut warnings = start_check::run(&folder, &check, &mailer).await?;
        let registration = Arc::new(wiring::register_certificates(&components).await?);
        let demonstration = data_dir.join(DEMONSTRATION);
        let demo = demo::load(&demonstration, folder.was_used(), &ca, &registration, entropy.as_ref());
        let LoadedDemo { accounts, warnings: more } = demo.await?;
        warnings.extend(more);
        let functions = Functions::new(&components).await?;
        let handlers = EventHandlers::new(&components).await?;
        let gateway = Gateway {
            routes: routes_to(&functions)?,
            functions,
            local_pages: LocalPages {
                authority: ca.authority().clone(),
                accounts: accounts.clone(),
                demonstrations: Demonstrations { ca, registration: Arc::clone(&registration) },
                objects,
                mailer: Arc::clone(&mailer),
            },
            site,
            https,
            dispatcher: Arc::new(Dispatcher::new(store, clock, handlers, mailer)),
        };
        Ok(Self {
            address,
            site_url,
            accounts,
            warnings,
            registration,
            database_calls,
            gateway: Arc::new(gateway),
            listener,
            folder,
        })
    }

    /// Returns the address on which the stack listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the URL of the pages and the API, without a path.
    pub fn site_url(&self) -> &str {
        &self.site_url
    }

    /// Returns the demonstration credentials. The first account has one active certificate.
    pub fn accounts(&self) -> &[DemoAccount] {
        &self.accounts
    }

    /// Returns a message for each damaged file that does not prevent the service, with the file and the remedy.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    pub fn database_calls(&self) -> &CallCounter {
        &self.database_calls
    }

    /// Registers the certificate records in `text`, which is JSON Lines. The report lists the refused lines.
    ///
    /// # Errors
    ///
    /// Returns an error if the database cannot be read or written.
    pub async fn import(&self, text: &str) -> Result<Report, Failure> {
        self.registration.register_records(edge::certificate_records(text)).await
    }

    /// Splits the stack into the server, which handles requests, and the dispatcher, which processes the outbox.
    pub fn split(self) -> (Server, Arc<Dispatcher>) {
        let dispatcher = Arc::clone(&self.gateway.dispatcher);
        (Server { gateway: self.gateway, listener: self.listener, _folder: self.folder }, dispatcher)
    }
}

impl Server {
    /// Handles requests until the process exits.
    pub async fn run(self) {
        self.gateway.serve(self.listener).await;
    }
}

fn routes_to(functions: &Functions) -> Result<Routes, StackError> {
    let routes = Routes::read()?;
    let unknown = routes.functions().find(|name| !functions.contains(name)).map(str::to_owned);
    match unknown {
        Some(name) => Err(StackError::UnknownFunction(name)),
        None => Ok(routes),
    }
}
