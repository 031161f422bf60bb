//! Serves the CA certificate, the CRLs, the sent emails and the demonstrations of the local stack.

use std::sync::Arc;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use http_range_header::parse_range_header;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{self, HeaderMap, HeaderValue},
};
use serde_json::json;
use shared::{
    domain::{crl_scope::CrlScope, publication::crl_key},
    pki::CertificationAuthority,
    ports::ObjectStore,
    use_cases::{ca_on_record::CA_CERTIFICATE_MEDIA_TYPE, publish_crl::CRL_MEDIA_TYPE},
};

use crate::{
    adapters::{DiskObjectStore, OutboxMailer, SentMail},
    connection,
    demo::{DemoAccount, DemoNames, Demonstrations},
    gateway::Answer,
    site,
};

/// The maximum body size of a request for a demonstration, in octets.
const MAX_NAMES: usize = 1024;

/// The path of the demonstration credentials. A POST request to this path creates another demonstration.
pub(crate) const DEMONSTRATIONS: &str = "/local/demo";

pub(crate) struct LocalPages {
    pub(crate) authority: CertificationAuthority,
    pub(crate) accounts: Vec<DemoAccount>,
    pub(crate) demonstrations: Demonstrations,
    pub(crate) objects: Arc<DiskObjectStore>,
    pub(crate) mailer: Arc<OutboxMailer>,
}

impl LocalPages {
    /// Returns the response to a GET or HEAD request, or `None` for other methods and paths. The HTTP library omits the
    /// body of a response to HEAD.
    pub(crate) async fn answer(&self, request: &Request<Incoming>, path: &str) -> Option<Answer> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        if let Some(scope) = crl_scope(path) {
            return Some(self.crl(scope, request.headers()).await);
        }
        match path {
            "/ca.pem" => Some(content("application/x-pem-file", self.authority.certificate_pem())),
            "/ca.cer" => Some(content(CA_CERTIFICATE_MEDIA_TYPE, self.authority.certificate_der().to_vec())),
            DEMONSTRATIONS => Some(accounts(&self.accounts)),
            "/local/outbox" => Some(self.outbox(request).await),
            _ => None,
        }
    }

    /// Creates another demonstration with the names in `body`. Tests create demonstrations to work on separate data.
    pub(crate) async fn demonstrate(&self, body: Incoming) -> Answer {
        let body = match connection::within_body_limit(Limited::new(body, MAX_NAMES).collect()).await {
            Ok(body) => body,
            Err(timed_out) => return timed_out,
        };
        let names = match body {
            Ok(body) => serde_json::from_slice::<DemoNames>(&body.to_bytes()).ok(),
            Err(error) if error.is::<LengthLimitError>() => {
                return status(StatusCode::PAYLOAD_TOO_LARGE, "The request body is too large");
            }
            Err(_) => None,
        };
        let Some(names) = names else {
            return status(StatusCode::BAD_REQUEST, "Send {\"domain\": \"…\", \"couponPrefix\": \"…\"}");
        };
        match self.demonstrations.add(&names).await {
            Ok(made) => accounts(&made),
            Err(error) => failed(&error),
        }
    }

    async fn crl(&self, scope: CrlScope, headers: &HeaderMap) -> Answer {
        match self.objects.read(&crl_key(scope)).await {
            Ok(Some(crl)) => {
                let etag = HeaderValue::try_from(format!("\"{}\"", crl.etag.trim_matches('"')));
                let mut answer = match crl.collect().await {
                    Ok(bytes) => part(headers, CRL_MEDIA_TYPE, bytes.into()),
                    Err(error) => return failed(&error),
                };
                if let Ok(etag) = etag {
                    answer.headers_mut().insert(header::ETAG, etag);
                }
                answer
            }
            Ok(None) => status(StatusCode::NOT_FOUND, "No CRL has been published yet"),
            Err(error) => failed(&error),
        }
    }

    async fn outbox(&self, request: &Request<Incoming>) -> Answer {
        let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        let mails = match self.mailer.list().await {
            Ok(mails) => mails,
            Err(error) => return failed(&error),
        };
        if accept.is_some_and(|accept| accept.contains("text/html")) {
            site::with_headers(StatusCode::OK, "text/html; charset=utf-8", outbox_page(&mails))
        } else {
            content("application/json", outbox_json(&mails))
        }
    }
}

fn accounts(accounts: &[DemoAccount]) -> Answer {
    content("application/json", json!({ "accounts": accounts }).to_string())
}

/// Returns the scope of the CRL whose publication URL has the path `path`.
fn crl_scope(path: &str) -> Option<CrlScope> {
    path.strip_prefix("/crl/")?.strip_suffix(".crl")?.parse().ok()
}

fn outbox_json(mails: &[SentMail]) -> String {
    let messages: Vec<_> = mails
        .iter()
        .map(|mail| {
            json!({
                "to": mail.to,
                "subject": mail.subject,
                "text": mail.text,
                "html": mail.html,
                "sentAt": mail.sent_at.to_rfc3339(),
                "outboxId": mail.outbox_id,
            })
        })
        .collect();
    json!({ "messages": messages }).to_string()
}

fn outbox_page(mails: &[SentMail]) -> String {
    let articles: String = mails
        .iter()
        .map(|mail| {
            format!(
                "<article><h2>{}</h2><p>{} → {}</p><pre>{}</pre></article>\n",
                escaped(&mail.subject),
                mail.sent_at.to_rfc3339(),
                escaped(&mail.to),
                escaped(&mail.text)
            )
        })
        .collect();
    let shown = if mails.is_empty() { "<p>No email has been sent yet.</p>".to_owned() } else { articles };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Outbox</title></head>\n\
         <body><h1>Emails of the local stack, newest first</h1>\n{shown}</body></html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn content(media_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer
}

/// Returns a response with the whole body, or with the single range that `headers` request (RFC 9110 §14.2). Like S3,
/// ignores a `Range` header with several ranges.
fn part(headers: &HeaderMap, media_type: &'static str, body: Bytes) -> Answer {
    let length = body.len() as u64;
    let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let ranges = asked.and_then(|range| parse_range_header(range).ok()).map(|range| range.validate(length));
    let (code, told, body) = match ranges.as_ref().map(|ranges| ranges.as_deref()) {
        Some(Ok([range])) => {
            let (first, last) = (*range.start(), *range.end());
            let told = format!("bytes {first}-{last}/{length}");
            (StatusCode::PARTIAL_CONTENT, Some(told), body.slice(first as usize..=last as usize))
        }
        Some(Err(_)) => (StatusCode::RANGE_NOT_SATISFIABLE, Some(format!("bytes */{length}")), Bytes::new()),
        None | Some(Ok(_)) => (StatusCode::OK, None, body),
    };
    let mut answer = content(media_type, body);
    *answer.status_mut() = code;
    if let Some(told) = told.and_then(|told| HeaderValue::try_from(told).ok()) {
        answer.headers_mut().insert(header::CONTENT_RANGE, told);
    }
    answer
}

fn failed(error: &dyn std::error::Error) -> Answer {
    tracing::error!(%error, "a local page could not be served");
    status(StatusCode::INTERNAL_SERVER_ERROR, "See the log")
}

fn status(status: StatusCode, text: &'static str) -> Answer {
    let mut answer = content("text/plain; charset=utf-8", text);
    *answer.status_mut() = status;
    answer
}
