//! Starting everything, in one data folder.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use shared::{
    domain::{crl_scope::ShardCountError, publication::PublicationUrlError, revocation::RevocationTiming},
    mail::Letterhead,
    passwords::Passwords,
    pki::{
        certification_request::CompromisedKeysError,
        issuance::{IssuanceProfile, ProfileError},
    },
    ports::{Clock, Entropy, PortError},
    refusal::Failure,
    store::StoreError,
    use_cases::register_certificates::{RegisterCertificates, Report},
};
use tokio::net::TcpListener;
use tokio_rustls::rustls;

use crate::{
    adapters::{KeyFileError, OutboxMailer, SoftwareMac},
    data_folder::DataFolder,
    database::{self, CallCounter},
    demo::{self, DemoAccount, DemoError, Demonstrations},
    demo_ca::{DemoCa, DemoCaError},
    dispatcher::Dispatcher,
    functions::Functions,
    gateway::Gateway,
    https::Https,
    local_pages::LocalPages,
    parts::{self, Parts, Ports},
    routes::{Routes, RoutesError},
    server_certificate::ServerCertificate,
    triggered::Triggered,
};

/// The sender's name in the mails of the local stack.
const SERVICE_NAME: &str = "電子証明書再発行サービス";

/// How the stack is to run.
pub struct StackOptions {
    /// The port on 127.0.0.1; 0 takes any that is free.
    pub port: u16,
    /// True if the pages and the API are served over HTTPS only, under the local CA.
    pub https: bool,
    /// The folder that everything is kept in; made when it is missing.
    pub data_dir: PathBuf,
    /// The folder of the pages.
    pub site: PathBuf,
    /// When old certificates are revoked.
    pub timing: RevocationTiming,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
    /// What to put around the local ports before they are used: nothing, or faults.
    pub around_ports: fn(Ports) -> Ports,
}

/// The stack, ready to answer.
pub struct Stack {
    address: SocketAddr,
    site_url: String,
    accounts: Vec<DemoAccount>,
    pub(crate) registration: Arc<RegisterCertificates>,
    database_calls: CallCounter,
    pub(crate) gateway: Arc<Gateway>,
    listener: TcpListener,
    folder: DataFolder,
}

/// The half of the stack that answers requests.
pub struct Server {
    gateway: Arc<Gateway>,
    listener: TcpListener,
    _folder: DataFolder,
}

/// Why the stack did not start.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// The folder or the port.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Another stack runs in the same folder.
    #[error("another process uses the data folder {0}; end it, or choose another with --data")]
    InUse(PathBuf),
    /// The folder's records are those of another version.
    #[error("the data folder {0} is that of another version; remove it, or choose another with --data")]
    OtherLayout(PathBuf),
    /// The in-process database.
    #[error("the database cannot be opened: {0}")]
    Database(String),
    /// A key file.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The local CA.
    #[error(transparent)]
    Ca(#[from] DemoCaError),
    /// TLS with the server certificate.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
    /// The local CA cannot issue.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The number of shards.
    #[error(transparent)]
    Shards(#[from] ShardCountError),
    /// The list of compromised keys.
    #[error(transparent)]
    CompromisedKeys(#[from] CompromisedKeysError),
    /// The file that says where it publishes.
    #[error(transparent)]
    PublicationUrl(#[from] PublicationUrlError),
    /// The demonstration's records.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The API description.
    #[error(transparent)]
    Routes(#[from] RoutesError),
    /// A function that the API description names does not exist.
    #[error("infra/openapi.yaml names the function {0}, which does not exist")]
    UnknownFunction(String),
    /// The records.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A port.
    #[error(transparent)]
    Port(#[from] PortError),
    /// Registration.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl Stack {
    /// Opens the data folder, making what is missing in it, and takes the port. Requests are answered from
    /// [`Server::run`] on.
    ///
    /// # Errors
    ///
    /// [`StackError`] with what to do about it.
    pub async fn start(options: StackOptions) -> Result<Self, StackError> {
        let StackOptions { port, https, data_dir, site, timing, clock, entropy, around_ports } = options;
        let folder = DataFolder::open(data_dir)?;
        let data_dir = folder.path();
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        let url = |scheme| format!("{scheme}://localhost:{}", address.port());
        let site_url = url(if https { "https" } else { "http" });

        let database_calls = CallCounter::default();
        let store = database::open(data_dir, database_calls.clone()).await?;
        let passwords = Passwords::new()?;
        let ca_signer = folder.ca_signer()?;
        let statement_signer = folder.statement_signer()?;
        let statement_key = statement_signer.public_key().clone();
        let ocsp_signer = folder.ocsp_signer()?;
        let ocsp_key = ocsp_signer.public_key().clone();
        let objects = folder.objects();
        let mailer = Arc::new(OutboxMailer::open(data_dir.join("mails"), Arc::clone(&clock))?);
        let publication = folder.publication_url_or(&url("http"))?;
        let ca = DemoCa::open(
            &folder.ca_certificate(),
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

        let registration = Arc::new(RegisterCertificates {
            store: store.clone(),
            passwords: passwords.clone(),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            authority: ca.authority().clone(),
            publication: publication.clone(),
        });
        let accounts =
            demo::load(&data_dir.join("demo.jsonl"), &ca, &registration, clock.now(), entropy.as_ref())
                .await?;

        let ports = around_ports(Ports {
            statement_signer,
            ca_signer,
            ocsp_signer,
            authenticator: Arc::new(SoftwareMac::open(&data_dir.join("code-key"))?),
            mailer: mailer.clone(),
            objects: objects.clone(),
            state_objects: folder.state_objects(),
        });
        let parts = Parts {
            profile: IssuanceProfile::new(ca.authority().clone(), publication, None, clock.now())?,
            store: store.clone(),
            passwords,
            clock,
            entropy,
            timing,
            ports,
            statement_key,
            ocsp_key,
            shards: folder.crl_shards()?,
            compromised: parts::compromised_keys(data_dir)?,
            letterhead: Letterhead { site_url: site_url.clone(), service_name: SERVICE_NAME.to_owned() },
            scratch: parts::scratch_folder(data_dir)?,
        };
        let functions = Functions::new(&parts);
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
            dispatcher: Arc::new(Dispatcher::new(store, Triggered::new(&parts), mailer)),
        };
        Ok(Self {
            address,
            site_url,
            accounts,
            registration,
            database_calls,
            gateway: Arc::new(gateway),
            listener,
            folder,
        })
    }

    /// Where the stack answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of the pages and the API, without a path.
    pub fn site_url(&self) -> &str {
        &self.site_url
    }

    /// The demonstration's credentials, the one with an ordinary active certificate first.
    pub fn accounts(&self) -> &[DemoAccount] {
        &self.accounts
    }

    /// Counts the calls to the records.
    pub fn database_calls(&self) -> &CallCounter {
        &self.database_calls
    }

    /// Registers the certificate records of a JSON Lines text.
    ///
    /// # Errors
    ///
    /// A failure of the records; bad lines are in the report.
    pub async fn import(&self, text: &str) -> Result<Report, Failure> {
        self.registration.register_lines(text).await
    }

    /// The half that answers requests, and the half that does what must follow.
    pub fn split(self) -> (Server, Arc<Dispatcher>) {
        let dispatcher = Arc::clone(&self.gateway.dispatcher);
        (Server { gateway: self.gateway, listener: self.listener, _folder: self.folder }, dispatcher)
    }
}

impl Server {
    /// Answers requests until the process ends.
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
