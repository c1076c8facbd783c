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
        Ty::Record(of) => {
            let names: Vec<&str> = of.fields.iter().map(|field| field.name).collect();
            format!("map with {}", names.join(", "))
        }
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
        Ty::Record(_) => ty(one).replacen("map", "maps", 1),
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

/// An example in lines that fit: broken before a method, else before an argument.
pub(super) fn broken(code: &str) -> Vec<String> {
    use unicode_width::UnicodeWidthStr as _;
    let room = WIDTH - 6;
    let mut lines = Vec::new();
    let mut rest = code;
    while rest.width() > room {
        let Some(at) = place(rest, room) else { break };
        lines.push(rest[..at].trim_end().to_string());
        rest = rest[at..].trim_start();
    }
    lines.push(rest.to_string());
    lines
}

/// The last byte before `room` where a line of code may end: before a `.` outside all brackets, else after a `,` that
/// as few brackets as possible are around.
fn place(code: &str, room: usize) -> Option<usize> {
    let (mut depth, mut quoted) = (0_usize, false);
    let mut best: Option<(usize, usize)> = None;
    for (at, letter) in code.char_indices().take_while(|(at, _)| *at <= room) {
        match letter {
            '"' | '`' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let candidate = match letter {
            '.' if !quoted && depth == 0 && code[..at].ends_with(')') => Some((0, at)),
            ',' if !quoted => Some((depth, at + 1)),
            _ => None,
        };
        if let Some((depth, at)) = candidate
            && at > 6
            && best.is_none_or(|(least, _)| depth <= least)
        {
            best = Some((depth, at));
        }
    }
    best.map(|(_, at)| at)
}
