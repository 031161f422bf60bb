//! A small HTTP gateway. The gateway passes API requests to the functions as API Gateway events, and serves all other
//! paths itself.

use std::{convert::Infallible, net::SocketAddr, path::PathBuf, sync::Arc};

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{HeaderMap, HeaderName, HeaderValue},
    http::request::Parts,
    service::service_fn,
};
use serde_json::{Map, Value, json};
use shared::{
    edge::{self, RequestRefusal},
    refusal::Refusal,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};

use crate::{
    connection, development_cookie,
    dispatcher::Dispatcher,
    functions::Functions,
    https::{self, Https},
    local_pages::{DEMONSTRATIONS, LocalPages},
    routes::{Destination, Routes},
    site,
};

/// API Gateway's limit on the body size, in octets.
const MAX_BODY: usize = 10 * 1024 * 1024;

pub(crate) type Answer = Response<Full<Bytes>>;

pub(crate) struct Gateway {
    pub(crate) routes: Routes,
    pub(crate) functions: Functions,
    pub(crate) local_pages: LocalPages,
    pub(crate) site: PathBuf,
    pub(crate) dispatcher: Arc<Dispatcher>,
    /// The TLS server, or `None` if the stack serves only plain HTTP.
    pub(crate) https: Option<Https>,
}

/// The properties of a connection that affect its responses.
#[derive(Clone, Copy)]
struct Connection {
    client: SocketAddr,
    is_tls: bool,
    /// True if the client connected to a loopback address.
    is_loopback: bool,
}

impl Connection {
    fn uses_development_cookie(self) -> bool {
        self.is_loopback && !self.is_tls
    }
}

impl Gateway {
    /// Accepts connections from `listener` until the process exits.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, client)) => {
                    tokio::spawn(Arc::clone(&self).serve_connection(stream, client));
                }
                Err(error) => tracing::warn!(%error, "a connection could not be accepted"),
            }
        }
    }

    async fn serve_connection(self: Arc<Self>, stream: TcpStream, client: SocketAddr) {
        let is_loopback = stream.local_addr().is_ok_and(|address| address.ip().is_loopback());
        let connection = Connection { client, is_tls: false, is_loopback };
        let Some(https) = &self.https else {
            return Arc::clone(&self).serve_requests(stream, connection).await;
        };
        match connection::within_header_limit(https::is_tls(&stream)).await {
            Ok(true) => {}
            Ok(false) => return Arc::clone(&self).serve_requests(stream, connection).await,
            Err(error) => return tracing::debug!(%error, "a client sent nothing"),
        }
        match connection::within_header_limit(https.accept(stream)).await.flatten() {
            Ok(stream) => {
                let connection = Connection { is_tls: true, ..connection };
                Arc::clone(&self).serve_requests(stream, connection).await;
            }
            Err(error) => tracing::debug!(%error, "a TLS handshake failed"),
        }
    }

    async fn serve_requests(
        self: Arc<Self>,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        connection: Connection,
    ) {
        let service = service_fn(move |request| {
            let gateway = Arc::clone(&self);
            async move { Ok::<_, Infallible>(gateway.answer(request, connection).await) }
        });
        connection::serve(stream, service).await;
    }

    async fn answer(&self, mut request: Request<Incoming>, connection: Connection) -> Answer {
        if let Some(refusal) = connection::refuse_other_hosts(&request) {
            return refusal;
        }
        let refuse_plain = self.https.as_ref().filter(|_| !connection.is_tls);
        if let Some(refusal) = refuse_plain.and_then(|https| https.refuse_plain(&request)) {
            return refusal;
        }
        if !connection.uses_development_cookie() {
            return self.answer_as_deployed(request, connection.client).await;
        }
        development_cookie::translate_request(request.headers_mut());
        let mut answer = self.answer_as_deployed(request, connection.client).await;
        development_cookie::translate_answer(answer.headers_mut());
        answer
    }

    async fn answer_as_deployed(&self, request: Request<Incoming>, client: SocketAddr) -> Answer {
        let path = request.uri().path().to_owned();
        if ["/api/", "/ocsp"].iter().any(|prefix| path.starts_with(prefix)) {
            let mut answer = self.answer_api(request, client).await;
            self.dispatcher.wake();
            if path.starts_with("/api/") {
                site::add_security_headers(answer.headers_mut());
            }
            return answer;
        }
        if path == DEMONSTRATIONS && request.method() == Method::POST {
            return self.local_pages.demonstrate(request.into_body()).await;
        }
        match self.local_pages.answer(&request, &path).await {
            Some(answer) => answer,
            None => site::answer(&self.site, request.method(), &path).await,
        }
    }

    async fn answer_api(&self, request: Request<Incoming>, client: SocketAddr) -> Answer {
        let (parts, body) = request.into_parts();
        let body = match connection::within_body_limit(Limited::new(body, MAX_BODY).collect()).await {
            Ok(body) => body,
            Err(timed_out) => return timed_out,
        };
        let body = match body {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                return refuse(&RequestRefusal::BodyTooLarge, &parts.headers);
            }
            // The connection was closed before the end of the body, or a chunk is malformed.
            Err(_) => return refuse(&RequestRefusal::MalformedBody, &parts.headers),
        };
        let Some(destination) = self.routes.find(parts.method.as_str(), parts.uri.path()) else {
            return refuse(&Refusal::NotFound.into(), &parts.headers);
        };
        match self.functions.call(destination.function, event(&destination, &parts, &body, client)).await {
            Some(Ok(response)) => to_answer(&response),
            Some(Err(error)) => {
                tracing::error!(%error, function = destination.function, "the function call failed");
                refuse(&Refusal::InternalError.into(), &parts.headers)
            }
            None => refuse(&Refusal::NotFound.into(), &parts.headers),
        }
    }
}

