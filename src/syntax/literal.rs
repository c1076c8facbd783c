//! What a literal means: numbers of every radix, texts without their quotes and escapes.

use super::tree::ExpressionKind;

/// A number's value.
pub(super) fn number(text: &str) -> ExpressionKind {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let radix = match plain.get(..2) {
        Some("0x" | "0X") => 16,
        Some("0o" | "0O") => 8,
        Some("0b" | "0B") => 2,
        _ if plain.contains(['.', 'e', 'E']) => return ExpressionKind::Float,
        _ => return ExpressionKind::Int(plain.parse().ok()),
    };
    ExpressionKind::Int(i64::from_str_radix(plain.get(2..).unwrap_or(""), radix).ok())
}

/// A text without its quotes and escapes.
pub(super) fn unquoted(text: &str) -> String {
    if let Some(raw) = text.strip_prefix('#') {
        let inner = raw.trim_start_matches('#').trim_end_matches('#');
        return inner
            .strip_prefix('"')
            .map(|inner| inner.strip_suffix('"').unwrap_or(inner))
            .unwrap_or("")
            .to_string();
    }
    if let Some(inner) = text.strip_prefix('`') {
        return inner.strip_suffix('`').unwrap_or(inner).replace("``", "`");
    }
    let inner = text.strip_prefix('"').unwrap_or(text);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut plain = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('t') => plain.push('\t'),
                Some('r') => plain.push('\r'),
                Some(other @ ('\\' | '"' | '\'')) => plain.push(other),
                Some(letter @ ('x' | 'u' | 'U')) => {
                    let length = match letter {
                        'x' => 2,
                        'u' => 4,
                        _ => 8,
                    };
                    let mut digits = String::new();
                    while digits.len() < length
                        && let Some(digit) = chars.next_if(char::is_ascii_hexdigit)
                    {
                        digits.push(digit);
                    }
                    plain.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
                }
                _ => {}
            },
            '"' => {
                chars.next_if_eq(&'"');
                plain.push('"');
            }
            other => plain.push(other),
        }
    }
    plain
}
