//! The commands of a session, each a row of one table: `:help`, completion and the manual are made from it.

use super::conversation::Conversation;
use super::words::{took, type_of};
use super::{Next, notebook};
use crate::check;
use crate::cloud::error::{Error, Kind};
use crate::cloud::nearest::did_you_mean;
use crate::cloud::{Ty, Value};
use crate::diag::codes;
use crate::manual::{self, Look};
use crate::output::table;
use crate::script::failure::{Cause, Failure};
use crate::script::secret_literals::holds_secret;
use crate::script::session::Session;
use crate::syntax::lexer::{self, Shape};
use crate::verbs;
use std::io::Write as _;
use std::sync::atomic::Ordering;

/// What a command takes, for completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// A page of the manual.
    Topic,
    /// A text of the language.
    Expression,
    /// A cloud's name.
    Cloud,
    /// `on` or `off`.
    Switch,
    /// A file.
    File,
    /// `all`.
    All,
}

/// A command.
pub struct Command {
    /// Its name, without the colon.
    pub name: &'static str,
    /// What it takes, as help writes it.
    pub arguments: &'static str,
    /// What it takes, as completion uses it.
    pub takes: Takes,
    /// What it does, in a line.
    pub summary: &'static str,
    run: fn(&mut Conversation, &str) -> Next,
}

const fn command(
    name: &'static str,
    arguments: &'static str,
    takes: Takes,
    summary: &'static str,
    run: fn(&mut Conversation, &str) -> Next,
) -> Command {
    Command { name, arguments, takes, summary, run }
}

/// Every command, in the order of help.
pub const COMMANDS: &[Command] = &[
    command("help", "[VERB]", Takes::Topic, "these commands; a verb's page", help),
    command("doc", "[WORD]", Takes::Topic, "the manual: its index, a verb, a noun, a word", doc),
    command("explain", "CODE", Takes::Topic, "what a kind of mistake means", doc),
    command("type", "EXPR", Takes::Expression, "what an expression gives; nothing is changed for it", type_),
    command("vars", "", Takes::Nothing, "variables, functions and modules of this session", vars),
    command("clouds", "", Takes::Nothing, "the clouds found, and where", clouds),
    command("use", "CLOUD", Takes::Cloud, "work on another cloud", use_),
    command("read-only", "on|off", Takes::Switch, "refuse every verb that changes a cloud", read_only),
    command("trace", "on|off", Takes::Switch, "say each request", trace),
    command("time", "EXPR", Takes::Expression, "evaluate, and say how long it took", time),
    command("more", "[all]", Takes::All, "the next rows of a long result", more),
    command("load", "FILE", Takes::File, "evaluate a script in this session", load),
    command("save", "FILE", Takes::File, "write the lines that went well as a script", save),
    command("clear", "", Takes::Nothing, "forget variables, functions and lines", clear),
    command("quit", "", Takes::Nothing, "leave, as Ctrl-D does", |_, _| Next::Leave(0)),
];

/// Shorter names.
const SHORT: &[(&str, &str)] =
    &[("h", "help"), ("?", "help"), ("q", "quit"), ("exit", "quit"), ("t", "type")];

/// The command of this name.
pub fn find(name: &str) -> Option<&'static Command> {
    let long = SHORT.iter().find(|(short, _)| *short == name).map_or(name, |(_, long)| long);
    COMMANDS.iter().find(|command| command.name == long)
}

/// Run a command, as it stands behind its colon.
pub(super) fn run(conversation: &mut Conversation, line: &str) -> Next {
    let line = line.trim();
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let Some(command) = find(name) else {
        let error = mistake(format!("there is no command `:{name}`"));
        let near = did_you_mean(name, COMMANDS.iter().map(|command| command.name));
        return refused(
            conversation,
            &error.help(near.map_or_else(
                || "type `:help` to see every command".to_string(),
                |near| format!("{near} `:help` shows every command"),
            )),
        );
    };
    if rest.is_empty() && command.arguments.starts_with(char::is_uppercase) {
        let error = mistake(format!("`:{}` needs {}", command.name, article(command.takes)));
        return refused(
            conversation,
            &error.help(format!("write `:{} {}`", command.name, command.arguments)),
        );
    }
    if !rest.is_empty() && command.takes == Takes::Nothing {
        let error = mistake(format!("`:{}` takes nothing behind it", command.name));
        return refused(conversation, &error.help(format!("write `:{}`", command.name)));
    }
    (command.run)(conversation, rest)
}