/// Returns the API Gateway proxy event for a request.
pub(crate) fn event(destination: &Destination<'_>, parts: &Parts, body: &[u8], client: SocketAddr) -> Value {
    json!({
        "resource": destination.resource,
        "path": parts.uri.path(),
        "httpMethod": parts.method.as_str(),
        "headers": single_values(&parts.headers),
        "multiValueHeaders": multiple_values(&parts.headers),
        "queryStringParameters": null,
        "multiValueQueryStringParameters": null,
        "pathParameters": destination.parameters,
        "stageVariables": null,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "httpMethod": parts.method.as_str(),
            "identity": { "sourceIp": client.ip().to_string() },
            "path": parts.uri.path(),
            "resourcePath": destination.resource,
            "stage": "local",
        },
        "body": data_encoding::BASE64.encode(body),
        "isBase64Encoded": true,
    })
}

fn single_values(headers: &HeaderMap) -> Map<String, Value> {
    let values =
        headers.iter().filter_map(|(name, value)| Some((name.to_string(), json!(value.to_str().ok()?))));
    values.collect()
}

fn multiple_values(headers: &HeaderMap) -> Map<String, Value> {
    let all = |name| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        json!(values.collect::<Vec<_>>())
    };
    headers.keys().map(|name| (name.to_string(), all(name))).collect()
}

/// Converts an API Gateway proxy response to an HTTP response.
fn to_answer(response: &Value) -> Answer {
    let text = response["body"].as_str().unwrap_or_default();
    let body = if response["isBase64Encoded"] == json!(true) {
        data_encoding::BASE64.decode(text.as_bytes()).unwrap_or_default()
    } else {
        text.as_bytes().to_vec()
    };
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    let status = response["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
    *answer.status_mut() =
        status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::BAD_GATEWAY);
    for (name, values) in response["multiValueHeaders"].as_object().into_iter().flatten() {
        let values = values.as_array().into_iter().flatten().filter_map(Value::as_str);
        for value in values {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                answer.headers_mut().append(name, value);
            }
        }
    }
    answer
}

/// Returns the error response that API Gateway itself returns in a deployment.
fn refuse(refusal: &RequestRefusal, headers: &HeaderMap) -> Answer {
    let (parts, body) = edge::refuse(refusal, headers).into_parts();
    Response::from_parts(parts, Full::new(Bytes::from(body.to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_on_loopback_uses_the_development_cookie() {
        let client = ([127, 0, 0, 1], 4711).into();
        for (is_tls, is_loopback, expected) in
            [(false, true, true), (true, true, false), (false, false, false), (true, false, false)]
        {
            let connection = Connection { client, is_tls, is_loopback };
            assert_eq!(connection.uses_development_cookie(), expected, "{is_tls} {is_loopback}");
        }
    }
}
