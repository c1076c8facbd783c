//! What happens to each message: the beginning and the end, the open documents, and who answers which question. It has no
//! pipes and no clock: a test feeds it messages and reads what it says.

use super::documents::{Document, Documents};
use super::frame::{self, Incoming, code};
use super::place::Encoding;
use super::{answers, colours, problems};
use crate::assist::definition;
use crate::script::session::Session;
use lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    TextDocumentPositionParams,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// An answer, or an error's code and message.
pub(super) type Answer = Result<Value, (i32, String)>;

/// How far the client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Fresh,
    Running,
    ShutDown,
    Ended(u8),
}

/// What the client can take.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Client {
    /// How it counts columns.
    pub encoding: Encoding,
    /// Whether it shows places beside a diagnostic's own.
    pub related: bool,
    /// Whether it takes edits of a document's version.
    pub versioned: bool,
    /// Whether it takes the word that a definition was asked for.
    pub links: bool,
    /// Whether it shows an outline as a tree.
    pub trees: bool,
    /// Whether it takes a parameter as a part of its signature's text.
    pub offsets: bool,
    /// Whether it takes a place for the cursor in what it inserts.
    pub snippets: bool,
    /// Whether it can be asked to tell of changed files.
    pub watches: bool,
}

impl Client {
    /// Read leniently: what a client says that is not known here matters to nobody.
    fn of(params: &Value) -> Client {
        let capability = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let can = |path: &str| capability(path).and_then(Value::as_bool).unwrap_or(false);
        let encodings = capability("general/positionEncodings").and_then(Value::as_array);
        Client {
            encoding: Encoding::choose(encodings.into_iter().flatten().filter_map(Value::as_str)),
            related: can("textDocument/publishDiagnostics/relatedInformation"),
            versioned: can("workspace/workspaceEdit/documentChanges"),
            links: can("textDocument/definition/linkSupport"),
            trees: can("textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            offsets: can(
                "textDocument/signatureHelp/signatureInformation/parameterInformation/labelOffsetSupport",
            ),
            snippets: can("textDocument/completion/completionItem/snippetSupport"),
            watches: can("workspace/didChangeWatchedFiles/dynamicRegistration"),
        }
    }
}

/// A language server.
pub(super) struct Server {
    session: Arc<Session>,
    documents: Documents,
    client: Client,
    stage: Stage,
    /// The documents to check, by name, the one that was changed last first.
    behind: Vec<String>,
    out: Vec<Value>,
}

impl Server {
    /// A server that nobody has spoken to.
    pub(super) fn new(session: Arc<Session>) -> Server {
        Server {
            session,
            documents: Documents::default(),
            client: Client::default(),
            stage: Stage::Fresh,
            behind: Vec::new(),
            out: Vec::new(),
        }
    }

