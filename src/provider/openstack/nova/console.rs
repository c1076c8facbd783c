//! What a server's console says, and where a person sees it.

use super::super::call::{With, get, json};
use super::super::decode::text;
use super::super::session::{Call, Range, Service};
use super::{action, server, version};
use crate::wire::{Intent, Method};
use serde_json::{Value as Json, json as value};

/// The kinds of console, the usual one first.
pub const KINDS: [(&str, &str, &str); 2] =
    [("vnc", "novnc", "os-getVNCConsole"), ("spice", "spice-html5", "os-getSPICEConsole")];

/// Ask for the last lines, or for all.
pub fn log(id: &str, lines: Option<i64>, range: &Range) -> Call {
    let options = match lines {
        Some(lines) => value!({ "length": lines }),
        None => value!({}),
    };
    action::post("server.console_log", id, value!({ "os-getConsoleOutput": options }))
        .version(version::usual(range))
        .intent(Intent::Read)
}

/// What the console said.
pub fn decode_log(body: &Json) -> String {
    body.get("output").and_then(Json::as_str).unwrap_or_default().to_string()
}

/// Ask for the address of a console of one of [`KINDS`].
pub fn url(id: &str, kind: (&str, &str, &str), range: &Range) -> Call {
    let (protocol, word, old) = kind;
    let usual = version::usual(range);
    if usual.is_some_and(|usual| usual >= version::REMOTE_CONSOLES) {
        let body = value!({"remote_console": {"protocol": protocol, "type": word}});
        let path = format!("{}/remote-consoles", server::path(id));
        return json("server.console_url", Service::Compute, Method::Post, path, body)
            .version(usual)
            .intent(Intent::Read);
    }
    action::post("server.console_url", id, value!({old: {"type": word}})).version(usual).intent(Intent::Read)
}

/// Ask for the password that the machine made and left with the cloud, encrypted for its key pair.
pub fn password_data(id: &str) -> Call {
    get("server.password_show", Service::Compute, format!("{}/os-server-password", server::path(id)))
}

/// The address.
pub fn decode_url(body: &Json) -> Option<String> {
    body.get("remote_console").or_else(|| body.get("console")).and_then(|console| text(console, "url"))
}
