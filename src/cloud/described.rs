//! What every noun has: an id, a name, a status, a cloud, and fields. One reading of all of them, whatever the noun.

use super::time::Time;
use super::ty::Noun;
use super::value::Value;
use std::sync::Arc;

/// A thing in a cloud, as it was last described.
pub trait Described: Send + Sync {
    /// What kind of thing it is.
    fn noun(&self) -> Noun;
    /// Its id.
    fn id(&self) -> &str;
    /// Its name; empty where it has none.
    fn name(&self) -> &str;
    /// Its status in capitals; empty for what has none.
    fn status(&self) -> &str {
        ""
    }
    /// The addresses at which it is reached; none for what has none.
    fn addresses(&self) -> Vec<&str> {
        Vec::new()
    }
    /// The name of the cloud it lives in.
    fn cloud(&self) -> &Arc<str>;
    /// A field by its declared name; `None` for one that the noun does not have.
    fn field(&self, name: &str) -> Option<Value>;
}

/// Which noun a type is; arguments are typed by it.
pub trait Kinded {
    /// The noun.
    const NOUN: Noun;
}

/// A time that may not be known.
pub(super) fn time(time: Option<Time>) -> Value {
    time.map_or(Value::Unit, Value::Time)
}

/// How old a thing was when it was read.
pub(super) fn age(created: Option<Time>, read: Time) -> Value {
    created.map_or(Value::Unit, |created| Value::Span(read.since(created)))
}

/// A number that may not be known.
pub(super) fn number(number: Option<i64>) -> Value {
    number.map_or(Value::Unit, Value::Int)
}

/// A truth value that may not be known.
pub(super) fn truth(truth: Option<bool>) -> Value {
    truth.map_or(Value::Unit, Value::Bool)
}
