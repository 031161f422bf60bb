//! Serves the static pages with the same headers as a deployment.

use std::path::{Path, PathBuf};

use http_body_util::Full;
use hyper::{
    Method, Response, StatusCode,
    body::Bytes,
    header::{self, HeaderName, HeaderValue},
};

use crate::gateway::Answer;

const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CACHE_CONTROL, "no-cache"),
];

/// Returns the path of this repository's `web` folder.
pub fn default_site() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web")
}

/// Responds with the file at `path` in the folder `site`. The path `/` selects `index.html`.
pub(crate) async fn answer(site: &Path, method: &Method, path: &str) -> Answer {
    if method != Method::GET && method != Method::HEAD {
        let mut refused =
            with_headers(StatusCode::METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "Method not allowed");
        refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    let read = match file_below(site, path) {
        Some(file) => tokio::fs::read(&file).await.map(|content| (media_type(&file), content)).ok(),
        None => None,
    };
    match read {
        Some((media_type, content)) => with_headers(StatusCode::OK, media_type, content),
        None => with_headers(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "Not found"),
    }
}

/// Returns a response with `content` and the site's security headers.
pub(crate) fn with_headers(
    status: StatusCode,
    media_type: &'static str,
    content: impl Into<Bytes>,
) -> Answer {
    let mut answer = Response::new(Full::new(content.into()));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Returns the path of the requested file below `root`, or `None` if a segment of `path` could lead outside `root`.
fn file_below(root: &Path, path: &str) -> Option<PathBuf> {
    let relative = match path.trim_start_matches('/') {
        "" => "index.html",
        relative => relative,
    };
    let plain = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    relative.split('/').all(plain).then(|| root.join(relative))
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