fn article(takes: Takes) -> &'static str {
    match takes {
        Takes::Expression => "an expression",
        Takes::Cloud => "the name of a cloud",
        Takes::File => "a file",
        Takes::Topic => "a word",
        Takes::Switch => "`on` or `off`",
        Takes::All | Takes::Nothing => "nothing",
    }
}

fn mistake(message: impl Into<String>) -> Error {
    Error::new(Kind::InvalidArgument, message).coded("cli::command")
}

fn refused(conversation: &Conversation, error: &Error) -> Next {
    conversation.around.refuse(error);
    Next::Failed(1)
}

fn talk(conversation: &Conversation, text: &str) -> Next {
    conversation.session.console.talk(text);
    Next::Go
}

fn data(conversation: &Conversation, text: &str) -> Next {
    conversation.session.console.data(text.trim_end());
    Next::Go
}

fn help(conversation: &mut Conversation, topic: &str) -> Next {
    if !topic.is_empty() {
        return doc(conversation, topic);
    }
    let wide = COMMANDS.iter().map(|command| command.name.len() + command.arguments.len()).max().unwrap_or(0);
    let mut text = String::new();
    for command in COMMANDS {
        let shown = format!("{} {}", command.name, command.arguments);
        text.push_str(&format!("  :{shown:wide$}   {}\n", command.summary, wide = wide + 1));
    }
    text.push_str(
        "\n  Anything else is evaluated: servers(), let w = server(\"web-1\"), w.stop()\n  \
         _ is the last result; Tab completes; Ctrl-C stops what runs; Ctrl-D leaves.",
    );
    data(conversation, &text)
}

fn doc(conversation: &mut Conversation, topic: &str) -> Next {
    if topic.is_empty() {
        return data(conversation, &manual::index());
    }
    // `:help :load` and `:help resize()` mean what they look like.
    if let Some(command) = topic.strip_prefix(':').and_then(find) {
        return data(
            conversation,
            &format!(":{} {}\n  {}", command.name, command.arguments, command.summary),
        );
    }
    let topic = topic.trim_end_matches("()").trim();
    if let Some(page) = codes::page(topic) {
        return data(conversation, manual::rendered(page, Look::Plain).trim_end());
    }
    match manual::page(topic, &conversation.session.host.clouds.providers()) {
        Some(page) => data(conversation, &page),
        None => {
            let near = did_you_mean(topic, manual::topics());
            let error = Error::new(Kind::InvalidArgument, format!("the manual has no page for `{topic}`"));
            let help = near.unwrap_or_else(|| "type `:doc` to see every page".to_string());
            refused(conversation, &error.coded("cli::topic").help(help))
        }
    }
}

/// Whether verbs that change a cloud are refused.
pub(super) fn is_read_only(session: &Session) -> bool {
    session.policy.read_only || session.read_only.load(Ordering::Relaxed)
}

/// Evaluated with every change refused, on a copy of the variables; a call that would change something, or cannot be
/// made, is told by its verb's declaration.
fn type_(conversation: &mut Conversation, text: &str) -> Next {
    let before = conversation.session.read_only.swap(true, Ordering::Relaxed);
    conversation.around.begin();
    let result = conversation.interactive.look(":type", text);
    conversation.session.host.progress.done();
    conversation.around.end();
    conversation.session.read_only.store(before, Ordering::Relaxed);
    match result {
        Ok(value) => data(conversation, &type_of(&value)),
        Err(Failure { cause: Cause::Error(error), .. })
            if error.kind == Kind::Denied && declared(text).is_some() =>
        {
            data(conversation, &declared(text).unwrap_or_default())
        }
        Err(Failure { cause: Cause::Exit(_), .. }) => data(conversation, "nothing: it ends the session"),
        Err(failure) => Next::Failed(conversation.around.report(&failure, &[])),
    }
}

