//! Email addresses as subscribers enter and paste them.
//!
//! `web/js/email-address.js` implements the same rules for the pages. Tests run the cases in `tests/cases/fields.json`
//! against both implementations.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use pki::Rfc822Name;

use crate::{
    fields::{Field, Rule},
    text::{normalise, within},
};

/// The opening and closing quotation marks that can enclose a whole address. A local part can contain some of these
/// characters.
const QUOTES: [(char, char); 7] =
    [('"', '"'), ('\'', '\''), ('`', '`'), ('{', '}'), ('“', '”'), ('‘', '’'), ('«', '»')];

/// The opening and closing brackets that can separate an address from a name.
const BRACKETS: [(char, char); 10] = [
    ('<', '>'),
    ('(', ')'),
    ('[', ']'),
    ('「', '」'),
    ('『', '』'),
    ('【', '】'),
    ('〈', '〉'),
    ('《', '》'),
    ('〔', '〕'),
    ('≪', '≫'),
];

/// The maximum number of enclosing marks that are removed.
const MAX_LAYERS: usize = 8;

/// The maximum length of a local part in octets (RFC 5321 §4.5.3.1.1).
const MAX_LOCAL_PART: usize = 64;

/// Reads an address from the text that a subscriber enters or pastes.
///
/// # Errors
///
/// Returns the rule that names the first fault.
pub(super) fn read(input: &str) -> Result<Rfc822Name, Rule> {
    let visible: String = input.chars().filter(|&c| !is_invisible(c)).collect();
    let text = normalise(&visible)?.replace('。', ".").replace('、', ",");
    if text.is_empty() {
        return Err(Rule::Required);
    }
    let max_length = Field::EmailAddress.max_length();
    let bare = bare_address(&text);
    within(&bare, max_length)?;
    let address = with_ascii_domain(&bare);
    within(&address, max_length)?;
    let name = address.parse().map_err(|_| fault_of(&address))?;
    if has_invalid_a_label(&address) { Err(Rule::DomainMalformed) } else { Ok(name) }
}

/// Returns true if the domain's last label is all-numeric.
pub(super) fn has_numeric_end(address: &str) -> bool {
    let last = address.rsplit(['@', '.']).next().unwrap_or_default();
    !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit())
}

/// Returns true for characters that have no glyph and that copying from documents and web pages adds.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Removes the parts of a pasted text that do not belong to the address. A valid address remains unchanged.
fn bare_address(text: &str) -> String {
    let mut bare = text.to_owned();
    for _ in 0..MAX_LAYERS {
        let trimmed = without_punctuation(&bare);
        let inner =
            || quoted(trimmed).or_else(|| bracketed(trimmed)).or_else(|| without_unpaired_mark(trimmed));
        match linked(trimmed).or_else(|| inner().map(str::to_owned)) {
            Some(inner) => bare = inner,
            None => return trimmed.to_owned(),
        }
    }
    bare
}

/// Removes the punctuation of a sentence or list around `text`.
fn without_punctuation(text: &str) -> &str {
    let is_separator = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':');
    text.trim_start_matches(is_separator).trim_end_matches(|c| is_separator(c) || c == '.')
}

/// Returns the address of a `mailto:` link (RFC 6068), without the header fields.
fn linked(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("mailto") {
        return None;
    }
    let address = rest.split('?').next().unwrap_or_default();
    let decoded = percent_decode_str(address).decode_utf8();
    Some(decoded.map_or_else(|_| address.to_owned(), Cow::into_owned))
}

/// Returns the content of quotation marks that enclose the whole text.
fn quoted(text: &str) -> Option<&str> {
    QUOTES.iter().find_map(|&(open, close)| text.strip_prefix(open)?.strip_suffix(close))
}

/// Returns the address from text that ends with a bracket. The brackets contain either the address, as in
/// `Name <address>`, or a comment on it.
fn bracketed(text: &str) -> Option<&str> {
    let &(open, close) = BRACKETS.iter().find(|&&(_, close)| text.ends_with(close))?;
    let (outer, inner) = text.strip_suffix(close)?.rsplit_once(open)?;
    let outer = outer.trim_end();
    if inner.contains('@') {
        let address = linked(inner).unwrap_or_else(|| inner.to_owned());
        (!outer.contains('@') || outer.contains(&address)).then_some(inner)
    } else {
        (!outer.ends_with('@')).then_some(outer)
    }
}

/// Removes a bracket or quotation mark at one end, whose counterpart was not copied. Returns `None` if there is none.
fn without_unpaired_mark(text: &str) -> Option<&str> {
    let marks = || BRACKETS.iter().chain(&QUOTES).filter(|(open, _)| !matches!(open, '\'' | '`' | '{'));
    let opening = |c| marks().any(|&(open, _)| open == c);
    let closing = |c| marks().any(|&(_, close)| close == c);
    text.strip_prefix(opening).or_else(|| text.strip_suffix(closing))
}

/// Converts the domain to A-labels (UTS #46, as in the URL Standard). A domain that cannot be converted remains
/// unchanged. UTS #46 maps symbols, too, which domain names do not contain (RFC 5892).
fn with_ascii_domain(address: &str) -> String {
    let is_of_label = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '・');
    let is_unicode_name =
        |domain: &str| !domain.is_ascii() && domain.chars().all(is_of_label) && !ends_in_number(domain);
    let ascii = |(local, domain)| {
        let converted = is_unicode_name(domain).then(|| idna::domain_to_ascii(domain).ok())??;
        Some(format!("{local}@{converted}"))
    };
    address.rsplit_once('@').and_then(ascii).unwrap_or_else(|| address.to_owned())
}

/// Returns true if the domain's last label is a number in the URL Standard, which includes hexadecimal numbers.
fn ends_in_number(domain: &str) -> bool {
    let last = domain.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    has_numeric_end(domain) || hexadecimal.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Returns true if the domain contains a label with the prefix of A-labels that is not the A-label of any name.
fn has_invalid_a_label(address: &str) -> bool {
    let domain = address.rsplit('@').next().unwrap_or_default();
    let has_prefix = |label: &str| label.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"));
    domain.split('.').any(has_prefix) && idna::domain_to_ascii(domain).is_err()
}

/// Returns the rule that names the fault of `address`, which is not an [`Rfc822Name`].
fn fault_of(address: &str) -> Rule {
    let separators = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>');
    if address.split(separators).filter(|part| part.contains('@')).count() > 1 {
        return Rule::SeveralAddresses;
    }
    let Some((local, domain)) = address.split_once('@') else { return Rule::MissingAtSign };
    if domain.contains('@') {
        Rule::SeveralAtSigns
    } else if address.contains(char::is_whitespace) {
        Rule::SpaceInAddress
    } else if address.contains(',') {
        Rule::CommaInAddress
    } else if !local.is_ascii() {
        Rule::LocalPartNotAscii
    } else if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        Rule::LocalPartDots
    } else if local.len() > MAX_LOCAL_PART {
        Rule::LocalPartTooLong
    } else if domain.starts_with('[') || domain.contains('.') && has_numeric_end(domain) {
        Rule::NumericDomain
    } else if !domain.contains('.') {
        Rule::DomainWithoutDot
    } else if format!("a@{domain}").parse::<Rfc822Name>().is_err() {
        Rule::DomainMalformed
    } else {
        Rule::NotAMailbox
    }
}