    /// What there is to say since the last time.
    pub(super) fn told(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.out)
    }

    /// The exit code, once the client has left.
    pub(super) fn ended(&self) -> Option<u8> {
        match self.stage {
            Stage::Ended(code) => Some(code),
            _ => None,
        }
    }

    /// The exit code where the client leaves without a word.
    pub(super) fn code_at_end(&self) -> u8 {
        match self.stage {
            Stage::Ended(code) => code,
            Stage::ShutDown => 0,
            Stage::Fresh | Stage::Running => 1,
        }
    }

    /// Whether a text was changed and not checked.
    pub(super) fn is_behind(&self) -> bool {
        !self.behind.is_empty()
    }

    /// Check one text that is waiting, and tell what was found.
    pub(super) fn catch_up(&mut self) {
        if self.behind.is_empty() {
            return;
        }
        let name = self.behind.remove(0);
        let Some(document) = self.documents.0.get_mut(&name) else { return };
        let session = self.session.clone();
        // A mistake of ours costs one text its diagnostics, not the editor its server.
        let found = catch_unwind(AssertUnwindSafe(|| problems::find(&session, document)));
        document.checked = Some(found.unwrap_or_default());
        self.publish(&name);
    }

    fn publish(&mut self, name: &str) {
        let Some(document) = self.documents.0.get(name) else { return };
        let diagnostics = problems::shown(document, &self.documents, &self.client);
        let news = json!({
            "uri": document.uri.as_str(),
            "version": document.version,
            "diagnostics": diagnostics,
        });
        if document.published.as_ref() == Some(&news) {
            return;
        }
        if let Some(document) = self.documents.0.get_mut(name) {
            document.published = Some(news.clone());
        }
        self.out.push(frame::notification("textDocument/publishDiagnostics", news));
    }

    /// What one message does.
    pub(super) fn take(&mut self, message: Incoming) {
        match message {
            Incoming::Request { id, method, params } => {
                let answer = catch_unwind(AssertUnwindSafe(|| self.request(&method, params)));
                let answer = answer.unwrap_or_else(|_| {
                    Err((code::INTERNAL, format!("`{method}` met a mistake in rhain; please report it")))
                });
                self.out.push(frame::answer(id, answer));
            }
            Incoming::Notification { method, params } => {
                let done = catch_unwind(AssertUnwindSafe(|| self.notification(&method, params)));
                if let Ok(Err((_, message))) = done {
                    let log = json!({ "type": 2, "message": message });
                    self.out.push(frame::notification("window/logMessage", log));
                }
            }
            Incoming::Response => {}
            Incoming::Broken { id, code, message } => {
                self.out.push(frame::answer(id, Err((code, message))));
            }
        }
    }

    fn request(&mut self, method: &str, params: Value) -> Answer {
        match (self.stage, method) {
            (Stage::Fresh, "initialize") => {
                self.client = Client::of(&params);
                self.stage = Stage::Running;
                Ok(capabilities(self.client.encoding))
            }
            (Stage::Fresh, _) => {
                Err((code::NOT_INITIALIZED, format!("`initialize` comes first, `{method}` came")))
            }
            (Stage::Running, "initialize") => {
                Err((code::INVALID_REQUEST, "`initialize` was answered already".to_string()))
            }
            (Stage::Running, "shutdown") => {
                self.stage = Stage::ShutDown;
                self.behind.clear();
                Ok(Value::Null)
            }
            (Stage::Running, _) => self.question(method, params),
            (Stage::ShutDown | Stage::Ended(_), _) => {
                Err((code::INVALID_REQUEST, format!("only `exit` comes after `shutdown`, `{method}` came")))
            }
        }
    }

    fn question(&mut self, method: &str, params: Value) -> Answer {
        let Some(question) = answers::question(method) else {
            return Err((code::METHOD_NOT_FOUND, format!("`{method}` is not known here")));
        };
        let place: Asked = read(method, params.clone())?;
        let name = place.text_document.uri.as_str();
        if method == "textDocument/codeAction"
            && self.documents.0.get(name).is_some_and(|one| one.checked.is_none())
        {
            self.behind.retain(|behind| behind != name);
            self.behind.insert(0, name.to_string());
            self.catch_up();
        }
        let Some(document) = self.documents.0.get(name) else {
            return Err((code::INVALID_PARAMS, format!("`{name}` is not open: open it first")));
        };
        let open =
            Open { document, documents: &self.documents, client: &self.client, session: &self.session };
        question(&open, params)
    }

    fn notification(&mut self, method: &str, params: Value) -> Result<(), (i32, String)> {
        if method == "exit" {
            self.stage = Stage::Ended(u8::from(self.stage != Stage::ShutDown));
        }
        if self.stage != Stage::Running {
            return Ok(());
        }
        match method {
            "initialized" if self.client.watches => self.out.push(watch()),
            "textDocument/didOpen" => {
                let opened = read::<DidOpenTextDocumentParams>(method, params)?.text_document;
                let name = opened.uri.as_str().to_string();
                let document =
                    Document::open(opened.uri, opened.version, opened.text, &self.session.policy.directory);
                self.documents.0.insert(name.clone(), document);
                self.changed(&name);
            }
            "textDocument/didChange" => {
                let changed: DidChangeTextDocumentParams = read(method, params)?;
                let name = changed.text_document.uri.as_str().to_string();
                let Some(document) = self.documents.0.get_mut(&name) else {
                    return Err((code::INVALID_PARAMS, format!("`{name}` was changed and is not open")));
                };
                let version = changed.text_document.version;
                document.change(version, changed.content_changes, self.client.encoding);
                self.changed(&name);
            }
            "textDocument/didClose" => {
                let closed: DidCloseTextDocumentParams = read(method, params)?;
                let name = closed.text_document.uri.as_str().to_string();
                self.closed(&name);
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.check_importers(""),
            _ => {}
        }
        Ok(())
    }

    /// A text is new: it is checked next, then those that may import it.
    fn changed(&mut self, name: &str) {
        if let Some(document) = self.documents.0.get(name)
            && let Some(file) = &document.file
        {
            self.session.texts.edit(file, &document.text);
        }
        self.behind.retain(|behind| behind != name);
        self.behind.insert(0, name.to_string());
        self.check_importers(name);
    }

    fn closed(&mut self, name: &str) {
        let Some(document) = self.documents.0.remove(name) else { return };
        if let Some(file) = &document.file {
            self.session.texts.saved(file);
        }
        self.behind.retain(|behind| behind != name);
        let nothing = json!({ "uri": name, "diagnostics": [] });
        self.out.push(frame::notification("textDocument/publishDiagnostics", nothing));
        self.check_importers(name);
    }

    /// Texts that import anything are checked again: what they import may be what changed.
    fn check_importers(&mut self, changed: &str) {
        for (name, document) in &self.documents.0 {
            if name != changed
                && !self.behind.contains(name)
                && !definition::imports(&document.text).is_empty()
            {
                self.behind.push(name.clone());
            }
        }
    }
}

