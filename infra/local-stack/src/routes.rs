//! The API's routes, read from `infra/openapi.yaml`.

use std::collections::BTreeMap;

use serde_json::Value;

const OPENAPI: &str = include_str!("../../openapi.yaml");

/// The member that marks an operation as a published object, which no function serves.
const PUBLISHED_OBJECT: &str = "x-object";

/// A path template with the function behind each of its methods.
struct Route {
    template: String,
    functions: BTreeMap<String, String>,
}

/// The destination of a request.
pub(crate) struct Destination<'a> {
    /// The logical id of the function.
    pub(crate) function: &'a str,
    /// The path template.
    pub(crate) resource: &'a str,
    /// The path parameters.
    pub(crate) parameters: BTreeMap<String, String>,
}

/// The routes of the API.
pub(crate) struct Routes(Vec<Route>);

/// A fault in the API description.
#[derive(Debug, thiserror::Error)]
#[error("infra/openapi.yaml: {0}")]
pub struct RoutesError(String);

impl Routes {
    /// Reads the routes from the API description.
    pub(crate) fn read() -> Result<Self, RoutesError> {
        let document: Value =
            serde_saphyr::from_str(OPENAPI).map_err(|error| RoutesError(error.to_string()))?;
        let paths = document["paths"].as_object().ok_or_else(|| RoutesError("no paths".to_owned()))?;
        paths.iter().map(|(template, item)| Route::read(template, item)).collect::<Result<_, _>>().map(Self)
    }

    /// Returns the logical ids of all functions.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|route| route.functions.values()).map(String::as_str)
    }

    /// Returns the destination of a request. If the path does not support the method, the destination is the function
    /// of another method, which refuses the request.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<Destination<'_>> {
        self.0.iter().find_map(|route| {
            let parameters = route.matches(path)?;
            let function = route.functions.get(method).or_else(|| route.functions.values().next())?;
            Some(Destination { function, resource: &route.template, parameters })
        })
    }
}

impl Route {
    fn read(template: &str, item: &Value) -> Result<Self, RoutesError> {
        let operations = item.as_object().into_iter().flatten();
        let functions = operations
            .filter(|(method, _)| ["get", "put", "post", "delete", "patch"].contains(&method.as_str()))
            .filter(|(_, operation)| operation.get(PUBLISHED_OBJECT).is_none())
            .map(|(method, operation)| {
                let function = operation["x-function"]
                    .as_str()
                    .ok_or_else(|| RoutesError(format!("{method} {template} names no x-function")))?;
                Ok((method.to_uppercase(), function.to_owned()))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { template: template.to_owned(), functions })
    }

    fn matches(&self, path: &str) -> Option<BTreeMap<String, String>> {
        let (mut wanted, mut given) = (self.template.split('/'), path.split('/'));
        let mut parameters = BTreeMap::new();
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(parameters),
                (Some(segment), Some(value)) => match parameter_name(segment) {
                    Some(name) if name.ends_with('+') => {
                        let rest = [value].into_iter().chain(given).collect::<Vec<_>>().join("/");
                        parameters.insert(name.trim_end_matches('+').to_owned(), rest);
                        return Some(parameters);
                    }
                    Some(name) if !value.is_empty() => {
                        parameters.insert(name.to_owned(), value.to_owned());
                    }
                    None if segment == value => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
    }
}

/// Returns `name` for `{name}`, and `name+` for `{name+}`, which matches the rest of the path.
fn parameter_name(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}
