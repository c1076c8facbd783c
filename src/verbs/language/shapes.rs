//! What the helpers of the language take and no verb of a cloud does: closures, ranges, kinds of error, and what files,
//! programs and hosts are given.

use crate::cloud::{Kind, Secret, Ty, Value};
use crate::verbs::argument::{Argument, Mismatch, meta_text};

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

/// The arguments of a program: texts, numbers and truth values. A secret would show in the list of processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arguments(pub Vec<String>);

impl Argument for Arguments {
    const TY: Ty = Ty::ArrayOf(&Ty::Text);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        const GIVE: &str = "an array of texts and numbers: [\"-l\", 5]";
        let Value::Array(items) = value else { return Err(Mismatch::give(GIVE)) };
        let text = |item: &Value| match item {
            Value::Secret(_) => Err(Mismatch::because(
                "the secret as `stdin` or `env`",
                "an argument is seen by everyone in the list of processes",
            )),
            other => {
                meta_text(other).ok_or_else(|| Mismatch::because(GIVE, format!("it holds {}", other.kind())))
            }
        };
        items.iter().map(text).collect::<Result<_, _>>().map(Arguments)
    }
}

/// Names and values that may be secret: variables, headers.
#[derive(Clone)]
pub struct Variables(pub Vec<(String, Secret)>);

impl Argument for Variables {
    const TY: Ty = Ty::MapOf(&Ty::Secret);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        const GIVE: &str = "a map of texts and secrets";
        let Value::Map(map) = value else { return Err(Mismatch::give(GIVE)) };
        let pair = |(name, value): (&String, &Value)| {
            let secret = match value {
                Value::Secret(secret) => Some(secret.clone()),
                other => meta_text(other).map(Secret::new),
            };
            let wrong = || Mismatch::because(GIVE, format!("the value of `{name}` is {}", value.kind()));
            Ok((name.clone(), secret.ok_or_else(wrong)?))
        };
        map.iter().map(pair).collect::<Result<_, _>>().map(Variables)
    }
}

/// A file's permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileMode(pub u32);

impl Argument for FileMode {
    const TY: Ty = Ty::Text;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        const GIVE: &str = "permissions in octal, as in chmod: \"0644\"";
        let mode = match value {
            Value::Text(text) => u32::from_str_radix(text.strip_prefix("0o").unwrap_or(text), 8).ok(),
            // 644 is what people mean by 0o644 and is no such thing: in octal it is 1204.
            Value::Int(number) => u32::try_from(*number).ok().filter(|mode| *mode <= 0o777),
            _ => return Err(Mismatch::give(GIVE)),
        };
        let mode = mode.filter(|mode| *mode <= 0o7777);
        mode.map(FileMode).ok_or_else(|| Mismatch::because(GIVE, "it is none"))
    }
}
