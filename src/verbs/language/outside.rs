//! What a script changes outside any cloud: files, programs, hosts. Each needs its permission; the bodies are in the
//! script's room, where every redirect can be held to it too.

use super::declared::verb;
use super::shapes::{Arguments, FileMode, Variables};
use crate::cloud::{Kind, Span, Ty, Value};
use crate::verbs::argument::{Data, Name};
use crate::verbs::call::Call;
use crate::verbs::verb::{Effect, Example, Form, Key, Role, Run, Verb};

/// The file.
pub const PATH: Key<Name> = Key::required("path", "From the working directory.").names(Role::WritesFile);
/// What is written.
pub const TEXT: Key<Data> = Key::required("text", "Text, a secret or a blob.");
/// The file's permissions.
pub const MODE: Key<FileMode> = Key::optional(
    "mode",
    "Its permissions, \"0644\"; 0600 where a secret is written, else what the system gives.",
);
/// Whether it goes to the end.
pub const APPEND: Key<bool> =
    Key::optional("append", "Whether it is added at the end; else the file is replaced.");

/// `write_file`
pub static WRITE_FILE: Verb = Verb {
    effect: Effect::WritesFile,
    errors: &[Kind::Denied, Kind::Failed],
    ..verb(
        "write_file",
        "Write a file; needs --allow-write.",
        &[Form::with(&[PATH.param(), TEXT.param()], &[MODE.param(), APPEND.param()])],
        Ty::Unit,
        &[],
        &["read_file", "to_json", "to_csv"],
        Run::Language,
    )
};

/// The program.
pub const PROGRAM: Key<Name> =
    Key::required("program", "Its name or path; no shell reads it.").names(Role::Program);
/// Its arguments.
pub const ARGS: Key<Arguments> = Key::optional("args", "Its arguments: texts and numbers.");
/// What it reads.
pub const STDIN: Key<Data> =
    Key::optional("stdin", "What it reads on standard input: text, a secret or a blob.").hashed();
/// Its variables.
pub const ENV: Key<Variables> =
    Key::optional("env", "Variables beside those of this process; secrets too.").hashed();
/// Where it runs.
pub const DIR: Key<Name> =
    Key::optional("dir", "The folder it runs in; the working directory where not given.").names(Role::Folder);
/// How long it may take.
pub const TIMEOUT: Key<Span> = Key::optional("timeout", "How long at the most; 10m.");
/// Whether its failure is one of the script.
pub const CHECK: Key<bool> =
    Key::optional("check", "Whether an exit code other than 0 is error `failed`; true.");
/// Whether it changes nothing.
pub const READS: Key<bool> = Key::optional(
    super::super::call::READS,
    "Whether it changes nothing: then it is also run in dry runs and read-only sessions.",
);

/// Whether it may be done twice.
pub const AGAIN: Key<bool> = Key::optional(
    super::super::call::AGAIN,
    "Whether a run that is resumed may do it twice, without asking.",
);

/// `exec`
pub static EXEC: Verb = Verb {
    effect: Effect::RunsProgram,
    errors: &[Kind::Denied, Kind::Failed, Kind::Timeout],
    ..verb(
        "exec",
        "Run a program to its end: #{code, stdout, stderr}; needs --allow-exec.",
        &[Form::with(
            &[PROGRAM.param(), ARGS.param()],
            &[
                STDIN.param(),
                ENV.param(),
                DIR.param(),
                TIMEOUT.param(),
                CHECK.param(),
                READS.param(),
                AGAIN.param(),
            ],
        )],
        Ty::MapOf(&Ty::Any),
        &[Example { code: r#"exec("echo", ["hello", 1]).stdout"#, gives: "hello 1\n" }],
        &["read_file", "http"],
        Run::Language,
    )
};

/// The method.
pub const METHOD: Key<Name> = Key::required("method", "GET, HEAD, POST, PUT, PATCH or DELETE.");
/// The address.
pub const URL: Key<Name> = Key::required("url", "http:// or https://.").names(Role::Host);
/// Headers.
pub const HEADERS: Key<Variables> = Key::optional("headers", "Names and values; secrets too.").hashed();
/// Bytes that are sent.
pub const BODY: Key<Data> = Key::optional("body", "What is sent: text, a secret or a blob.").hashed();
/// A value that is sent.
pub const JSON: Key<Value> = Key::optional("json", "What is sent as JSON, secrets as they are.").hashed();
/// How long an answer may take.
pub const ANSWER_TIMEOUT: Key<Span> = Key::optional("timeout", "How long the answer may take; 60s.");
/// Whether any certificate will do.
pub const INSECURE: Key<bool> = Key::optional("insecure", "Whether any certificate will do.");

/// `http`
pub static HTTP: Verb = Verb {
    effect: Effect::By(http_effect),
    errors: &[Kind::Denied, Kind::Network],
    ..verb(
        "http",
        "Ask a web server: #{status, headers, body} for every status; needs --allow-net, for each redirect too.",
        &[Form::with(
            &[METHOD.param(), URL.param()],
            &[
                HEADERS.param(),
                BODY.param(),
                JSON.param(),
                ANSWER_TIMEOUT.param(),
                INSECURE.param(),
                READS.param(),
                AGAIN.param(),
            ],
        )],
        Ty::MapOf(&Ty::Any),
        &[],
        &["http_get", "api", "parse_json"],
        Run::Language,
    )
};

/// A method that only reads is sent in a dry run too.
fn http_effect(call: &Call) -> Effect {
    match call.get(&METHOD) {
        Ok(Name(method)) if ["get", "head"].contains(&method.to_ascii_lowercase().as_str()) => {
            Effect::AsksHost
        }
        _ => Effect::TellsHost,
    }
}

/// `http_get`
pub static HTTP_GET: Verb = Verb {
    effect: Effect::AsksHost,
    errors: &[Kind::Denied, Kind::Network],
    ..verb(
        "http_get",
        "Ask a web server for a page: #{status, headers, body}; needs --allow-net, for each redirect too.",
        &[Form::of(&[URL.param()])],
        Ty::MapOf(&Ty::Any),
        &[],
        &["http", "parse_json"],
        Run::Language,
    )
};