/// The part that every question about a document has.
#[derive(serde::Deserialize)]
struct Asked {
    #[serde(rename = "textDocument")]
    text_document: lsp_types::TextDocumentIdentifier,
}

/// A document that something is asked about, and what is around it.
pub(super) struct Open<'a> {
    /// The document.
    pub document: &'a Document,
    /// All that are open.
    pub documents: &'a Documents,
    /// What the client can take.
    pub client: &'a Client,
    /// What knows the language.
    pub session: &'a Arc<Session>,
}

impl Open<'_> {
    /// The byte that a question is about.
    pub(super) fn byte(&self, method: &str, params: &Value) -> Result<usize, (i32, String)> {
        let asked: TextDocumentPositionParams = read(method, params.clone())?;
        Ok(self.document.lines.byte(&self.document.text, asked.position, self.client.encoding))
    }

    /// A span of the document as the client counts.
    pub(super) fn region(&self, span: &std::ops::Range<usize>) -> lsp_types::Range {
        self.document.lines.region(&self.document.text, span, self.client.encoding)
    }
}

/// The parameters of a method.
pub(super) fn read<T: DeserializeOwned>(method: &str, params: Value) -> Result<T, (i32, String)> {
    serde_json::from_value(params).map_err(|error| {
        (code::INVALID_PARAMS, format!("the parameters are not those of `{method}`: {error}"))
    })
}

