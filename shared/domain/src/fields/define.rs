//! The macros that generate types from the definitions in `fields.rs`.

/// Generates [`Field`](super::Field) with one variant for each field that the subscriber enters. For the application
/// fields, the macro also generates the stored type and its conversions to and from text.
///
/// Each definition has the form `member: Stored => Variant "name" { … }`. The definition specifies a member of the
/// stored type, the member's type, the enum variant, and the API name. The braces enclose the remaining members of
/// [`FieldSpec`](super::FieldSpec).
macro_rules! define_fields {
    (
        application { $(
            $(#[$doc:meta])*
            $member:ident: $stored:ty => $variant:ident $name:literal { $($spec:tt)* }
        )* }
        credentials { $(
            $(#[$credential_doc:meta])*
            $credential:ident $credential_name:literal { $($credential_spec:tt)* }
        )* }
    ) => {
        /// A field that the subscriber enters.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $($(#[$doc])* $variant,)*
            $($(#[$credential_doc])* $credential,)*
        }

        impl Field {
            /// All fields.
            pub const ALL: &[Self] = &[$(Self::$variant,)* $(Self::$credential,)*];
            /// The fields of step 4, in page order.
            pub const APPLICATION: &[Self] = &[$(Self::$variant,)*];
            /// The API names of the fields of step 4, in page order.
            pub const APPLICATION_NAMES: &[&str] = &[$($name,)*];

            /// Returns the definition of this field.
            pub fn spec(self) -> &'static FieldSpec {
                match self {
                    $(Self::$variant => const {
                        &FieldSpec { name: $name, kind: <$stored as Member>::KIND, $($spec)* }
                    },)*
                    $(Self::$credential => const { &FieldSpec { name: $credential_name, $($credential_spec)* } },)*
                }
            }
        }

        /// The normalised application fields. Only the email address is always present, because rows from older
        /// versions may lack other fields. [`CompleteFields`](crate::application::CompleteFields) contains a value for
        /// every required field.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct ApplicationFields {
            $($(#[$doc])* #[serde(rename = $name)] pub $member: $stored,)*
        }

        impl ApplicationFields {
            /// Parses all fields with `reader` and returns any errors in page order.
            pub(crate) fn read(input: &ApplicationFieldsInput, mut reader: Reader) -> Result<Self, Vec<FieldError>> {
                $(let $member = reader.read(Field::$variant, input.get(Field::$variant));)*
                let fields = || Some(Self { $($member: $member?,)* });
                fields().ok_or(reader.into_errors())
            }

            /// Returns the text of each field in page order, with `None` for empty fields.
            pub fn texts(&self) -> impl Iterator<Item = (Field, Option<&str>)> {
                [$((Field::$variant, self.$member.text()),)*].into_iter()
            }
        }
    };
}

/// Generates [`FixedField`](super::FixedField) and the stored type for the fields that the pages only display.
/// Definitions have the same form as in [`define_fields`].
macro_rules! define_fixed_fields {
    ($(
        $(#[$doc:meta])*
        $member:ident: $stored:ty => $variant:ident $name:literal { $($spec:tt)* }
    )*) => {
        /// A fixed field on the pages of steps 4 and 5.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FixedField {
            $($(#[$doc])* $variant,)*
        }

        impl FixedField {
            /// All fixed fields, in page order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];
            /// The API names of all fixed fields, in page order.
            pub const NAMES: &[&str] = &[$($name,)*];

            /// Returns the definition of this field.
            pub fn spec(self) -> &'static FixedFieldSpec {
                match self {
                    $(Self::$variant => const { &FixedFieldSpec { name: $name, $($spec)* } },)*
                }
            }
        }

        /// The evidence from the first authentication. The pages display the fixed fields but never allow changes to
        /// them.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct FixedFields {
            $($(#[$doc])* #[serde(rename = $name)] pub $member: $stored,)*
        }

        impl FixedFields {
            /// Parses the fixed fields of a record. Every field must be present.
            ///
            /// # Errors
            ///
            /// Returns an error for the first missing or invalid field.
            pub fn parse(input: &FixedFieldsInput) -> Result<Self, FixedFieldError> {
                Ok(Self { $($member: reading::fixed(FixedField::$variant, input.get(FixedField::$variant))?,)* })
            }

            /// Returns the text of each fixed field, in page order.
            pub fn texts(&self) -> impl Iterator<Item = (FixedField, &str)> {
                FixedField::ALL.iter().map(|field| (*field, self.text_of(*field)))
            }

            fn text_of(&self, field: FixedField) -> &str {
                match field {
                    $(FixedField::$variant => self.$member.as_str(),)*
                }
            }
        }
    };
}

/// Generates [`Language`](super::Language) and [`Bilingual`](super::Bilingual), which contains text in each language.
/// Each language is defined as `Variant: member "tag"`.
macro_rules! define_languages {
    ($($(#[doc = $doc:literal])+ $(#[$default:ident])? $variant:ident: $member:ident $tag:literal,)+) => {
        define_enum! {
            /// A language that the service supports.
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
            pub enum Language {
                $($(#[doc = $doc])+ $(#[$default])? #[serde(rename = $tag)] $variant,)+
            }
        }

        impl Language {
            /// The language tag (BCP 47).
            pub const fn tag(self) -> &'static str {
                match self {
                    $(Self::$variant => $tag,)+
                }
            }
        }

        /// Text in every language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Bilingual {
            $($(#[doc = $doc])+ pub $member: &'static str,)+
        }

        impl Bilingual {
            /// Returns the text in `language`.
            pub fn in_language(&self, language: Language) -> &'static str {
                match language {
                    $(Language::$variant => self.$member,)+
                }
            }
        }
    };
}

/// Generates an enum, and the list `ALL` of its variants.
macro_rules! define_enum {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident { $($(#[$variant_attribute:meta])* $variant:ident,)* }
    ) => {
        $(#[$attribute])*
        pub enum $name {
            $($(#[$variant_attribute])* $variant,)*
        }

        impl $name {
            /// All variants, in the order of their definition.
            pub const ALL: [Self; [$(Self::$variant,)*].len()] = [$(Self::$variant,)*];
        }
    };
}

pub(super) use {define_enum, define_fields, define_fixed_fields, define_languages};
