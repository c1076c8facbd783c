//! The lattice: what a value is, from "this word of these" up to "not known", which is `None` of `Option<Type>`.

use crate::cloud::members;
use crate::cloud::{Field, Noun, Ty, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The type of a value of the language.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// Nothing.
    Unit,
    /// A truth value.
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction.
    Float,
    /// Text.
    Text,
    /// Text that is one of these words.
    Word(&'static [&'static str]),
    /// A single character.
    Char,
    /// Text that never prints.
    Secret,
    /// Bytes.
    Blob,
    /// A time.
    Time,
    /// A length of time.
    Duration,
    /// An array, and what its elements are where they are all alike.
    Array(Option<Box<Type>>),
    /// A map, and what is known of its keys.
    Map(Arc<Keys>),
    /// A server, an image, a flavor …
    Of(Noun),
    /// A cloud, and its name.
    Cloud(Option<Arc<str>>),
    /// An error that was caught, or is a member of results.
    Error,
    /// A closure, and how many values it takes.
    Function(Option<usize>),
    /// A range of whole numbers.
    Range,
}

/// What is known of a map.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Keys {
    /// Keys that it has, and their values.
    pub known: BTreeMap<String, Option<Type>>,
    /// What every value is.
    pub values: Option<Type>,
    /// What it is, where it has no other keys: "an event of a stack".
    pub whole: Option<&'static str>,
}

impl Type {
    /// An array of these.
    pub fn array(of: Option<Type>) -> Type {
        Type::Array(of.map(Box::new))
    }

    /// A map of which nothing is known.
    pub fn map() -> Type {
        Type::Map(Arc::default())
    }

    /// A map of these keys.
    pub fn keyed(known: impl IntoIterator<Item = (String, Option<Type>)>) -> Type {
        Type::Map(Arc::new(Keys { known: known.into_iter().collect(), values: None, whole: None }))
    }

    /// What a declared type says; `None` where it says several or nothing.
    pub fn declared(ty: Ty) -> Option<Type> {
        Some(match ty {
            Ty::Unit => Type::Unit,
            Ty::Bool => Type::Bool,
            Ty::Int => Type::Int,
            Ty::Float => Type::Float,
            Ty::Text => Type::Text,
            Ty::OneOf(words) => Type::Word(words),
            Ty::Secret => Type::Secret,
            Ty::Duration => Type::Duration,
            Ty::Time => Type::Time,
            Ty::ArrayOf(one) => Type::array(Type::declared(*one)),
            Ty::MapOf(of) => Type::Map(Arc::new(Keys { values: Type::declared(*of), ..Keys::default() })),
            Ty::Record(of) => {
                let known = of.fields.iter();
                let known = known.map(|field| (field.name.to_string(), Type::declared(field.ty)));
                Type::Map(Arc::new(Keys { known: known.collect(), values: None, whole: Some(of.word) }))
            }
            Ty::Options => Type::map(),
            Ty::Of(noun) => Type::Of(noun),
            Ty::Cloud => Type::Cloud(None),
            Ty::Any
            | Ty::Data
            | Ty::OneOrMany(_)
            | Ty::Either(..)
            | Ty::Ref(_)
            | Ty::AnyRef(_)
            | Ty::Same => {
                return None;
            }
        })
    }

    /// The type of a value that is there.
    pub fn of_value(value: &Value) -> Option<Type> {
        Some(match value {
            Value::Unit => Type::Unit,
            Value::Unread => return None,
            Value::Bool(_) => Type::Bool,
            Value::Int(_) => Type::Int,
            Value::Float(_) => Type::Float,
            Value::Text(_) | Value::NameOf(..) => Type::Text,
            Value::Secret(_) => Type::Secret,
            Value::Time(_) => Type::Time,
            Value::Span(_) => Type::Duration,
            Value::Blob(_) => Type::Blob,
            Value::Array(items) => Type::array(items.first().and_then(Type::of_value)),
            Value::Map(map) => {
                Type::keyed(map.iter().map(|(key, value)| (key.clone(), Type::of_value(value))))
            }
            Value::Resource(resource) => Type::Of(resource.noun()),
            Value::Cloud(name) => Type::Cloud(Some(name.clone())),
            Value::Error(_) => Type::Error,
            Value::Other("a closure") => Type::Function(None),
            Value::Other(_) => return None,
        })
    }

