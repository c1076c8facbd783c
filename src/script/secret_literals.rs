//! Secrets that stand in a source in plain letters: hidden in all that is said, kept out of histories, warned of.
//!
//! Tokens are enough to find them, so that a text that does not parse keeps its secrets too.

use super::session::Session;
use crate::cloud::Ty;
use crate::syntax::lexer::{self, Shape, Token};
use crate::verbs;
use std::ops::Range;

/// Parts of names that mean a secret.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "admin_pass",
    "secret",
    "token",
    "private_key",
    "api_key",
    "access_key",
    "credential",
];

/// Whether a text gives a secret in plain letters: to a parameter that takes one, or to a name that says so.
pub fn holds_secret(text: &str) -> bool {
    text.contains("PRIVATE KEY-----") || !literals(text).is_empty()
}

/// The texts of a source that are secrets in plain letters, by their bytes: what is given to a parameter or a name that
/// means one, and what has the shape of a key.
pub fn literals(text: &str) -> Vec<Range<usize>> {
    let tokens = lexer::code(text);
    let found = tokens.iter().enumerate().filter(|(at, token)| {
        is_text(token, text) && (is_key(content(token.text(text))) || given(&tokens, text, *at))
    });
    found.map(|(_, token)| token.span()).collect()
}

/// Hide a source's secrets in all that the session says from now on, whatever becomes of the source.
pub fn mask_secret(session: &Session, text: &str) {
    for span in literals(text) {
        let secret = content(text.get(span).unwrap_or(""));
        // A shorter one would blot out words that are none.
        if secret.chars().count() >= SHORTEST {
            session.host.clouds.mask_secret(secret);
        }
    }
}

/// The shortest text that is hidden for the name it is given to.
const SHORTEST: usize = 6;

/// A text without its quotes.
fn content(shown: &str) -> &str {
    shown.trim_matches(['"', '`', '#'])
}

/// Whether a text has the shape of a key that a service gives out, or of what a request is authorized by.
pub fn is_key(text: &str) -> bool {
    let of = |start: &str, length: usize| {
        text.strip_prefix(start)
            .is_some_and(|rest| rest.len() == length && rest.chars().all(|c| c.is_ascii_alphanumeric()))
    };
    let authorizes =
        |word: &str| text.strip_prefix(word).is_some_and(|rest| rest.len() >= 8 && !rest.contains(' '));
    of("AKIA", 16)
        || of("ghp_", 36)
        || (text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----"))
        || authorizes("Bearer ")
        || authorizes("Basic ")
}

fn is_text(token: &Token, text: &str) -> bool {
    let shown = token.text(text);
    matches!(token.shape, Shape::Text | Shape::OpenText) && !matches!(shown, "\"\"" | "``")
}

/// Whether the text at `at` is given to what takes a secret.
fn given(tokens: &[Token], text: &str, at: usize) -> bool {
    let word = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.text(text));
    let says = |name: &str| {
        let name = name.to_lowercase().replace('-', "_");
        NAMES.iter().any(|part| name.contains(part))
    };
    if matches!(word(at.checked_sub(1)), ":" | "=" | "==" | "!=" | "+=") && says(word(at.checked_sub(2))) {
        return true;
    }
    // The call or the map around it, from the inside out.
    let (mut depth, mut commas, mut innermost) = (0usize, 0usize, true);
    for before in (0..at).rev() {
        let Some(token) = tokens.get(before) else { continue };
        if depth == 0 && token.is(text, ";") {
            return false;
        }
        if lexer::closes(token, text) {
            depth += 1;
        } else if lexer::opens(token, text) {
            if depth > 0 {
                depth -= 1;
                continue;
            }
            let name = word(before.checked_sub(1));
            if token.text(text) == "(" {
                let method = word(before.checked_sub(2)) == ".";
                if takes_secret(name, commas + usize::from(method)) || innermost && name == "secret" {
                    return true;
                }
            }
            (commas, innermost) = (0, false);
        } else if depth == 0 && token.is(text, ",") {
            commas += 1;
        }
    }
    false
}

/// Whether a verb's argument in this place is a secret.
fn takes_secret(verb: &str, nth: usize) -> bool {
    let forms = verbs::verb(verb).into_iter().flat_map(|verb| verb.forms);
    forms.into_iter().any(|form| form.params.get(nth).is_some_and(|param| param.ty == Ty::Secret))
}
