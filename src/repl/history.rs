//! What is remembered from session to session, and what never is: a line that holds a secret.

use crate::script::secret_literals::holds_secret;

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