    /// What a person calls such a value: "a number", "a server".
    pub fn word(&self) -> &'static str {
        match self {
            Type::Unit => "nothing",
            Type::Bool => "a truth value",
            Type::Int | Type::Float => "a number",
            Type::Text | Type::Word(_) => "text",
            Type::Char => "a character",
            Type::Secret => "a secret",
            Type::Blob => "a blob",
            Type::Time => "a time",
            Type::Duration => "a duration",
            Type::Array(Some(one)) => match **one {
                Type::Of(noun) => noun.many(),
                _ => "an array",
            },
            Type::Array(None) => "an array",
            Type::Map(_) => "a map",
            Type::Of(noun) => noun.with_article(),
            Type::Cloud(_) => "a cloud",
            Type::Error => "an error",
            Type::Function(_) => "a closure",
            Type::Range => "a range",
        }
    }

    /// The declared fields that can be read of it; empty where it has none, or where they are not known here.
    pub fn fields(&self) -> &'static [Field] {
        match self {
            Type::Of(noun) => noun.fields(),
            Type::Time => members::TIME,
            Type::Duration => members::DURATION,
            Type::Cloud(_) => members::CLOUD,
            Type::Error => members::ERROR,
            _ => &[],
        }
    }

    /// The functions that are called on such a value and no verbs.
    pub fn methods(&self) -> &'static [members::Method] {
        match self {
            Type::Time => members::TIME_METHODS,
            Type::Cloud(_) => members::CLOUD_METHODS,
            _ => &[],
        }
    }

    /// What a field of it is.
    pub fn field(&self, name: &str) -> Option<Type> {
        match self {
            Type::Text | Type::Word(_) | Type::Array(_) if name == "len" => Some(Type::Int),
            Type::Map(keys) => keys.known.get(name).cloned().unwrap_or_else(|| keys.values.clone()),
            other => {
                let field = other.fields().iter().find(|field| field.name == name)?;
                Type::declared(field.ty)
            }
        }
    }

    /// What a loop or a closure gets of it.
    pub fn element(&self) -> Option<Type> {
        match self {
            Type::Array(of) => of.as_deref().cloned(),
            Type::Range => Some(Type::Int),
            _ => None,
        }
    }

    /// Whether it is text of some kind.
    pub fn is_text(&self) -> bool {
        matches!(self, Type::Text | Type::Word(_))
    }

    /// The nearest type that two are; `None` where they have nothing in common.
    pub fn join(&self, other: &Type) -> Option<Type> {
        if self == other {
            return Some(self.clone());
        }
        Some(match (self, other) {
            (a, b) if a.is_text() && b.is_text() => Type::Text,
            (Type::Array(a), Type::Array(b)) => {
                Type::array(a.as_deref().zip(b.as_deref()).and_then(|(a, b)| a.join(b)))
            }
            (Type::Map(a), Type::Map(b)) => {
                let both = a.known.iter().filter_map(|(key, a)| {
                    let b = b.known.get(key)?;
                    Some((key.clone(), a.as_ref().zip(b.as_ref()).and_then(|(a, b)| a.join(b))))
                });
                let values = a.values.as_ref().zip(b.values.as_ref()).and_then(|(a, b)| a.join(b));
                Type::Map(Arc::new(Keys { known: both.collect(), values, whole: None }))
            }
            (Type::Cloud(_), Type::Cloud(_)) => Type::Cloud(None),
            (Type::Function(_), Type::Function(_)) => Type::Function(None),
            _ => return None,
        })
    }
}

/// The one type of several; `None` where one is not known, they have nothing in common, or there are none.
pub(super) fn same(types: impl IntoIterator<Item = Option<Type>>) -> Option<Type> {
    let mut types = types.into_iter();
    let first = types.next()??;
    types.try_fold(first, |all, next| all.join(&next?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_types_join_in_what_they_have_in_common() {
        let word = Type::Word(&["a"]);
        assert_eq!(word.join(&Type::Text), Some(Type::Text));
        assert_eq!(Type::Int.join(&Type::Text), None);
        let server = Type::array(Some(Type::Of(Noun::Server)));
        assert_eq!(server.join(&server), Some(server.clone()));
        assert_eq!(server.join(&Type::array(Some(Type::Of(Noun::Image)))), Some(Type::Array(None)));
        assert_eq!(same([Some(Type::Int), None]), None);
        assert_eq!(same([]), None);
    }

    #[test]
    fn fields_come_from_the_tables() {
        assert_eq!(Type::Of(Noun::Server).field("created"), Some(Type::Time));
        assert_eq!(Type::Time.field("year"), Some(Type::Int));
        assert_eq!(Type::Error.field("retryable"), Some(Type::Bool));
        assert_eq!(
            Type::Of(Noun::Server).field("meta").and_then(|meta| meta.field("role")),
            Some(Type::Text)
        );
        assert_eq!(Type::Of(Noun::Server).field("nothing"), None);
    }
}
