//! Ports that misbehave as planned.

use std::{
    cell::RefCell,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use local_stack::Ports;
use shared::{
    pki::SignatureAlgorithm,
    ports::{
        Content, ListedObject, Mail, Mailer, Object, ObjectStore, PortError, Precondition, PutOutcome, Signer,
    },
};

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing is done, and that is what is reported.
    Fails,
    /// It is done, and yet a failure is reported.
    FailsAfterwards,
    /// A signature of something else.
    Garbage,
    /// Somebody else was faster.
    Overtaken,
}

/// What is to go wrong with each port, and what the ports saw.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) statement_signer: Planned,
    pub(crate) ca_signer: Planned,
    pub(crate) ocsp_signer: Planned,
    pub(crate) mailer: Planned,
    pub(crate) objects: Planned,
    mails: Mutex<Vec<Mail>>,
    statements: Mutex<Vec<(Vec<u8>, Vec<u8>)>>,
}

impl Faults {
    /// Every mail that the mailer was given, whatever it made of it.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    /// The digest and signature of every statement that was signed.
    pub(crate) fn statements(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.statements.lock().unwrap().clone()
    }
}

/// What the next calls of one port come to.
#[derive(Default)]
pub(crate) struct Planned(Mutex<Option<(Fault, usize)>>);

impl Planned {
    /// From now on, until [`Planned::heal`].
    pub(crate) fn always(&self, fault: Fault) {
        self.next(usize::MAX, fault);
    }

    /// The next `calls`.
    pub(crate) fn next(&self, calls: usize, fault: Fault) {
        *self.0.lock().unwrap() = Some((fault, calls));
    }

    /// Nothing goes wrong any more.
    pub(crate) fn heal(&self) {
        *self.0.lock().unwrap() = None;
    }

    fn take(&self) -> Option<Fault> {
        let mut planned = self.0.lock().unwrap();
        let (fault, calls) = (*planned)?;
        *planned = (calls > 1).then_some((fault, calls - 1));
        Some(fault)
    }

    /// The fault of this call, unless the call is to fail before anything is done.
    fn before(&self) -> Result<Option<Fault>, PortError> {
        match self.take() {
            Some(Fault::Fails) => Err(failure()),
            fault => Ok(fault),
        }
    }
}

fn after<T>(fault: Option<Fault>, done: T) -> Result<T, PortError> {
    if fault == Some(Fault::FailsAfterwards) { Err(failure()) } else { Ok(done) }
}

fn failure() -> PortError {
    PortError { service: "test", message: "this was to fail".to_owned() }
}

thread_local! {
    /// For [`wrap`], which is called on the thread of the test that starts the stack.
    static OF_THIS_TEST: RefCell<Arc<Faults>> = RefCell::default();
}

/// Faults, with what puts them around the ports of the stack that this thread starts next.
pub(super) fn new() -> (Arc<Faults>, fn(Ports) -> Ports) {
    let faults = Arc::<Faults>::default();
    OF_THIS_TEST.set(Arc::clone(&faults));
    (faults, wrap)
}

fn wrap(ports: Ports) -> Ports {
    let faults = OF_THIS_TEST.with_borrow(Arc::clone);
    let faulty_signer =
        |inner, planned, seen| FaultySigner { faults: Arc::clone(&faults), inner, planned, seen };
    Ports {
        statement_signer: Arc::new(faulty_signer(ports.statement_signer, |f| &f.statement_signer, true)),
        ca_signer: Arc::new(faulty_signer(ports.ca_signer, |f| &f.ca_signer, false)),
        ocsp_signer: Arc::new(faulty_signer(ports.ocsp_signer, |f| &f.ocsp_signer, false)),
        authenticator: ports.authenticator,
        mailer: Arc::new(FaultyMailer { faults: Arc::clone(&faults), inner: ports.mailer }),
        objects: Arc::new(FaultyObjects { faults, inner: ports.objects }),
        state_objects: ports.state_objects,
    }
}

struct FaultySigner {
    faults: Arc<Faults>,
    inner: Arc<dyn Signer>,
    planned: fn(&Faults) -> &Planned,
    seen: bool,
}

#[async_trait]
impl Signer for FaultySigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.inner.algorithm()
    }

    async fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, PortError> {
        let fault = (self.planned)(&self.faults).before()?;
        if fault == Some(Fault::Garbage) {
            return self.inner.sign_digest(&[7; 32]).await;
        }
        let signature = self.inner.sign_digest(digest).await?;
        if self.seen {
            self.faults.statements.lock().unwrap().push((digest.to_vec(), signature.clone()));
        }
        after(fault, signature)
    }
}

struct FaultyMailer {
    faults: Arc<Faults>,
    inner: Arc<dyn Mailer>,
}

#[async_trait]
impl Mailer for FaultyMailer {
    async fn send(&self, mail: &Mail) -> Result<(), PortError> {
        self.faults.mails.lock().unwrap().push(mail.clone());
        let fault = self.faults.mailer.before()?;
        self.inner.send(mail).await?;
        after(fault, ())
    }
}

struct FaultyObjects {
    faults: Arc<Faults>,
    inner: Arc<dyn ObjectStore>,
}

/// Only writes go wrong: whoever cannot read does not get to them.
#[async_trait]
impl ObjectStore for FaultyObjects {
    async fn read(&self, key: &str) -> Result<Option<Object>, PortError> {
        self.inner.read(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, PortError> {
        self.inner.list(prefix).await
    }

    async fn put(
        &self,
        key: &str,
        content: Content<'_>,
        content_type: &str,
        precondition: Precondition<'_>,
    ) -> Result<PutOutcome, PortError> {
        let fault = self.faults.objects.before()?;
        if fault == Some(Fault::Overtaken) {
            return Ok(PutOutcome::PreconditionFailed);
        }
        after(fault, self.inner.put(key, content, content_type, precondition).await?)
    }
}
