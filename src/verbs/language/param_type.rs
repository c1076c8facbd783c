//! The types that a runbook's parameter can have: the plain ones and every noun. The only list of them.

use crate::cloud::{Noun, Ty, Value};
use crate::verbs::argument::{Argument, Mismatch};

/// The type of a runbook's parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamType {
    /// Text.
    String,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// `true` or `false`.
    Bool,
    /// Texts, comma separated on the command line.
    List,
    /// A length of time.
    Duration,
    /// A time.
    Time,
    /// A cloud, by name.
    Cloud,
    /// The text of a file, by path.
    File,
    /// A resource, by id or unique name.
    Of(Noun),
}

const PLAIN: [(&str, ParamType); 9] = [
    ("string", ParamType::String),
    ("int", ParamType::Int),
    ("float", ParamType::Float),
    ("bool", ParamType::Bool),
    ("list", ParamType::List),
    ("duration", ParamType::Duration),
    ("time", ParamType::Time),
    ("cloud", ParamType::Cloud),
    ("file", ParamType::File),
];

/// The word of every type.
pub const WORDS: [&str; PLAIN.len() + Noun::ALL.len()] = {
    let mut words = [""; PLAIN.len() + Noun::ALL.len()];
    let mut nth = 0;
    while nth < words.len() {
        words[nth] = match nth < PLAIN.len() {
            true => PLAIN[nth].0,
            false => Noun::ALL[nth - PLAIN.len()].word(),
        };
        nth += 1;
    }
    words
};

impl ParamType {
    /// The type of this word.
    pub fn called(word: &str) -> Option<ParamType> {
        let plain = PLAIN.iter().find(|(name, _)| *name == word).map(|(_, ty)| *ty);
        plain.or_else(|| Noun::ALL.into_iter().find(|noun| noun.word() == word).map(ParamType::Of))
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            ParamType::Of(noun) => noun.word(),
            plain => PLAIN.iter().find(|(_, ty)| *ty == plain).map_or("string", |(word, _)| word),
        }
    }

    /// The type that a default tells.
    pub fn of_default(value: &Value) -> ParamType {
        match value {
            Value::Bool(_) => ParamType::Bool,
            Value::Int(_) => ParamType::Int,
            Value::Float(_) => ParamType::Float,
            Value::Array(_) => ParamType::List,
            Value::Span(_) => ParamType::Duration,
            Value::Time(_) => ParamType::Time,
            Value::Cloud(_) => ParamType::Cloud,
            Value::Resource(resource) => ParamType::Of(resource.noun()),
            _ => ParamType::String,
        }
    }

    /// What `param` gives.
    pub fn gives(self) -> Ty {
        match self {
            ParamType::String | ParamType::File => Ty::Text,
            ParamType::Int => Ty::Int,
            ParamType::Float => Ty::Float,
            ParamType::Bool => Ty::Bool,
            ParamType::List => Ty::ArrayOf(&Ty::Text),
            ParamType::Duration => Ty::Duration,
            ParamType::Time => Ty::Time,
            ParamType::Cloud => Ty::Cloud,
            ParamType::Of(noun) => Ty::Of(noun),
        }
    }

    /// The verb that turns a name into the object, where the type is one of things that have names.
    pub fn looked_up_by(self) -> Option<&'static str> {
        match self {
            ParamType::Cloud | ParamType::Of(_) => Some(self.word()),
            ParamType::File => Some("read_file"),
            _ => None,
        }
    }
}

impl Argument for ParamType {
    const TY: Ty = Ty::OneOf(&WORDS);
    fn read(value: &Value) -> Result<Self, Mismatch> {
        let give = || format!("one of: {}", WORDS.join(", "));
        match value {
            Value::Text(text) => ParamType::called(text)
                .ok_or_else(|| Mismatch::because(give(), format!("`{text}` is no type of a parameter"))),
            _ => Err(Mismatch::give(give())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_means_the_type_that_has_it() {
        for word in WORDS {
            assert_eq!(ParamType::called(word).map(ParamType::word), Some(word));
        }
        assert_eq!(ParamType::called("security_group"), Some(ParamType::Of(Noun::SecurityGroup)));
        assert_eq!(ParamType::called("nothing"), None);
    }
}
