//! Work addresses: postal code, prefecture and address lines.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{
    fields::{Kind, Rule},
    text::{bounded, is_dash, nfkc, normalise, stored_text, without_separators},
};

/// A seven-digit Japanese postal code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PostalCode(String);

impl PostalCode {
    /// Returns the seven digits without a hyphen.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PostalCode {
    type Err = Rule;

    fn from_str(input: &str) -> Result<Self, Rule> {
        let compact = without_separators(&nfkc(input));
        let digits = compact.strip_prefix('〒').unwrap_or(&compact);
        if digits.is_empty() {
            Err(Rule::Required)
        } else if digits.len() == 7 && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(digits.to_owned()))
        } else {
            Err(Rule::NotAPostalCode)
        }
    }
}

impl TryFrom<String> for PostalCode {
    type Error = Rule;

    fn try_from(input: String) -> Result<Self, Rule> {
        input.parse()
    }
}

impl From<PostalCode> for String {
    fn from(code: PostalCode) -> Self {
        code.0
    }
}

/// One of the 47 Japanese prefectures, represented as an index into [`PREFECTURES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prefecture(usize);

/// The prefecture names in JIS X 0401 order.
pub const PREFECTURES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

impl Prefecture {
    /// Returns the Japanese name, such as 東京都.
    pub fn as_str(self) -> &'static str {
        PREFECTURES[self.0]
    }
}

impl FromStr for Prefecture {
    type Err = Rule;

    fn from_str(input: &str) -> Result<Self, Rule> {
        let name = normalise(input)?;
        if name.is_empty() {
            return Err(Rule::Required);
        }
        PREFECTURES.iter().position(|known| *known == name).map(Self).ok_or(Rule::NotAPrefecture)
    }
}

impl TryFrom<String> for Prefecture {
    type Error = Rule;

    fn try_from(input: String) -> Result<Self, Rule> {
        input.parse()
    }
}

impl From<Prefecture> for String {
    fn from(prefecture: Prefecture) -> Self {
        prefecture.as_str().to_owned()
    }
}

/// An address line. A dash between two digits is normalised to `-`. A ー elsewhere remains unchanged, as in ビール町.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AddressText(String);

stored_text!(AddressText, Kind::Text);

impl AddressText {
    /// Parses a string of at most `max_length` characters after normalisation. Returns `None` if the normalised string
    /// is empty.
    ///
    /// # Errors
    ///
    /// Returns the first broken rule: [`Rule::UnsuitableCharacter`] or [`Rule::TooLong`].
    pub fn parse(input: &str, max_length: usize) -> Result<Option<Self>, Rule> {
        Ok(bounded(input, max_length)?.map(|text| Self(with_plain_dashes_between_digits(&text))))
    }

    /// The normalised text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn with_plain_dashes_between_digits(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let is_digit_at = |index: usize| characters.get(index).is_some_and(char::is_ascii_digit);
    characters
        .iter()
        .enumerate()
        .map(|(index, &c)| {
            let between_digits = index > 0 && is_digit_at(index - 1) && is_digit_at(index + 1);
            if between_digits && is_dash(c) { '-' } else { c }
        })
        .collect()
}
