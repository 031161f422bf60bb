//! Serves the static pages with the same headers as a deployment. API responses have the same security headers.

use std::path::{Path, PathBuf};

use http_body_util::Full;
use hyper::{
    Method, Response, StatusCode,
    body::Bytes,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};

use crate::gateway::Answer;

/// The security headers of the pages and of the API, as CloudFront adds them in a deployment.
const SECURITY_HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), web-share=(), xr-spatial-tracking=()",
    ),
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
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    add_security_headers(headers);
    answer
}

/// Sets the security headers of the pages and of the API.
pub(crate) fn add_security_headers(headers: &mut HeaderMap) {
    for (name, value) in SECURITY_HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
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
