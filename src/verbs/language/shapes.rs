//! What the helpers of the language take and no verb of a cloud does: closures, ranges, kinds of error.

use crate::cloud::{Kind, Ty, Value};
use crate::verbs::argument::{Argument, Mismatch};

/// A closure, or a function of the script; only the language can call it.
#[derive(Debug, Clone, PartialEq)]
pub struct Closure;

impl Argument for Closure {
    const TY: Ty = Ty::Any;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Other("a closure") => Ok(Closure),
            _ => Err(Mismatch::give("a closure: || …")),
        }
    }
}

/// An array or a range; only the language can go through it.
#[derive(Debug, Clone, PartialEq)]
pub struct Items;

impl Argument for Items {
    const TY: Ty = Ty::Any;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Array(_) | Value::Other("a range") => Ok(Items),
            _ => Err(Mismatch::give("an array or a range")),
        }
    }
}

/// A factor that makes nothing smaller.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor(pub f64);

impl Argument for Factor {
    const TY: Ty = Ty::Float;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        const GIVE: &str = "a number, 1.0 or more";
        let number = match value {
            Value::Int(number) => *number as f64,
            Value::Float(number) => *number,
            _ => return Err(Mismatch::give(GIVE)),
        };
        match number.is_finite() && number >= 1.0 {
            true => Ok(Factor(number)),
            false => Err(Mismatch::because(GIVE, format!("it is {number:?}"))),
        }
    }
}

/// A kind of error, by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindWord(pub Kind);

impl Argument for KindWord {
    const TY: Ty = Ty::Text;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        let give = || format!("kinds of error: {}", Kind::ALL.map(Kind::as_str).join(", "));
        match value {
            Value::Text(text) => match Kind::ALL.into_iter().find(|kind| kind.as_str() == &**text) {
                Some(kind) => Ok(KindWord(kind)),
                None => Err(Mismatch::because(give(), format!("`{text}` is no kind of error"))),
            },
            _ => Err(Mismatch::give(give())),
        }
    }
}
