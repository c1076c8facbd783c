//! A refused signature: one answer to many things, so that what was signed is shown, and what usually is wrong.

use super::call::Call;
use super::session::{Auth, Session};
use crate::cloud::Error;
use crate::provider::words::plain;
use crate::wire::{auth, mask};

/// The most minutes ahead that a server which enforces timestamps takes.
const LONGEST: u64 = 15;

/// A refused signature: what was signed, and what usually is wrong.
pub(super) fn unauthorized(session: &Session, call: &Call, error: Error) -> Error {
    let Auth::Keys(keys) = &session.settings().auth else { return error };
    let mut error = error;
    let first = !session.was_taken();
    if first {
        error.message = format!("{} refuses the API key `{}`", session.name(), short(&keys.access_key));
    }
    let minutes = session.settings().lifetime.as_secs() / 60;
    error.help = Some(format!(
        "check that key and secret in {} belong together and that the account is neither locked nor disabled; a clock that is wrong by more than {minutes} minutes and a command that this server does not have are refused alike",
        session.found()
    ));
    if minutes > LONGEST {
        error = error.fact(
            "expires",
            format!("in {minutes} minutes (`expiration`): a server that enforces timestamps takes {LONGEST} at the most"),
        );
    }
    let pairs = call.pairs().into_iter().map(|(name, value)| match mask::is_secret_name(&name) {
        true => (name, mask::MASK.to_string()),
        false => (name, value),
    });
    let mut pairs: Vec<(String, String)> = pairs.collect();
    pairs.push(("apiKey".to_string(), mask::MASK.to_string()));
    pairs.push(("signatureVersion".to_string(), "3".to_string()));
    let signed = pairs.iter().map(|(name, value)| match value.as_str() {
        mask::MASK => format!("{name}={value}"),
        _ => auth::cloudstack::text_to_sign(std::slice::from_ref(&(name.clone(), value.clone()))),
    });
    let signed = plain(&signed.collect::<Vec<_>>().join("&"));
    error.facts.push(("signed", format!("{signed}, with a time {minutes} minutes ahead, by HMAC-SHA1")));
    match first {
        true => error.coded("config::credentials"),
        false => error,
    }
}

/// Enough of a key to tell it from others.
fn short(key: &str) -> String {
    match key.char_indices().nth(10) {
        Some((at, _)) => format!("{}…", &key[..at]),
        None => key.to_string(),
    }
}
