//! What is remembered from session to session, and what never is: a line that holds a secret.

use crate::cloud::Ty;
use crate::syntax::lexer::{self, Shape, Token};
use crate::verbs;

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
    if text.contains("PRIVATE KEY-----") {
        return true;
    }
    let tokens = lexer::code(text);
    (0..tokens.len())
        .any(|at| tokens.get(at).is_some_and(|token| is_text(token, text)) && given(&tokens, text, at))
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

/// Whether a line is kept: not one with a secret, and not one that begins with a space.
pub(super) fn is_kept(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with([' ', '\t']) && !holds_secret(line)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_plain_letters_is_seen() {
        for text in [
            "boot(\"web\", #{ image: \"cirros\", admin_pass: \"hunter2\" })",
            "rescue(s, #{admin_pass:`hunter2`})",
            "set_password(\"web\", \"hunter2\")",
            "s.set_password(\"hunter2\")",
            "servers().set_password(\"hunter2\")",
            "let db_password = \"hunter2\";",
            "password = \"hunter2",
            "secret(\"hunter2\")",
            "let x = secret(`hunter2`)",
            "http(\"GET\", url, #{ headers: #{ \"X-Auth-Token\": \"abc\" } })",
            "if token == \"abc\" { 1 }",
            "let key = \"-----BEGIN RSA PRIVATE KEY-----\"",
        ] {
            assert!(holds_secret(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_is_kept() {
        for text in [
            "boot(\"web\", #{ image: \"cirros\", admin_pass: pw })",
            "set_password(\"web\", pw)",
            "server(\"password\")",
            "print(\"a secret\")",
            "let password = ask_secret(\"Password\")",
            "#{ name: \"token\" }",
        ] {
            assert!(!holds_secret(text), "{text}");
        }
        assert!(is_kept("servers()"));
        assert!(!is_kept(" servers()"));
        assert!(!is_kept("secret(\"a\")"));
    }
}
