//! Starting everything, in one data folder.

use std::{
    fs::{self, File},
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use publish_crl::PublishCrlFunction;
use send_certificate_code::SendCertificateCode;
use shared::{
    domain::{
        crl_scope::ShardCountError,
        publication::{PublicationUrl, PublicationUrlError},
        revocation::RevocationTiming,
    },
    mail::Letterhead,
    passwords::Passwords,
    ports::{Clock, Entropy, Mailer, MessageAuthenticator, ObjectStore, PortError, Signer},
    refusal::Failure,
    store::StoreError,
    use_cases::{
        publish_crl::PublishCrl,
        register_certificates::{RegisterCertificates, Report},
        send_mail::SendMail,
    },
};
use tokio::net::TcpListener;

use crate::{
    adapters::{DiskObjectStore, KeyFileError, OutboxMailer, SoftwareMac, SoftwareSigner, files},
    database::{self, CallCounter},
    demo::{self, DemoAccount, DemoError},
    demo_ca::{DemoCa, DemoCaError},
    dispatcher::Dispatcher,
    functions::{Functions, Parts},
    gateway::Gateway,
    local_pages::LocalPages,
    routes::{Routes, RoutesError},
};

/// The sender's name in the mails of the local stack.
const SERVICE_NAME: &str = "電子証明書再発行サービス";

/// Over how many CRL shards certificates are spread.
const CRL_SHARDS: u16 = 4;

/// How the stack is to run.
pub struct StackOptions {
    /// The port on 127.0.0.1; 0 takes any that is free.
    pub port: u16,
    /// The folder that everything is kept in; made when it is missing.
    pub data_dir: PathBuf,
    /// When old certificates are revoked.
    pub timing: RevocationTiming,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
    /// What to put around the local ports before they are used: nothing, or faults.
    pub around_ports: fn(Ports) -> Ports,
}

/// The ports that the functions use.
#[derive(Clone)]
pub struct Ports {
    /// Signs revocation statements.
    pub statement_signer: Arc<dyn Signer>,
    /// Signs CRLs.
    pub ca_signer: Arc<dyn Signer>,
    /// Derives certificate codes.
    pub authenticator: Arc<dyn MessageAuthenticator>,
    /// Sends mails.
    pub mailer: Arc<dyn Mailer>,
    /// Keeps CRLs.
    pub objects: Arc<dyn ObjectStore>,
    /// Keeps the segments that CRLs are made of.
    pub segments: Arc<dyn ObjectStore>,
}

/// The stack, ready to answer.
pub struct Stack {
    address: SocketAddr,
    accounts: Vec<DemoAccount>,
    registration: RegisterCertificates,
    database_calls: CallCounter,
    gateway: Arc<Gateway>,
    listener: TcpListener,
    lock: File,
}

/// The half of the stack that answers requests.
pub struct Server {
    gateway: Arc<Gateway>,
    listener: TcpListener,
    _lock: File,
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
    /// The in-process database.
    #[error("the database cannot be opened: {0}")]
    Database(String),
    /// A key file.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The local CA.
    #[error(transparent)]
    Ca(#[from] DemoCaError),
    /// The file that says where it publishes.
    #[error(transparent)]
    PublicationUrl(#[from] PublicationUrlError),
    /// The number of CRL shards.
    #[error(transparent)]
    Shards(#[from] ShardCountError),
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
        let StackOptions { port, data_dir, timing, clock, entropy, around_ports } = options;
        fs::create_dir_all(&data_dir)?;
        let lock = lock(&data_dir)?;
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        let site_url = format!("http://localhost:{}", address.port());

        let database_calls = CallCounter::default();
        let store = database::open(&data_dir, database_calls.clone()).await?;
        let passwords = Passwords::new()?;
        let ca_signer = Arc::new(SoftwareSigner::open(&data_dir.join("ca-key.p8"))?);
        let statement_signer = Arc::new(SoftwareSigner::open(&data_dir.join("statement-key.p8"))?);
        let statement_key = statement_signer.public_key().clone();
        let objects = Arc::new(DiskObjectStore::new(data_dir.join("objects")));
        let mailer = Arc::new(OutboxMailer::open(data_dir.join("mails"), Arc::clone(&clock))?);
        let ca =
            DemoCa::open(&data_dir.join("ca.pem"), Arc::clone(&ca_signer), clock.now(), entropy.as_ref())
                .await?;

        let publication = publication_url(&data_dir, &site_url)?;
        let registration = RegisterCertificates {
            store: store.clone(),
            passwords: passwords.clone(),
            entropy: Arc::clone(&entropy),
            authority: ca.authority().clone(),
            publication: publication.clone(),
        };
        let accounts =
            demo::load(&data_dir.join("demo.jsonl"), &ca, &registration, clock.now(), entropy.as_ref())
                .await?;

        let ports = around_ports(Ports {
            statement_signer,
            ca_signer,
            authenticator: Arc::new(SoftwareMac::open(&data_dir.join("code-key"))?),
            mailer: mailer.clone(),
            objects: objects.clone(),
            segments: Arc::new(DiskObjectStore::new(data_dir.join("segments"))),
        });
        let dispatcher = Dispatcher::new(
            store.clone(),
            SendCertificateCode {
                send: SendMail {
                    store: store.clone(),
                    authenticator: ports.authenticator,
                    mailer: ports.mailer,
                    clock: Arc::clone(&clock),
                    letterhead: Letterhead { site_url, service_name: SERVICE_NAME.to_owned() },
                },
            },
            PublishCrlFunction {
                publish: PublishCrl {
                    store: store.clone(),
                    signer: ports.ca_signer,
                    authority: ca.authority().clone(),
                    objects: ports.objects,
                    segments: ports.segments,
                    publication,
                    shards: CRL_SHARDS.try_into()?,
                    clock: Arc::clone(&clock),
                    scratch: scratch_folder(&data_dir)?,
                },
            },
        );
        let functions = Functions::new(Parts {
            store,
            passwords,
            clock,
            entropy,
            timing,
            statement_signer: ports.statement_signer,
            statement_key,
        });
        let gateway = Gateway {
            routes: routes_to(&functions)?,
            functions,
            local_pages: LocalPages {
                ca_certificate: ca.authority().certificate_pem(),
                accounts: accounts.clone(),
                objects,
                mailer,
            },
            dispatcher: Arc::new(dispatcher),
        };
        Ok(Self {
            address,
            accounts,
            registration,
            database_calls,
            gateway: Arc::new(gateway),
            listener,
            lock,
        })
    }

    /// Where the stack answers.
    pub fn address(&self) -> SocketAddr {
        self.address
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
        (Server { gateway: self.gateway, listener: self.listener, _lock: self.lock }, dispatcher)
    }
}

impl Server {
    /// Answers requests until the process ends.
    pub async fn run(self) {
        self.gateway.serve(self.listener).await;
    }
}

/// Where the local CA publishes: below the site's address at the first start. Certificates that were issued name
/// it, so it stays when a later start takes another port.
fn publication_url(data_dir: &Path, site_url: &str) -> Result<PublicationUrl, StackError> {
    let path = data_dir.join("publication-url");
    files::create(&path, site_url.as_bytes())?;
    Ok(fs::read_to_string(&path)?.parse()?)
}

/// Where CRLs are put together. Whoever was killed left files there.
fn scratch_folder(data_dir: &Path) -> io::Result<PathBuf> {
    let folder = data_dir.join("scratch");
    if folder.try_exists()? {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn lock(data_dir: &Path) -> Result<File, StackError> {
    let file = File::create(data_dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(StackError::InUse(data_dir.to_owned())),
        Err(fs::TryLockError::Error(error)) => Err(error.into()),
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