/// What the last call of an expression gives, by its verb's declaration.
fn declared(text: &str) -> Option<String> {
    let tokens = lexer::code(text);
    let mut depth = 0usize;
    let mut last = None;
    for (at, token) in tokens.iter().enumerate() {
        let called = tokens.get(at + 1).is_some_and(|next| next.is(text, "("));
        if depth == 0 && token.shape == Shape::Word && called {
            last = verbs::verb(token.text(text));
        }
        if lexer::opens(token, text) {
            depth += 1;
        } else if lexer::closes(token, text) {
            depth = depth.saturating_sub(1);
        }
    }
    let verb = last?;
    let given = match (verb.returns, verb.forms.first().and_then(|form| form.params.first())) {
        (Ty::Same, Some(first)) => first.ty,
        (returns, _) => returns,
    };
    Some(match given {
        Ty::Ref(noun) | Ty::Of(noun) => noun.type_name().to_string(),
        other => manual::words_of(&other),
    })
}

fn vars(conversation: &mut Conversation, _: &str) -> Next {
    let interactive = &conversation.interactive;
    let rows: Vec<Vec<Value>> = interactive
        .variables()
        .iter()
        .map(|variable| {
            let kind = type_of(&variable.value);
            let kind = if variable.constant { format!("{kind}, constant") } else { kind };
            vec![Value::text(&variable.name), Value::text(kind), Value::text(short(&variable.value))]
        })
        .collect();
    let mut text = String::new();
    if !rows.is_empty() {
        let columns = ["name", "what", "value"].map(str::to_string);
        text = match conversation.session.console.json() {
            true => table::json(&columns, &rows),
            false => table::draw(&columns, &rows, conversation.session.console.width()),
        };
    }
    if !conversation.session.console.json() {
        for (name, params) in interactive.functions() {
            text.push_str(&format!("\n fn {name}({})", params.join(", ")));
        }
        for (name, path) in interactive.modules() {
            text.push_str(&format!("\n import \"{path}\" as {name}"));
        }
    }
    match text.trim_matches('\n') {
        "" => talk(conversation, "nothing is declared yet"),
        text => data(conversation, text),
    }
}

