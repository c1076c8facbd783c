//! A program that prints keys: `credential_process`, by the AWS CLI's contract (version 1 of its JSON).

use super::{KeyRing, keys_of};
use crate::cloud::{Kind, Result};
use crate::wire::Credentials;
use crate::wire::auth::source::Process;
use serde_json::Value;
use std::process::Stdio;

const HELP: &str = "run it by hand; it prints JSON with Version 1, AccessKeyId, SecretAccessKey, and SessionToken and \
                    Expiration where they are temporary";

/// Run it, without input, and read what it prints.
pub(super) async fn run(ring: &KeyRing, process: &Process) -> Result<Credentials> {
    let words = shlex::split(&process.command).unwrap_or_default();
    let Some((program, arguments)) = words.split_first() else {
        let message = format!("`{}` has no keys: `credential_process` is no command", ring.cloud);
        return Err(ring.none(
            Kind::InvalidArgument,
            message,
            "write a program and its arguments; close every quote",
        ));
    };
    let wrong = |what: String| {
        let message = format!("`{}` has no keys: the `credential_process` `{program}` {what}", ring.cloud);
        ring.none(Kind::Unauthorized, message, HELP)
    };
    let child = tokio::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .output();
    let limit = ring.wire.settings().timeout;
    let output = match tokio::time::timeout(limit, child).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => return Err(wrong(format!("cannot be run: {error}"))),
        Err(_) => return Err(wrong(format!("does not end within {}", crate::wire::send::seconds(limit)))),
    };
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr).trim().chars().take(1000).collect::<String>();
        let end = match output.status.code() {
            Some(code) => format!("ends with code {code}"),
            None => "is killed".to_string(),
        };
        let mut error = wrong(end);
        error.answer = Some(ring.wire.known().hide(&told)).filter(|told| !told.is_empty());
        return Err(error);
    }
    // What it printed may be a secret in any form, and is not quoted.
    let Ok(json) = serde_json::from_slice::<Value>(&output.stdout) else {
        return Err(wrong("prints no JSON".to_string()));
    };
    if json["Version"] != 1 {
        return Err(wrong("prints JSON of another version than 1".to_string()));
    }
    keys_of(&json).map_err(|what| wrong(format!("prints JSON that does not do: {what}")))
}