/// Ask the client to tell of changed scripts.
fn watch() -> Value {
    json!({
        "jsonrpc": "2.0",
        "id": "watch",
        "method": "client/registerCapability",
        "params": { "registrations": [{
            "id": "watch",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": { "watchers": [{ "globPattern": "**/*.rhai" }] },
        }] },
    })
}

/// What the server can do.
fn capabilities(encoding: Encoding) -> Value {
    json!({
        "capabilities": {
            "positionEncoding": encoding.kind(),
            "textDocumentSync": { "openClose": true, "change": 2, "save": true },
            "completionProvider": { "triggerCharacters": [".", ":", "\"", "`", "/"] },
            "hoverProvider": true,
            "signatureHelpProvider": { "triggerCharacters": ["(", ","], "retriggerCharacters": [")"] },
            "definitionProvider": true,
            "referencesProvider": true,
            "documentHighlightProvider": true,
            "documentSymbolProvider": true,
            "foldingRangeProvider": true,
            "renameProvider": { "prepareProvider": true },
            "documentFormattingProvider": true,
            "codeActionProvider": { "codeActionKinds": ["quickfix"] },
            "semanticTokensProvider": {
                "legend": { "tokenTypes": colours::TYPES, "tokenModifiers": [] },
                "full": true,
            },
        },
        "serverInfo": { "name": "rhain", "version": env!("CARGO_PKG_VERSION") },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Options;
    use crate::cli::console::Streams;
    use crate::cli::setup::{Purpose, setup_with};
    use crate::config::Environment;

    fn server() -> Server {
        let streams = Arc::new(Streams::new(false, true));
        let purpose = Purpose { script: None, simulate: true };
        let setup =
            setup_with(&Options::default(), purpose, Environment::default(), streams.clone(), streams);
        let mut server = Server::new(setup.expect("a session").session);
        let begin = Incoming::Request { id: json!(0), method: "initialize".into(), params: Value::Null };
        server.take(begin);
        server.told();
        server
    }

    fn tell(server: &mut Server, method: &str, params: Value) {
        server.take(Incoming::Notification { method: method.to_string(), params });
    }

    fn open(server: &mut Server, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "rhai", "version": 1, "text": text });
        tell(server, "textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn change(server: &mut Server, uri: &str, version: i32, text: &str) {
        let document = json!({ "uri": uri, "version": version });
        let changes = json!([{ "text": text }]);
        tell(
            server,
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
    }

    /// What is told when nothing more comes: `uri version count`.
    fn caught_up(server: &mut Server) -> Vec<String> {
        while server.is_behind() {
            server.catch_up();
        }
        let told = server.told();
        let told = told.iter().map(|message| &message["params"]).map(|news| {
            let count = news["diagnostics"].as_array().map_or(0, Vec::len);
            format!("{} {} {count}", news["uri"].as_str().unwrap_or("?"), news["version"])
        });
        told.collect()
    }

    #[test]
    fn a_burst_of_changes_is_checked_once_as_it_ends() {
        let mut server = server();
        open(&mut server, "untitled:a", "bot(1)");
        change(&mut server, "untitled:a", 2, "bot(1); bot(2)");
        change(&mut server, "untitled:a", 3, "print(1)");
        assert_eq!(server.told(), Vec::<Value>::new());
        assert_eq!(caught_up(&mut server), ["untitled:a 3 0"]);
        assert_eq!(caught_up(&mut server), [""; 0]);
        change(&mut server, "untitled:a", 4, "bot(1)");
        tell(&mut server, "textDocument/didClose", json!({ "textDocument": { "uri": "untitled:a" } }));
        assert_eq!(caught_up(&mut server), ["untitled:a null 0"]);
    }

    #[test]
    fn who_imports_a_changed_text_is_checked_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let uri = |name: &str| {
            url::Url::from_file_path(folder.path().join(name)).map(|url| url.to_string()).unwrap_or_default()
        };
        let (main, lib) = (uri("main.rhai"), uri("lib.rhai"));
        let mut server = server();
        open(&mut server, &main, "import \"lib\" as lib;\nlib::f();");
        assert_eq!(caught_up(&mut server), [format!("{main} 1 1")]);
        // It is nowhere but in the editor.
        open(&mut server, &lib, "fn f() { }");
        assert_eq!(caught_up(&mut server), [format!("{lib} 1 0"), format!("{main} 1 0")]);
        // Nothing new is told of the importer.
        change(&mut server, &lib, 2, "fn f() { 1 }");
        assert_eq!(caught_up(&mut server), [format!("{lib} 2 0")]);
        tell(&mut server, "textDocument/didClose", json!({ "textDocument": { "uri": lib } }));
        assert_eq!(caught_up(&mut server), [format!("{lib} null 0"), format!("{main} 1 1")]);
    }
}