/// A value in a few words.
fn short(value: &Value) -> String {
    const MOST: usize = 48;
    let text = match value {
        Value::Array(items) => items.iter().take(MOST).map(table::cell).collect::<Vec<_>>().join(", "),
        other => table::cell(other),
    };
    if text.chars().count() <= MOST {
        return text;
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}

fn clouds(conversation: &mut Conversation, _: &str) -> Next {
    let text = conversation.around.clouds();
    data(conversation, &text)
}

fn use_(conversation: &mut Conversation, name: &str) -> Next {
    let name = name.trim_matches('"');
    match conversation.around.turn(name) {
        Ok(()) => {
            conversation.notebook.remark(&format!("from here on cloud `{name}`: run it with --cloud {name}"));
            talk(conversation, &conversation.around.greeting())
        }
        Err(error) => refused(conversation, &error),
    }
}

/// `on`, `off`, or `None` for what is neither.
fn switch(word: &str) -> Option<bool> {
    match word {
        "on" | "true" | "yes" => Some(true),
        "off" | "false" | "no" => Some(false),
        _ => None,
    }
}

fn neither(conversation: &Conversation, name: &str, word: &str) -> Next {
    let error = mistake(match word {
        "" => format!("`:{name}` needs `on` or `off`"),
        word => format!("`:{name}` takes `on` or `off`, not `{word}`"),
    });
    refused(conversation, &error.help(format!("write `:{name} on` or `:{name} off`")))
}

fn read_only(conversation: &mut Conversation, word: &str) -> Next {
    let Some(on) = switch(word) else { return neither(conversation, "read-only", word) };
    if !on && conversation.session.policy.read_only {
        let error = Error::new(Kind::Denied, "this session was started with --read-only, and stays so");
        return refused(
            conversation,
            &error.coded("gate::denied").help("leave, and start without --read-only"),
        );
    }
    conversation.session.read_only.store(on, Ordering::Relaxed);
    talk(
        conversation,
        if on {
            "verbs that change a cloud are refused from now on"
        } else {
            "verbs may change the cloud again"
        },
    )
}

fn trace(conversation: &mut Conversation, word: &str) -> Next {
    let Some(on) = switch(word) else { return neither(conversation, "trace", word) };
    conversation.around.say_requests(on);
    talk(conversation, if on { "each request is said from now on" } else { "requests are said no more" })
}

fn time(conversation: &mut Conversation, text: &str) -> Next {
    let (start, requests) = (conversation.around.elapsed(), conversation.around.requests());
    let next = conversation.evaluate(text, None);
    let time = took(conversation.around.elapsed().saturating_sub(start));
    let requests = conversation.around.requests().saturating_sub(requests);
    let sent = match requests {
        0 => "no request".to_string(),
        1 => "1 request".to_string(),
        count => format!("{count} requests"),
    };
    talk(conversation, &format!("took {time}, {sent}"));
    next
}

fn more(conversation: &mut Conversation, word: &str) -> Next {
    if !matches!(word, "" | "all") {
        return refused(
            conversation,
            &mistake(format!("`:more` takes `all`, not `{word}`")).help("write `:more`"),
        );
    }
    match conversation.more(word == "all") {
        true => Next::Go,
        false => talk(conversation, "nothing is left to show"),
    }
}

fn load(conversation: &mut Conversation, file: &str) -> Next {
    let name = file.trim_matches('"');
    let unreadable = |why: String| {
        Error::new(Kind::Script, format!("`{name}` cannot be read: {why}"))
            .coded("cli::file")
            .help("give the path of a script")
    };
    let text = std::fs::read(conversation.around.path(name)).map_err(|error| unreadable(why(&error)));
    let text =
        text.and_then(|bytes| String::from_utf8(bytes).map_err(|_| unreadable("it is no UTF-8 text".into())));
    match text {
        Ok(text) => {
            // A first line that names an interpreter is a comment here too.
            let text = if text.starts_with("#!") { text.replacen("#!", "// ", 1) } else { text };
            conversation.evaluate(&text, Some(name))
        }
        Err(error) => refused(conversation, &error),
    }
}

fn why(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".to_string(),
        std::io::ErrorKind::PermissionDenied => "permission is denied".to_string(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_string(),
        _ => error.to_string(),
    }
}

fn save(conversation: &mut Conversation, file: &str) -> Next {
    let name = file.trim_matches('"');
    let path = conversation.around.path(name);
    let count = conversation.notebook.len();
    if count == 0 {
        return talk(conversation, "there is nothing to save yet");
    }
    let text = conversation.notebook.script();
    let there = std::fs::metadata(&path).is_ok_and(|file| file.len() > 0);
    if there && !conversation.saved.contains(&path) {
        let error = Error::new(Kind::Conflict, format!("`{name}` is there already, and not of this session"));
        return refused(
            conversation,
            &error.coded("cli::file").help("give another name, or remove it first"),
        );
    }
    let secret = holds_secret(&text);
    if let Err(error) = write(&path, &text, secret) {
        let error = Error::new(Kind::Script, format!("`{name}` cannot be written: {}", why(&error)));
        return refused(
            conversation,
            &error.coded("cli::file").help("give a file in a folder that you may write to"),
        );
    }
    conversation.saved.insert(path);
    let lines = if count == 1 { "1 line".to_string() } else { format!("{count} lines") };
    talk(conversation, &format!("{lines} saved to {name}"));
    if secret {
        talk(conversation, "it holds a secret: only you may read it");
    }
    for problem in problems(conversation, name, &text) {
        talk(conversation, &format!("`rhain check {name}` says: {problem}"));
    }
    Next::Go
}

/// Write a file; one with a secret so that only its owner reads it.
fn write(path: &std::path::Path, text: &str, secret: bool) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if secret {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    #[cfg(unix)]
    if secret {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    file.write_all(text.as_bytes())
}

/// What a check of the saved script finds: lines of a session may need what failed, or was typed elsewhere.
fn problems(conversation: &Conversation, name: &str, text: &str) -> Vec<String> {
    let found = check::check(&conversation.session, name, text).into_iter();
    let errors = found.filter(|finding| finding.severity == check::Severity::Error);
    errors.map(|finding| finding.error.message.clone()).collect()
}

fn clear(conversation: &mut Conversation, _: &str) -> Next {
    conversation.interactive.clear();
    conversation.notebook = notebook::Notebook::default();
    conversation.forget();
    talk(conversation, "variables, functions and lines are forgotten")
}
