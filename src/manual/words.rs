//! Types in the reader's words, and text broken into lines.

use crate::cloud::{Noun, Ty};

/// How many columns a page has.
pub(super) const WIDTH: usize = 80;

/// A type's words.
pub fn ty(ty: &Ty) -> String {
    match ty {
        Ty::Unit => "nothing".to_string(),
        Ty::Any => "anything".to_string(),
        Ty::Bool => "true or false".to_string(),
        Ty::Int => "whole number".to_string(),
        Ty::Float => "number".to_string(),
        Ty::Text => "text".to_string(),
        Ty::Secret => "text or secret".to_string(),
        Ty::Data => "text or blob".to_string(),
        Ty::Duration => "duration".to_string(),
        Ty::Time => "time".to_string(),
        Ty::OneOf(words) => words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or "),
        Ty::ArrayOf(one) => format!("array of {}", plural(one)),
        Ty::OneOrMany(one) => format!("{}, or an array of it", self::ty(one)),
        Ty::Either(a, b) => format!("{}, or {}", self::ty(a), self::ty(b)),
        Ty::MapOf(one) => format!("map of {}", plural(one)),
        Ty::Options => "options".to_string(),
        Ty::Ref(noun) => format!("{}, id or unique name", noun.type_name()),
        Ty::AnyRef(nouns) => nouns.iter().copied().map(Noun::type_name).collect::<Vec<_>>().join(" or "),
        Ty::Of(noun) => noun.type_name().to_string(),
        Ty::Same => "the same resource".to_string(),
        Ty::Cloud => "Cloud".to_string(),
    }
}

/// Many of a type.
fn plural(one: &Ty) -> String {
    match one {
        Ty::Int => "whole numbers".to_string(),
        Ty::Float => "numbers".to_string(),
        other => ty(other),
    }
}

/// Text in lines of at most `width` columns, each begun with `indent` spaces but the first.
pub(super) fn wrap(text: &str, indent: usize, width: usize) -> String {
    let mut lines = String::new();
    let mut column = indent;
    for word in text.split_whitespace() {
        let long = unicode_width::UnicodeWidthStr::width(word);
        if column > indent && column + 1 + long > width {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > indent {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += long;
    }
    lines
}
