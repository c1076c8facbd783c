//! What filters have in common: name patterns and statuses.

use super::argument::{Argument, Mismatch};
use crate::cloud::{NameMatch, Ty, Value};

/// A name pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern(pub NameMatch);

impl Argument for NamePattern {
    const TY: Ty = Ty::Text;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Text(text) if text.contains(['*', '?', '[']) => match globset::Glob::new(text) {
                Ok(_) => Ok(NamePattern(NameMatch::Glob(text.to_string()))),
                Err(error) => Err(Mismatch {
                    give: "a name, or a pattern with *, ? and […]".to_string(),
                    because: Some(format!("`{text}` is no pattern: {}", error.kind())),
                }),
            },
            Value::Text(text) => Ok(NamePattern(NameMatch::Exact(text.to_string()))),
            _ => {
                Err(Mismatch { give: "a name, or a pattern with *, ? and […]".to_string(), because: None })
            }
        }
    }
}

/// One status or several, in capitals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statuses(pub Vec<String>);

impl Argument for Statuses {
    const TY: Ty = Ty::OneOrMany(&Ty::Text);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        let give = || Mismatch {
            give: "a status such as \"ACTIVE\", or an array of them".to_string(),
            because: None,
        };
        let one = |value: &Value| match value {
            Value::Text(text) if !text.trim().is_empty() => Ok(text.trim().to_uppercase()),
            _ => Err(give()),
        };
        match value {
            Value::Array(items) if items.is_empty() => {
                Err(Mismatch { because: Some("the array is empty".to_string()), ..give() })
            }
            Value::Array(items) => items.iter().map(one).collect::<Result<_, _>>().map(Statuses),
            value => one(value).map(|status| Statuses(vec![status])),
        }
    }
}
