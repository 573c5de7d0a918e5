//! The parameters of a request: read strictly, and described for OpenAPI by the same lines, so that the
//! description cannot differ from what is read.
//!
//! [`parameters!`] declares what a route takes. What is unknown, given twice or cannot be read is a
//! problem that names the parameter.

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter as Described, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, Schema};
use utoipa::openapi::{RefOr, Required};

use super::problem::Problem;

/// Pairs of name and value in one query.
const PAIRS_MAX: usize = 100;

/// Values of a parameter that may be given several times.
pub(super) const REPEATED_MAX: usize = 10;

/// One value, as it is read and as it is described.
pub(in crate::http) trait Parameter: Sized {
    /// Reads it.
    fn read(text: &str) -> Result<Self, String>;

    /// What it looks like.
    fn schema() -> Schema;
}

/// A parameter that may be there once, or several times.
pub(super) trait Field: Sized {
    /// Whether it must be there.
    const REQUIRED: bool = false;

    /// Reads its values.
    fn collect(name: &'static str, values: Vec<String>) -> Result<Self, Problem>;

    /// What it looks like.
    fn schema() -> Schema;
}

impl<T: Parameter> Field for Option<T> {
    fn collect(name: &'static str, values: Vec<String>) -> Result<Self, Problem> {
        if values.len() > 1 {
            return Err(Problem::parameter(name, "given more than once"));
        }
        let read = |text: &String| T::read(text).map_err(|wrong| Problem::parameter(name, wrong));
        values.first().map(read).transpose()
    }

    fn schema() -> Schema {
        T::schema()
    }
}

/// A parameter that must be there.
#[derive(Debug)]
pub(super) struct Needed<T>(pub(super) T);

impl<T: Parameter> Field for Needed<T> {
    const REQUIRED: bool = true;

    fn collect(name: &'static str, values: Vec<String>) -> Result<Self, Problem> {
        let missing = || Problem::parameter(name, "is missing");
        Option::<T>::collect(name, values)?
            .map(Needed)
            .ok_or_else(missing)
    }

    fn schema() -> Schema {
        T::schema()
    }
}

impl<T: Parameter> Field for Vec<T> {
    fn collect(name: &'static str, values: Vec<String>) -> Result<Self, Problem> {
        if values.len() > REPEATED_MAX {
            let detail = format!("given more than {REPEATED_MAX} times");
            return Err(Problem::parameter(name, detail));
        }
        let read = |text: &String| T::read(text).map_err(|wrong| Problem::parameter(name, wrong));
        values.iter().map(read).collect()
    }

    fn schema() -> Schema {
        ArrayBuilder::new()
            .items(RefOr::T(T::schema()))
            .max_items(Some(REPEATED_MAX))
            .into()
    }
}

/// The query of a request, pair by pair.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Takes a query apart.
    pub(super) fn of(parts: &Parts) -> Result<Self, Problem> {
        let text = parts.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes())
            .take(PAIRS_MAX + 1)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if pairs.len() > PAIRS_MAX {
            let detail = format!("more than {PAIRS_MAX} parameters");
            return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
        }
        Ok(Query(pairs))
    }

    /// All pairs that are left.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Takes a parameter out.
    pub(super) fn take<T: Field>(&mut self, name: &'static str) -> Result<T, Problem> {
        let (taken, left) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|(other, _)| other == name);
        self.0 = left;
        let values = Vec::into_iter(taken).map(|(_, value)| value);
        T::collect(name, values.collect())
    }

    /// Refuses what nobody took.
    pub(super) fn finish(&self) -> Result<(), Problem> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(Problem::parameter(
                name,
                format!("{name:?} is no parameter of this"),
            )),
        }
    }
}

/// What a route takes in its query.
pub(super) trait Parameters: IntoParams + Sized + Send + 'static {
    /// Reads it, and leaves nothing.
    fn read(query: Query) -> Result<Self, Problem>;
}

/// Reads the parameters of a request, on a thread that may take its time: names like one that is
/// misspelled are looked for in the whole table of cities.
pub(super) async fn read<T: Parameters>(parts: &Parts) -> Result<T, Problem> {
    let query = Query::of(parts)?;
    let reading = tokio::task::spawn_blocking(move || T::read(query)).await;
    let failed = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the relay is stopping");
    reading.map_err(failed)?
}

/// The description of a parameter.
pub(super) fn described<T: Field>(name: &str, about: &[&str]) -> Described {
    let about: Vec<&str> = about.iter().map(|line| line.trim()).collect();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(match T::REQUIRED {
            true => Required::True,
            false => Required::False,
        })
        .description(Some(about.join("\n")))
        .schema(Some(RefOr::T(T::schema())))
        .build()
}

/// Declares what a route takes in its query: fields of `Option<T>`, of [`Needed`] for
/// what must be there, or of `Vec<T>` for what may be repeated.
macro_rules! parameters {
    (
        $(#[$about:meta])*
        struct $name:ident {
            $( $(#[doc = $line:literal])+ $field:ident: $type:ty, )*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug)]
        pub(super) struct $name {
            $( $(#[doc = $line])+ pub(super) $field: $type, )*
        }

        impl $crate::http::api::parameter::Parameters for $name {
            fn read(
                query: $crate::http::api::parameter::Query,
            ) -> Result<Self, $crate::http::api::problem::Problem> {
                let query = &mut { query };
                let read = $name { $( $field: query.take(stringify!($field))?, )* };
                query.finish()?;
                Ok(read)
            }
        }

        impl utoipa::IntoParams for $name {
            fn into_params(
                _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
            ) -> Vec<utoipa::openapi::path::Parameter> {
                vec![ $(
                    $crate::http::api::parameter::described::<$type>(
                        stringify!($field),
                        &[$($line),+],
                    ),
                )* ]
            }
        }

        impl<S: Send + Sync> axum::extract::FromRequestParts<S> for $name {
            type Rejection = $crate::http::api::problem::Problem;

            async fn from_request_parts(
                parts: &mut http::request::Parts,
                _: &S,
            ) -> Result<Self, Self::Rejection> {
                $crate::http::api::parameter::read(parts).await
            }
        }
    };
}
pub(super) use parameters;

parameters! {
    /// A route that takes nothing.
    struct NoParameters {}
}

/// What a route has in its path.
pub(super) struct InPath(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for InPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        match path {
            Ok(axum::extract::Path(text)) => Ok(InPath(text)),
            Err(wrong) => Err(Problem::new(StatusCode::BAD_REQUEST, wrong.body_text())),
        }
    }
}
