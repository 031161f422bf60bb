//! Reads the API's routes from `infra/openapi.yaml`.

use std::collections::BTreeMap;

use serde_json::Value;

const OPENAPI: &str = include_str!("../../openapi.yaml");

/// The OpenAPI extension that marks an operation whose response is a published object and not the output of a function.
const PUBLISHED_OBJECT: &str = "x-object";

/// A path template, with the function for each HTTP method.
struct Route {
    template: String,
    functions: BTreeMap<String, String>,
}

/// The function that handles a request.
pub(crate) struct Destination<'a> {
    /// The logical id of the function.
    pub(crate) function: &'a str,
    /// The path template that matches the request.
    pub(crate) resource: &'a str,
    /// The values of the path parameters, by name.
    pub(crate) parameters: BTreeMap<String, String>,
}

pub(crate) struct Routes(Vec<Route>);

/// The API description cannot be parsed or lacks a required member.
#[derive(Debug, thiserror::Error)]
#[error("infra/openapi.yaml: {0}")]
pub struct RoutesError(String);

impl Routes {
    pub(crate) fn read() -> Result<Self, RoutesError> {
        let document: Value =
            serde_saphyr::from_str(OPENAPI).map_err(|error| RoutesError(error.to_string()))?;
        let paths = document["paths"]
            .as_object()
            .ok_or_else(|| RoutesError("the member `paths` is missing".to_owned()))?;
        paths.iter().map(|(template, item)| Route::read(template, item)).collect::<Result<_, _>>().map(Self)
    }

    /// Returns the logical id of each operation's function.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|route| route.functions.values()).map(String::as_str)
    }

    /// Returns the function for a request, or `None` if the path matches no template. If the path does not support the
    /// method, the function for another method of this path refuses the request.
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
                    .ok_or_else(|| RoutesError(format!("{method} {template} has no x-function")))?;
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
