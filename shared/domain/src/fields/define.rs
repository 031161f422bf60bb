//! The macros that generate types from the definitions in `fields.rs`.

/// Generates [`Field`](super::Field) for all entered fields. For the application fields, the macro also generates the
/// stored type and its conversions from the input and to texts.
///
/// The form is `member: Stored => Variant "name" { … }`. It specifies the member of the stored type, the type of the
/// member, the variant, and the name in the API. The braces contain the remaining members of
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
            /// The fields of step 4, in the order of the page.
            pub const APPLICATION: &[Self] = &[$(Self::$variant,)*];
            /// The names of the fields of step 4, in the order of the page.
            pub const APPLICATION_NAMES: &[&str] = &[$($name,)*];

            /// The definition of this field.
            pub fn spec(self) -> &'static FieldSpec {
                match self {
                    $(Self::$variant => const {
                        &FieldSpec { name: $name, kind: <$stored as Member>::KIND, $($spec)* }
                    },)*
                    $(Self::$credential => const { &FieldSpec { name: $credential_name, $($credential_spec)* } },)*
                }
            }
        }

        /// The normalised fields that the subscriber entered. Rows from older versions may lack some fields, so only
        /// the email address is always present. [`CompleteFields`](crate::application::CompleteFields) contains all
        /// required fields.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct ApplicationFields {
            $($(#[$doc])* #[serde(rename = $name)] pub $member: $stored,)*
        }

        impl ApplicationFields {
            /// Parses all fields with `reader`. The errors are in the order of the page.
            pub(crate) fn read(input: &ApplicationFieldsInput, mut reader: Reader) -> Result<Self, Vec<FieldError>> {
                $(let $member = reader.read(Field::$variant, input.get(Field::$variant));)*
                let fields = || Some(Self { $($member: $member?,)* });
                fields().ok_or(reader.into_errors())
            }

            /// The texts of all fields, in the order of the page; `None` for an empty field.
            pub fn texts(&self) -> impl Iterator<Item = (Field, Option<&str>)> {
                [$((Field::$variant, self.$member.text()),)*].into_iter()
            }
        }
    };
}

/// Generates [`FixedField`](super::FixedField) and the stored type for the fields that the pages only display. The form
/// is the same as for [`define_fields`].
macro_rules! define_fixed_fields {
    ($(
        $(#[$doc:meta])*
        $member:ident: $stored:ty => $variant:ident $name:literal { $($spec:tt)* }
    )*) => {
        /// A fixed field of steps 4 and 5.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FixedField {
            $($(#[$doc])* $variant,)*
        }

        impl FixedField {
            /// All fixed fields, in the order of the page.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];
            /// The names of all fixed fields, in the order of the page.
            pub const NAMES: &[&str] = &[$($name,)*];

            /// The definition of this field.
            pub fn spec(self) -> &'static FixedFieldSpec {
                match self {
                    $(Self::$variant => const { &FixedFieldSpec { name: $name, $($spec)* } },)*
                }
            }
        }

        /// The evidence from the first authentication, displayed but never editable.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct FixedFields {
            $($(#[$doc])* #[serde(rename = $name)] pub $member: $stored,)*
        }

        impl FixedFields {
            /// Parses the fields of a record, each of which must be present.
            ///
            /// # Errors
            ///
            /// The first missing or invalid field.
            pub fn parse(input: &FixedFieldsInput) -> Result<Self, FixedFieldError> {
                Ok(Self { $($member: reading::fixed(FixedField::$variant, input.get(FixedField::$variant))?,)* })
            }

            /// The texts of all fields, in the order of the page.
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

pub(super) use {define_fields, define_fixed_fields};
