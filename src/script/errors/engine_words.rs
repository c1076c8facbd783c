//! The engine's words turned into people's: types, operators, and the sentences the engine writes itself.
//!
//! Nothing that the engine calls a thing may reach a reader: every text of its own goes through [`plain`].

use crate::cloud::Noun;

/// What a person calls a value of this type of the engine: `i64` is "a number".
pub fn people_word(type_name: &str) -> &'static str {
    let name = type_name.trim().trim_start_matches('&').trim_start_matches("mut ").trim();
    let name = name.split('|').next().unwrap_or("").trim();
    let last = name.split('<').next().unwrap_or("").rsplit("::").next().unwrap_or("");
    if let Some(noun) = Noun::ALL.iter().find(|noun| noun.type_name() == last) {
        return noun.with_article();
    }
    match last {
        "i8" | "i16" | "i32" | "i64" | "i128" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "isize"
        | "f32" | "f64" | "decimal" | "Decimal" | "INT" | "FLOAT" | "integer" | "float" | "number" => {
            "a number"
        }
        "bool" | "boolean" => "a truth value",
        "str" | "string" | "String" | "ImmutableString" => "text",
        "char" | "character" => "a character",
        "array" | "Array" | "Vec" => "an array",
        "map" | "Map" | "BTreeMap" => "a map",
        "blob" | "Blob" => "a blob",
        "()" | "unit" => "nothing",
        "Fn" | "FnPtr" => "a function",
        "Range" | "RangeInclusive" | "range" => "a range",
        "timestamp" | "Instant" | "Time" => "a time",
        "Span" | "Duration" => "a duration",
        "Secret" => "a secret",
        "Cloud" => "a cloud",
        "Resource" => "a resource",
        "Error" | "EvalAltResult" => "an error",
        _ => "a value",
    }
}

/// Several types, read out: "text and a number", "text, a map and nothing".
pub fn people_words(types: &[&str]) -> String {
    let words: Vec<&str> = types.iter().map(|name| people_word(name)).collect();
    match words.split_last() {
        None => "nothing".into(),
        Some((last, [])) => (*last).into(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// A sentence of the engine's own with its words replaced by people's.
pub fn plain(text: &str) -> String {
    let text = text.replace("&str | ImmutableString | String", "text").replace("object map", "map");
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(std::iter::once('\0')) {
        if c.is_alphanumeric() || matches!(c, '_' | '$') {
            word.push(c);
            continue;
        }
        match word.as_str() {
            "i64" | "f64" | "i32" | "u64" | "u8" | "usize" | "f32" | "INT" | "FLOAT" => {
                out.push_str("number")
            }
            "bool" | "boolean" => out.push_str("truth value"),
            "string" | "ImmutableString" | "String" | "str" => out.push_str("text"),
            "Dynamic" => out.push_str("value"),
            "FnPtr" => out.push_str("function"),
            "Rhai" | "rhai" | "Rust" | "rust" => out.push_str("the language"),
            word if word.starts_with("anon$") => out.push_str("closure"),
            word => out.push_str(word),
        }
        word.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

/// What an operator does not do with these operands: "`+` does not join text and a number".
pub fn operator_sentence(operator: &str, types: &[&str]) -> Option<String> {
    let word = |nth: usize| types.get(nth).map_or("nothing", |name| people_word(name));
    Some(match (operator, types.len()) {
        ("-" | "+", 1) => format!("`{operator}` takes a number, not {}", word(0)),
        ("!", 1) => format!("`!` takes a truth value, not {}", word(0)),
        ("+" | "+=", 2) => format!("`{operator}` does not join {} and {}", word(0), word(1)),
        ("-" | "-=", 2) => format!("`{operator}` does not take {} from {}", word(1), word(0)),
        ("*" | "*=", 2) => format!("`{operator}` does not multiply {} and {}", word(0), word(1)),
        ("/" | "/=" | "%" | "%=", 2) => format!("`{operator}` does not divide {} by {}", word(0), word(1)),
        ("**" | "**=", 2) => format!("`{operator}` does not raise {} to {}", word(0), word(1)),
        ("==" | "!=" | "<" | ">" | "<=" | ">=", 2) => {
            format!("`{operator}` does not compare {} with {}", word(0), word(1))
        }
        (".." | "..=", _) => {
            format!("a range runs between whole numbers, not from {} to {}", word(0), word(1))
        }
        ("&&" | "||", _) => format!("`{operator}` joins truth values, not {} and {}", word(0), word(1)),
        ("&" | "|" | "^" | "<<" | ">>" | "&=" | "|=" | "^=" | "<<=" | ">>=", 2) => {
            format!("`{operator}` does not work on {} and {}", word(0), word(1))
        }
        ("in" | "contains", 2) => format!("{} is not looked for in {}", word(1), word(0)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_words() {
        assert_eq!(people_word("&str | ImmutableString | String"), "text");
        assert_eq!(people_word("i64"), "a number");
        assert_eq!(people_word("core::ops::range::RangeInclusive<i64>"), "a range");
        assert_eq!(people_word("rhain::cloud::server::Server"), "a server");
        assert_eq!(people_word("rhain::script::whatever::Thing"), "a value");
        assert_eq!(people_words(&["string", "map", "()"]), "text, a map and nothing");
    }

    #[test]
    fn sentences_lose_the_engines_words() {
        assert_eq!(plain("want i64, not (string) of anon$1f"), "want number, not (text) of closure");
        let said = operator_sentence("-", &["&str | ImmutableString | String", "i64"]);
        assert_eq!(said.as_deref(), Some("`-` does not take a number from text"));
    }
}
