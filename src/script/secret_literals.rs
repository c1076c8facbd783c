//! Secrets that stand in a source in plain letters: hidden in all that is said, kept out of histories, warned of.
//!
//! Tokens are enough to find them, so that a text that does not parse keeps its secrets too.

use super::session::Session;
use crate::cloud::Ty;
use crate::syntax;
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
    let given = given(&tokens, text);
    let found = tokens.iter().enumerate().filter(|(at, token)| {
        is_text(token, text) && (is_key(content(token.text(text))) || given.binary_search(at).is_ok())
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

/// A bracket that is open, on the way through a source.
struct Open<'a> {
    /// The word in front of it.
    name: &'a str,
    /// Whether it is a call's parenthesis.
    call: bool,
    /// Whether it is a method's.
    method: bool,
    /// The commas in it so far.
    commas: usize,
    /// Whether a `;` stood in it: what follows is given to nothing outside.
    ended: bool,
    /// Whether what stands in it is given to what takes a secret, by a call further out.
    secret: bool,
}

impl Open<'_> {
    /// Whether what stands here now is given to what takes a secret; `innermost` where no other bracket is around it.
    fn takes(&self, innermost: bool) -> bool {
        let here = || takes_secret(self.name, self.commas + usize::from(self.method));
        !self.ended && (self.secret || self.call && (innermost && self.name == "secret" || here()))
    }
}

/// The texts that are given to what takes a secret, by their places among the tokens: in one way through all of them.
fn given(tokens: &[Token], text: &str) -> Vec<usize> {
    let word = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.text(text));
    let says = |name: &str| {
        let name = name.to_lowercase().replace('-', "_");
        NAMES.iter().any(|part| name.contains(part))
    };
    let mut found = Vec::new();
    let mut open: Vec<Open<'_>> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        syntax::visit();
        if lexer::opens(token, text) {
            let secret = open.last().is_some_and(|around| around.takes(false));
            let call = token.text(text) == "(";
            let (name, method) = (word(at.checked_sub(1)), word(at.checked_sub(2)) == ".");
            open.push(Open { name, call, method, commas: 0, ended: false, secret });
        } else if lexer::closes(token, text) {
            open.pop();
        } else if is_text(token, text) {
            let named = matches!(word(at.checked_sub(1)), ":" | "=" | "==" | "!=" | "+=")
                && says(word(at.checked_sub(2)));
            if named || open.last().is_some_and(|around| around.takes(true)) {
                found.push(at);
            }
        } else if let Some(around) = open.last_mut() {
            around.commas += usize::from(token.is(text, ","));
            around.ended |= token.is(text, ";");
        }
    }
    found
}

/// Whether a verb's argument in this place is a secret.
fn takes_secret(verb: &str, nth: usize) -> bool {
    let forms = verbs::verb(verb).into_iter().flat_map(|verb| verb.forms);
    forms.into_iter().any(|form| form.params.get(nth).is_some_and(|param| param.ty == Ty::Secret))
}
