//! Implements the subset of DER (X.690) that CRLs require. General-purpose DER libraries require the whole input in
//! memory, but a CRL may not fit into memory.

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const ENUMERATED: u8 = 0x0a;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
/// `[0]`, explicit.
pub(super) const CONTEXT_0: u8 = 0xa0;
/// `[0]`, implicit and primitive.
pub(super) const IMPLICIT_0: u8 = 0x80;

/// The maximum length of an element header (the identifier and length octets) that this module supports.
pub(super) const MAXIMUM_HEADER: usize = 6;

/// Encodes the header of an element with `length` content octets. `length` must be less than 2^32.
pub(super) fn header(tag: u8, length: u64) -> Vec<u8> {
    let octets = length.to_be_bytes();
    let significant = &octets[octets.iter().take_while(|octet| **octet == 0).count()..];
    match significant {
        [] => vec![tag, 0],
        [short] if *short < 0x80 => vec![tag, *short],
        long => [&[tag, 0x80 | long.len() as u8], long].concat(),
    }
}

/// Parses the header of the element at the start of `input`. Returns the identifier octet, the number of header octets
/// and the number of content octets. Returns `None` if the header is incomplete or is not valid DER.
pub(super) fn read_header(input: &[u8]) -> Option<(u8, usize, u64)> {
    let (&tag, rest) = input.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if first < 0x80 {
        return Some((tag, 2, u64::from(first)));
    }
    let octets = rest.get(..usize::from(first & 0x7f))?;
    // A length must be encoded in the minimum number of octets (X.690 §10.1).
    if octets.is_empty() || octets.len() > MAXIMUM_HEADER - 2 || octets[0] == 0 {
        return None;
    }
    let length = octets.iter().fold(0, |length, octet| length << 8 | u64::from(*octet));
    (length >= 0x80).then_some((tag, 2 + octets.len(), length))
}

/// A sequence of consecutive DER elements in memory.
#[derive(Clone, Copy)]
pub(super) struct Elements<'a>(pub(super) &'a [u8]);

impl<'a> Elements<'a> {
    /// Returns the tag of the next element without consuming the element.
    pub(super) fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// Consumes the next element if it has the tag `tag`. Returns the whole element and its content.
    pub(super) fn next(&mut self, tag: u8) -> Option<(&'a [u8], &'a [u8])> {
        let (found, header, length) = read_header(self.0)?;
        let end = header.checked_add(usize::try_from(length).ok()?)?;
        let element = self.0.get(..end).filter(|_| found == tag)?;
        self.0 = &self.0[end..];
        Some((element, &element[header..]))
    }

    pub(super) fn content(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next(tag).map(|(_, content)| content)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An extension of a CRL entry or of a CRL (RFC 5280 §4.1).
pub(super) struct Extension<'a> {
    /// The content octets of extnID.
    pub(super) oid: &'a [u8],
    pub(super) critical: bool,
    /// The content octets of extnValue.
    pub(super) value: &'a [u8],
}

/// Parses the content octets of an Extensions value (a SEQUENCE OF Extension).
pub(super) fn extensions(content: &[u8]) -> Option<Vec<Extension<'_>>> {
    let mut elements = Elements(content);
    let mut extensions = Vec::new();
    while !elements.is_empty() {
        let mut fields = Elements(elements.content(SEQUENCE)?);
        let oid = fields.content(OBJECT_IDENTIFIER)?;
        let critical = match fields.peek()? {
            // In DER, TRUE is encoded as ff (X.690 §11.1), and the default value FALSE is omitted (§11.5).
            BOOLEAN => fields.content(BOOLEAN).filter(|value| *value == [0xff]).map(|_| true)?,
            _ => false,
        };
        let value = fields.content(OCTET_STRING)?;
        if !fields.is_empty() {
            return None;
        }
        extensions.push(Extension { oid, critical, value });
    }
    Some(extensions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_encoded_in_the_fewest_octets() {
        for (length, octets) in [
            (0, vec![0x30, 0]),
            (127, vec![0x30, 127]),
            (128, vec![0x30, 0x81, 128]),
            (256, vec![0x30, 0x82, 1, 0]),
            (0xffff_ffff, vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
        ] {
            assert_eq!(header(SEQUENCE, length), octets);
            assert_eq!(read_header(&octets), Some((SEQUENCE, octets.len(), length)));
        }
        for wrong in [
            &[0x30][..],
            &[0x30, 0x80],
            &[0x30, 0x81, 5],
            &[0x30, 0x82, 0, 200],
            &[0x30, 0x85, 1, 0, 0, 0, 0],
        ] {
            assert_eq!(read_header(wrong), None, "{wrong:?}");
        }
    }
}
