//! Renames the session cookie for plain HTTP.
//!
//! The functions set [`SESSION_COOKIE`] with the Secure attribute. Chromium and Firefox accept this cookie from
//! `http://localhost`, because they treat loopback as a secure origin. WebKit rejects the cookie, so its users would
//! always return to step 1. The gateway therefore renames the cookie in requests and responses. The functions use only
//! the original name (docs/decisions/0013-https-and-cookie-on-loopback.md).

use hyper::header::{self, HeaderMap, HeaderValue};
use shared::edge::SESSION_COOKIE;

/// The name of the session cookie on plain HTTP. Browsers reject a cookie with the `__Host-` prefix that lacks the
/// Secure attribute (RFC 6265bis §4.1.3.2).
pub const DEVELOPMENT_COOKIE: &str = "local-session";

/// Renames the development cookie of a request to [`SESSION_COOKIE`]. Drops a cookie that already has this name,
/// because only the development cookie is valid on plain HTTP.
pub(crate) fn translate_request(headers: &mut HeaderMap) {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies = values.flat_map(|value| value.split(';')).filter_map(|cookie| received(cookie.trim()));
    let cookies: Vec<_> = cookies.collect();
    headers.remove(header::COOKIE);
    if cookies.is_empty() {
        return;
    }
    if let Ok(value) = HeaderValue::try_from(cookies.join("; ")) {
        headers.insert(header::COOKIE, value);
    }
}

fn received(cookie: &str) -> Option<String> {
    match cookie.split_once('=') {
        Some((SESSION_COOKIE, _)) => None,
        Some((DEVELOPMENT_COOKIE, value)) => Some(format!("{SESSION_COOKIE}={value}")),
        _ => Some(cookie.to_owned()),
    }
}

/// Renames the session cookie in the `Set-Cookie` and `WWW-Authenticate` headers of a response. Removes the cookie's
/// Secure attribute, and keeps all other attributes.
pub(crate) fn translate_answer(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        let translated = if name == header::SET_COOKIE {
            sent(value)
        } else if name == header::WWW_AUTHENTICATE {
            challenge(value)
        } else {
            None
        };
        if let Some(translated) = translated {
            *value = translated;
        }
    }
}

fn sent(cookie: &HeaderValue) -> Option<HeaderValue> {
    let value = cookie.to_str().ok()?.strip_prefix(SESSION_COOKIE)?.strip_prefix('=')?;
    let parts = value.split(';').map(str::trim).filter(|part| !part.eq_ignore_ascii_case("Secure"));
    HeaderValue::try_from(format!("{DEVELOPMENT_COOKIE}={}", parts.collect::<Vec<_>>().join("; "))).ok()
}

fn challenge(value: &HeaderValue) -> Option<HeaderValue> {
    HeaderValue::try_from(value.to_str().ok()?.replace(SESSION_COOKIE, DEVELOPMENT_COOKIE)).ok()
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderName;

    use super::*;

    fn headers(name: HeaderName, values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    fn read(cookies: &[&'static str]) -> Vec<String> {
        let mut headers = headers(header::COOKIE, cookies);
        translate_request(&mut headers);
        headers.get_all(header::COOKIE).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn only_the_development_cookie_becomes_the_session_cookie() {
        for (cookies, expected) in [
            (&["local-session=abc"][..], &["__Host-session=abc"][..]),
            (&["theme=dark; local-session=abc; lang=ja"], &["theme=dark; __Host-session=abc; lang=ja"]),
            (&["theme=dark", "local-session=abc"], &["theme=dark; __Host-session=abc"]),
            (&["__Host-session=other; local-session=abc"], &["__Host-session=abc"]),
            (&["__Host-session=other"], &[]),
            (&["__Host-session=other", "theme=dark"], &["theme=dark"]),
            (&["my-local-session=abc; session=abc; flag"], &["my-local-session=abc; session=abc; flag"]),
            (&[], &[]),
        ] {
            assert_eq!(read(cookies), expected, "{cookies:?}");
        }
    }

    #[test]
    fn a_cookie_header_with_invalid_text_is_dropped() {
        let mut headers = headers(header::COOKIE, &["local-session=abc"]);
        headers.append(header::COOKIE, HeaderValue::from_bytes(b"__Host-session=\xff").unwrap());
        translate_request(&mut headers);
        assert_eq!(headers, self::headers(header::COOKIE, &["__Host-session=abc"]));
    }

    #[test]
    fn the_response_cookie_loses_only_its_prefix_and_the_secure_attribute() {
        for (cookie, expected) in [
            (
                "__Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=3600",
                "local-session=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=3600",
            ),
            ("__Host-session=; path=/;secure;Max-Age=0", "local-session=; path=/; Max-Age=0"),
            ("__Host-session-2=abc; Secure", "__Host-session-2=abc; Secure"),
            ("other=__Host-session; Secure", "other=__Host-session; Secure"),
        ] {
            let mut headers = headers(header::SET_COOKIE, &[cookie, "theme=dark; Secure"]);
            translate_answer(&mut headers);
            assert_eq!(headers, self::headers(header::SET_COOKIE, &[expected, "theme=dark; Secure"]));
        }
    }

    #[test]
    fn the_challenge_names_the_development_cookie() {
        let mut headers = headers(header::WWW_AUTHENTICATE, &["Cookie cookie-name=\"__Host-session\""]);
        translate_answer(&mut headers);
        assert_eq!(headers[header::WWW_AUTHENTICATE], "Cookie cookie-name=\"local-session\"");
    }
}
