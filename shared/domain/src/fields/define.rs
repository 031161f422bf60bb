//! The macros that make types of the definitions in `fields.rs`.

/// Makes [`Field`](super::Field) of all entered fields, and of those of the application the type that is stored, the type
/// of the input, and the way from one to the other.
///
/// `member: Stored => Variant "name" { … }` has the member of both types, its type in the stored one, the variant, the
/// name in the API, and the members of [`FieldSpec`](super::FieldSpec) that do not follow from these.
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
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Field {
            $($(#[$doc])* $variant,)*
            $($(#[$credential_doc])* $credential,)*
        }

        impl Field {
            /// Every field.
            pub const ALL: &[Self] = &[$(Self::$variant,)* $(Self::$credential,)*];
            /// The fields of step 4, in the order of the page.
            pub const APPLICATION: &[Self] = &[$(Self::$variant,)*];

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

        /// The fields that the subscriber enters, normalised. Old rows may lack some of them, so only the email address
        /// is certain to be present; [`CompleteFields`](crate::application::CompleteFields) has every required field.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct ApplicationFields {
            $($(#[$doc])* #[serde(rename = $name)] pub $member: $stored,)*
        }

        /// The fields as the client sent them; an absent or empty text is an empty field.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct ApplicationFieldsInput {
            $($(#[$doc])* #[serde(rename = $name)] pub $member: Option<String>,)*
        }

        impl ApplicationFields {
            /// Reads every field with `reader`, whose errors are in the order of the page.
            pub(crate) fn read(input: &ApplicationFieldsInput, mut reader: Reader) -> Result<Self, Vec<FieldError>> {
                $(let $member = reader.read(Field::$variant, input.$member.as_deref());)*
                let fields = || Some(Self { $($member: $member?,)* });
                fields().ok_or(reader.into_errors())
            }
        }
    };
}

/// Makes [`FixedField`](super::FixedField) of the fields that are only shown, the type that is stored, and the type of the
/// input. The form is that of [`define_fields`].
macro_rules! define_fixed_fields {
    ($(
        $(#[$doc:meta])*
        $member:ident: $stored:ty => $variant:ident $name:literal { $($spec:tt)* }
    )*) => {
        /// A fixed field of steps 4 and 5.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FixedField {
            $($(#[$doc])* $variant,)*
        }

        impl FixedField {
            /// Every fixed field, in the order of the page.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The definition of this field.
            pub fn spec(self) -> &'static FixedFieldSpec {
                match self {
                    $(Self::$variant => const { &FixedFieldSpec { name: $name, $($spec)* } },)*
                }
            }
        }

        /// Evidence of the first authentication, shown but never editable.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct FixedFields {
            $($(#[$doc])* #[serde(rename = $name)] pub $member: $stored,)*
        }

        /// The fixed fields as a client or a record sent them; each may be absent.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct FixedFieldsInput {
            $($(#[$doc])* #[serde(rename = $name)] pub $member: Option<String>,)*
        }

        impl FixedFields {
            /// Reads the fields of a record, each of which must be present.
            ///
            /// # Errors
            ///
            /// The first field that is missing or invalid.
            pub fn parse(input: &FixedFieldsInput) -> Result<Self, FixedFieldError> {
                Ok(Self { $($member: reading::fixed(FixedField::$variant, input.$member.as_deref())?,)* })
            }

            fn text_of(&self, field: FixedField) -> &str {
                match field {
                    $(FixedField::$variant => self.$member.as_str(),)*
                }
            }
        }

        impl FixedFieldsInput {
            /// The values that were sent.
            pub fn sent(&self) -> impl Iterator<Item = (FixedField, &str)> {
                [$((FixedField::$variant, self.$member.as_deref()),)*]
                    .into_iter()
                    .filter_map(|(field, value)| Some((field, value?)))
            }
        }
    };
}

pub(super) use {define_fields, define_fixed_fields};
