//! Ports that inject planned faults.

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

/// A fault to inject into a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The call has no effect and returns an error.
    Fails,
    /// The call takes effect but returns an error.
    FailsAfterwards,
    /// The call returns a signature over a different digest.
    Garbage,
    /// The call reports that another writer was faster.
    Overtaken,
}

/// The planned faults of each port, and the calls that the ports received.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) statement_signer: Planned,
    pub(crate) ca_signer: Planned,
    pub(crate) ocsp_signer: Planned,
    pub(crate) mailer: Planned,
    pub(crate) objects: Planned,
    mails: Mutex<Vec<Mail>>,
    statements: Seen,
    ocsp_signatures: Seen,
}

/// The digest and the signature of each successful call to a signer.
type Seen = Mutex<Vec<(Vec<u8>, Vec<u8>)>>;

impl Faults {
    /// Returns every email that the mailer received, including emails that it failed to send.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    /// Returns the digest and signature of every signed statement.
    pub(crate) fn statements(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.statements.lock().unwrap().clone()
    }

    /// Returns the number of OCSP responses that were signed.
    pub(crate) fn ocsp_signatures(&self) -> usize {
        self.ocsp_signatures.lock().unwrap().len()
    }
}

/// The planned fault for the next calls to one port.
#[derive(Default)]
pub(crate) struct Planned(Mutex<Option<(Fault, usize)>>);

impl Planned {
    /// Applies `fault` to all calls until [`Planned::heal`] is called.
    pub(crate) fn always(&self, fault: Fault) {
        self.next(usize::MAX, fault);
    }

    /// Applies `fault` to the next `calls` calls.
    pub(crate) fn next(&self, calls: usize, fault: Fault) {
        *self.0.lock().unwrap() = Some((fault, calls));
    }

    /// Ends the planned fault.
    pub(crate) fn heal(&self) {
        *self.0.lock().unwrap() = None;
    }

    fn take(&self) -> Option<Fault> {
        let mut planned = self.0.lock().unwrap();
        let (fault, calls) = (*planned)?;
        *planned = (calls > 1).then_some((fault, calls - 1));
        Some(fault)
    }

    /// Returns the planned fault for this call, or an error if the call must fail before it takes effect.
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
    /// The planned faults for [`wrap`], which runs on the test's thread when the stack starts.
    static OF_THIS_TEST: RefCell<Arc<Faults>> = RefCell::default();
}

/// Returns the planned faults, and a function that adds them to the ports of the next stack that this thread starts.
pub(super) fn new() -> (Arc<Faults>, fn(Ports) -> Ports) {
    let faults = Arc::<Faults>::default();
    OF_THIS_TEST.set(Arc::clone(&faults));
    (faults, wrap)
}

fn wrap(ports: Ports) -> Ports {
    let faults = OF_THIS_TEST.with_borrow(Arc::clone);
    let faulty_signer = |inner, planned, seen: Option<fn(&Faults) -> &Seen>| FaultySigner {
        faults: Arc::clone(&faults),
        inner,
        planned,
        seen,
    };
    Ports {
        statement_signer: Arc::new(faulty_signer(
            ports.statement_signer,
            |f| &f.statement_signer,
            Some(|f| &f.statements),
        )),
        ca_signer: Arc::new(faulty_signer(ports.ca_signer, |f| &f.ca_signer, None)),
        ocsp_signer: Arc::new(faulty_signer(
            ports.ocsp_signer,
            |f| &f.ocsp_signer,
            Some(|f| &f.ocsp_signatures),
        )),
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
    seen: Option<fn(&Faults) -> &Seen>,
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
        if let Some(seen) = self.seen {
            seen(&self.faults).lock().unwrap().push((digest.to_vec(), signature.clone()));
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

/// Only writes can fail, because a failed read would prevent the subsequent write anyway.
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
