//! The language server, driven over its pipes with messages written by hand.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use crate::support::{Ended, Program, Running};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// An editor.
struct Editor {
    program: Program,
    running: Running,
    ids: i64,
    told: VecDeque<Value>,
}

fn framed(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

impl Editor {
    /// One that has said nothing yet.
    fn silent(program: Program) -> Editor {
        let running = program.start(&["lsp"]);
        Editor { program, running, ids: 0, told: VecDeque::new() }
    }

    /// One that has begun, with nothing but what every client can take.
    fn new() -> Editor {
        Editor::with(json!({}))
    }

    fn with(capabilities: Value) -> Editor {
        let mut editor = Editor::silent(Program::new());
        editor.ask("initialize", json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
        editor.tell("initialized", json!({}));
        editor
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.running.write(&framed(&json!({ "jsonrpc": "2.0", "method": method, "params": params })));
    }

    /// The answer to a request, error or not.
    fn answer(&mut self, method: &str, params: Value) -> Value {
        self.ids += 1;
        let id = self.ids;
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.running.write(&framed(&request));
        loop {
            let message = self.message();
            if message["id"] == json!(id) && message.get("method").is_none() {
                return message;
            }
            self.told.push_back(message);
        }
    }

    /// The result of a request that must be answered well.
    #[track_caller]
    fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    /// The code and the message of a request that must be refused.
    #[track_caller]
    fn refused(&mut self, method: &str, params: Value) -> (i64, String) {
        let answer = self.answer(method, params);
        let error = answer.get("error").unwrap_or_else(|| panic!("{answer}"));
        (error["code"].as_i64().unwrap(), error["message"].as_str().unwrap().to_string())
    }

    /// The next message, once it is there.
    fn message(&mut self) -> Value {
        let mut length = 0;
        loop {
            let line = self.running.line();
            match line.strip_prefix("Content-Length: ") {
                Some(number) => length = number.parse().unwrap(),
                None => assert_eq!(line, "", "only the protocol is written"),
            }
            if line.is_empty() {
                break;
            }
        }
        serde_json::from_slice(&self.running.read(length)).expect("JSON")
    }

    fn uri(&self, file: &str) -> String {
        url::Url::from_file_path(self.program.folder().canonicalize().unwrap().join(file))
            .unwrap()
            .to_string()
    }

    /// Open a text under a file's name; it needs not be there.
    fn open(&mut self, file: &str, text: &str) -> String {
        let uri = self.uri(file);
        let document = json!({ "uri": uri, "languageId": "rhai", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
        uri
    }

    /// Open a text and put the cursor on its ‸: what questions about that place take.
    fn at(&mut self, file: &str, marked: &str) -> Value {
        let at = marked.find('‸').expect("a cursor");
        let text = marked.replacen('‸', "", 1);
        let uri = self.open(file, &text);
        let line = text[..at].matches('\n').count();
        let column = text[..at].rsplit('\n').next().unwrap().encode_utf16().count();
        json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": column } })
    }

    fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// The diagnostics that are told next of a document: its version, and each as `code line:column-line:column`.
    fn diagnostics(&mut self, uri: &str) -> (Value, Vec<String>) {
        let params = loop {
            let message = self.told.pop_front().unwrap_or_else(|| self.message());
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri {
                break message["params"].clone();
            }
        };
        let shown = params["diagnostics"].as_array().unwrap().iter();
        let lines =
            shown.map(|one| format!("{} {}", one["code"].as_str().unwrap(), span(&one["range"]))).collect();
        (params["version"].clone(), lines)
    }

    fn end(mut self) -> Ended {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.running.end()
    }
}

/// `line:column-line:column`, as the protocol counts, from 0.
fn span(range: &Value) -> String {
    let place = |end: &str| format!("{}:{}", range[end]["line"], range[end]["character"]);
    format!("{}-{}", place("start"), place("end"))
}

fn insert(line: u32, character: u32, text: &str) -> Value {
    let place = json!({ "line": line, "character": character });
    json!([{ "range": { "start": place, "end": place }, "text": text }])
}

#[test]
fn it_begins_and_ends_as_the_protocol_says() {
    let mut editor = Editor::silent(Program::new());
    let hover = json!({ "textDocument": { "uri": "file:///a" }, "position": { "line": 0, "character": 0 } });
    assert_eq!(
        editor.refused("textDocument/hover", hover.clone()),
        (-32002, "`initialize` comes first, `textDocument/hover` came".to_string())
    );
    // A notification that comes too early is passed by.
    editor.tell("textDocument/didOpen", json!({ "textDocument": 5 }));
    let begun = editor.ask("initialize", json!({ "capabilities": {} }));
    assert_eq!(begun["capabilities"]["positionEncoding"], "utf-16");
    assert_eq!(begun["serverInfo"]["name"], "rhain");
    editor.tell("initialized", json!({}));
    assert_eq!(editor.refused("initialize", json!({})).0, -32600);
    assert_eq!(
        editor.refused("textDocument/hover", hover.clone()),
        (-32602, "`file:///a` is not open: open it first".to_string())
    );
    assert_eq!(editor.refused("rhain/nothing", json!({})).0, -32601);
    assert_eq!(editor.refused("$/nothing", json!({})).0, -32601);
    for params in [Value::Null, json!({}), json!([1]), json!({ "textDocument": { "uri": 5 } })] {
        assert_eq!(editor.refused("textDocument/hover", params).0, -32602);
    }
    assert_eq!(editor.ask("shutdown", Value::Null), Value::Null);
    assert_eq!(
        editor.refused("textDocument/hover", hover),
        (-32600, "only `exit` comes after `shutdown`, `textDocument/hover` came".to_string())
    );
    editor.tell("exit", Value::Null);
    let ended = editor.running.end();
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "", ""));
}

#[test]
fn leaving_without_a_word_is_told_by_the_exit_code() {
    let mut editor = Editor::new();
    editor.tell("exit", Value::Null);
    assert_eq!(editor.running.end().code, Some(1));
    assert_eq!(Editor::new().running.end().code, Some(1));
    let mut editor = Editor::new();
    editor.ask("shutdown", Value::Null);
    assert_eq!(editor.running.end().code, Some(0));
}

#[test]
fn what_is_no_message_is_answered_and_passed_by() {
    let mut editor = Editor::new();
    for (bytes, code) in [
        (&b"Content-Length: 1\r\n\r\n{"[..], -32700),
        (b"Content-Length: 2\r\n\r\n\xff\xfe", -32700),
        (b"Content-Type: text\r\n\r\n", -32700),
        (b"Content-Length: 2\r\n\r\n[]", -32600),
        (b"Content-Length: 2\r\n\r\n{}", -32600),
    ] {
        editor.running.write(bytes);
        let message = editor.message();
        assert_eq!(
            (&message["id"], message["error"]["code"].as_i64()),
            (&Value::Null, Some(code)),
            "{message}"
        );
    }
    // A notification has no answer: the log tells of it.
    editor.tell("textDocument/didChange", json!({ "textDocument": { "uri": "file:///a", "version": 1 } }));
    let message = editor.message();
    assert_eq!(message["method"], "window/logMessage");
    editor.change("file:///a", 2, insert(0, 0, "x"));
    assert_eq!(editor.message()["params"]["message"], "`file:///a` was changed and is not open");
    assert_eq!(editor.end().code, Some(0));
}

#[test]
fn diagnostics_follow_the_text() {
    let mut editor = Editor::new();
    let uri = editor.open("a.rhai", "let s = `😀é`; bot(s);\n");
    assert_eq!(editor.diagnostics(&uri), (json!(1), vec!["call::unknown_verb 0:15-0:18".to_string()]));
    // `o` into `bot`, counted in UTF-16.
    editor.change(&uri, 2, insert(0, 17, "o"));
    assert_eq!(editor.diagnostics(&uri).1, ["call::missing_argument 0:15-0:19"]);
    let range = json!({ "start": { "line": 0, "character": 8 }, "end": { "line": 0, "character": 11 } });
    editor.change(&uri, 3, json!([{ "range": range, "text": "\"" }, { "text": "\n\nbot(1)" }]));
    assert_eq!(editor.diagnostics(&uri), (json!(3), vec!["call::unknown_verb 2:0-2:3".to_string()]));
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(editor.diagnostics(&uri), (Value::Null, vec![]));
    assert_eq!(editor.end().code, Some(0));
}

#[test]
fn a_client_that_counts_bytes_may() {
    let capabilities = json!({ "general": { "positionEncodings": ["utf-8", "utf-16"] } });
    let mut editor = Editor::silent(Program::new());
    let begun = editor.ask("initialize", json!({ "capabilities": capabilities }));
    assert_eq!(begun["capabilities"]["positionEncoding"], "utf-8");
    let uri = editor.open("a.rhai", "let s = `😀é`; bot(s);\n");
    assert_eq!(editor.diagnostics(&uri).1, ["call::unknown_verb 0:18-0:21"]);
    assert_eq!(editor.end().code, Some(0));
}

#[test]
fn places_outside_the_text_are_the_nearest_inside() {
    let mut editor = Editor::new();
    let uri = editor.open("a.rhai", "let a = 1;\r\nprint(a);");
    // Behind the end, behind a line, in the middle of a pair, backwards: each is somewhere.
    let places = [(9_u32, 9), (0, 4_000_000_000_u32), (1, 7), (4_000_000_000, 0)];
    for (line, character) in places {
        let place = json!({ "line": line, "character": character });
        for method in ["hover", "completion", "signatureHelp", "definition", "documentHighlight"] {
            let params = json!({ "textDocument": { "uri": uri }, "position": place });
            editor.ask(&format!("textDocument/{method}"), params);
        }
    }
    let negative = json!({ "line": -1, "character": 0 });
    let params = json!({ "textDocument": { "uri": uri }, "position": negative });
    assert_eq!(editor.refused("textDocument/hover", params).0, -32602);
    let (start, end) = (json!({ "line": 1, "character": 5 }), json!({ "line": 0, "character": 0 }));
    editor.change(&uri, 2, json!([{ "range": { "start": start, "end": end }, "text": "x" }]));
    editor.change(&uri, 3, insert(99, 99, ";\nbot()"));
    assert_eq!(editor.diagnostics(&uri).1, ["call::unknown_verb 1:0-1:6", "call::unknown_verb 2:0-2:3"]);
    assert_eq!(editor.end().code, Some(0));
}

#[test]
fn a_definition_is_found_across_files() {
    let mut editor = Editor::new();
    let lib = "fn other() { }\n/* 😀 */ fn grow(n) { n }\nexport const SIZE = 3;\n";
    editor.program.file("lib/web.rhai", lib);
    let import = "import \"lib/web\" as web;\nimport \"std/wait\" as wait;\n";
    for (use_, file, place) in [
        ("web::gr‸ow(1)", "lib/web.rhai", "1:12-1:16"),
        ("web::SIZE‸", "lib/web.rhai", "2:13-2:17"),
        ("‸web::SIZE", "lib/web.rhai", "0:0-0:0"),
        ("let a = `😀`; ‸a", "main.rhai", "2:4-2:5"),
    ] {
        let params = editor.at("main.rhai", &format!("{import}{use_}"));
        let found = editor.ask("textDocument/definition", params);
        let uri = editor.uri(file);
        assert_eq!(
            (found["uri"].as_str(), span(&found["range"])),
            (Some(&*uri), place.to_string()),
            "{use_}"
        );
    }
    // The standard library is no file; a verb is nowhere.
    for use_ in ["wait::al‸l([])", "‸boot(1)", "web::non‸e()"] {
        let params = editor.at("main.rhai", &format!("{import}{use_}"));
        assert_eq!(editor.ask("textDocument/definition", params), Value::Null, "{use_}");
    }
    // What is open counts, saved or not, under the client's own name for it.
    let odd = editor.uri("lib/web.rhai").replace("web", "%77eb");
    let document = json!({ "uri": odd, "languageId": "rhai", "version": 1, "text": format!("\n{lib}") });
    editor.tell("textDocument/didOpen", json!({ "textDocument": document }));
    let params = editor.at("main.rhai", &format!("{import}web::gr‸ow(1)"));
    let found = editor.ask("textDocument/definition", params.clone());
    assert_eq!((found["uri"].as_str(), span(&found["range"])), (Some(&*odd), "2:12-2:16".to_string()));
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": odd } }));
    assert_eq!(span(&editor.ask("textDocument/definition", params)["range"]), "1:12-1:16");
    assert_eq!(editor.end().code, Some(0));
}

#[test]
fn a_client_that_takes_links_gets_them() {
    let mut editor = Editor::with(json!({ "textDocument": { "definition": { "linkSupport": true } } }));
    let params = editor.at("a.rhai", "let fleet = 1;\nprint(fl‸eet);");
    let found = editor.ask("textDocument/definition", params);
    assert_eq!(span(&found[0]["originSelectionRange"]), "1:6-1:11");
    assert_eq!(span(&found[0]["targetSelectionRange"]), "0:4-0:9");
    assert_eq!(editor.end().code, Some(0));
}

#[test]
fn a_variable_is_renamed_and_highlighted() {
    let mut editor = Editor::new();
    let params = editor.at("a.rhai", "let w = 1; // 😀\n/*😀*/ w‸ = 2;\nprint(`${w}`);\n");
    let uri = params["textDocument"]["uri"].as_str().unwrap().to_string();
    let prepared = editor.ask("textDocument/prepareRename", params.clone());
    assert_eq!((span(&prepared["range"]), &prepared["placeholder"]), ("1:7-1:8".to_string(), &json!("w")));
    let mut rename = params.clone();
    rename["newName"] = "web".into();
    let edit = editor.ask("textDocument/rename", rename.clone());
    let edits = edit["changes"][&uri].as_array().unwrap();
    let shown: Vec<String> =
        edits.iter().map(|edit| format!("{} {}", span(&edit["range"]), edit["newText"])).collect();
    assert_eq!(shown, ["0:4-0:5 \"web\"", "1:7-1:8 \"web\"", "2:9-2:10 \"web\""]);
    for (name, why) in [
        ("boot", "`boot` is a verb"),
        ("in", "`in` is a word of the language"),
        (
            "a b",
            "`a b` is no name: give letters, digits and `_`, not beginning with a digit, and no reserved word",
        ),
    ] {
        rename["newName"] = name.into();
        assert_eq!(editor.refused("textDocument/rename", rename.clone()), (-32803, why.to_string()));
    }
    let shown = editor.ask("textDocument/documentHighlight", params.clone());
    let shown: Vec<String> = shown
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", span(&one["range"]), one["kind"]))
        .collect();
    assert_eq!(shown, ["0:4-0:5 3", "1:7-1:8 3", "2:9-2:10 2"]);
    let mut asked = params;
    asked["context"] = json!({ "includeDeclaration": false });
    assert_eq!(editor.ask("textDocument/references", asked.clone()).as_array().unwrap().len(), 2);
    asked["context"] = json!({ "includeDeclaration": true });
    assert_eq!(editor.ask("textDocument/references", asked).as_array().unwrap().len(), 3);
    let params = editor.at("a.rhai", "prin‸t(1)");
    assert_eq!(editor.refused("textDocument/prepareRename", params).1, "`print` is a verb");
    assert_eq!(editor.end().code, Some(0));
}

#[test]
fn a_text_has_an_outline_and_folds() {
    let text = "import \"lib\" as lib;\n// 1\n// 2\nfn f(a) {\n  step(\"Go\", || 1);\n}\nlet é = 1;\n";
    let mut editor = Editor::new();
    let uri = editor.open("a.rhai", text);
    let asked = json!({ "textDocument": { "uri": uri } });
    let flat = editor.ask("textDocument/documentSymbol", asked.clone());
    let shown: Vec<String> = flat
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!("{} {} {}", one["name"].as_str().unwrap(), one["kind"], span(&one["location"]["range"]))
        })
        .collect();
    assert_eq!(shown, ["lib 2 0:0-0:19", "f 12 3:0-5:1", "Go 24 4:2-4:18", "é 13 6:0-6:9"]);
    assert_eq!(flat[2]["containerName"], "f");
    let folds = editor.ask("textDocument/foldingRange", asked);
    assert_eq!(
        folds,
        json!([{ "startLine": 1, "endLine": 2, "kind": "comment" }, { "startLine": 3, "endLine": 4 }])
    );
    assert_eq!(editor.end().code, Some(0));
    let trees =
        json!({ "textDocument": { "documentSymbol": { "hierarchicalDocumentSymbolSupport": true } } });
    let mut editor = Editor::with(trees);
    let uri = editor.open("a.rhai", text);
    let tree = editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(tree[1]["children"][0]["name"], "Go");
    assert_eq!(span(&tree[1]["selectionRange"]), "3:3-3:4");
    assert_eq!(editor.end().code, Some(0));
}

#[test]
fn a_very_long_text_is_no_trouble() {
    let mut editor = Editor::new();
    let text = format!("// {}\nlet a = 1;\n", "long ".repeat(600_000));
    let uri = editor.open("long.rhai", &text);
    assert_eq!(editor.diagnostics(&uri), (json!(1), vec![]));
    editor.change(&uri, 2, insert(1, 4, "b"));
    let params = json!({ "textDocument": { "uri": uri }, "position": { "line": 1, "character": 5 } });
    let found = editor.ask("textDocument/definition", params);
    assert_eq!(span(&found["range"]), "1:4-1:6");
    let deep = editor.open("deep.rhai", &"(".repeat(100_000));
    assert_eq!(editor.diagnostics(&deep).1.len(), 1);
    assert_eq!(editor.end().code, Some(0));
}

/// The first items as `label → text over what is replaced`.
fn offered(editor: &mut Editor, marked: &str, most: usize) -> Vec<String> {
    let params = editor.at("a.rhai", marked);
    let text = marked.replacen('‸', "", 1);
    let found = editor.ask("textDocument/completion", params);
    let items = found["items"].as_array().unwrap().iter().take(most);
    let shown = items.map(|item| {
        let range = &item["textEdit"]["range"];
        let line = text.split('\n').nth(range["start"]["line"].as_u64().unwrap() as usize).unwrap();
        let units: Vec<u16> = line.encode_utf16().collect();
        let column = |end: &str| range[end]["character"].as_u64().unwrap() as usize;
        let over = String::from_utf16(&units[column("start")..column("end")]).unwrap();
        let (label, new) = (item["label"].as_str().unwrap(), item["textEdit"]["newText"].as_str().unwrap());
        format!("{label} → {new} over {over}")
    });
    shown.collect()
}

#[test]
fn what_may_stand_there_is_offered() {
    let mut editor = Editor::new();
    for (marked, wanted) in [
        ("/*😀*/ resi‸", "resize(server, flavor) → resize( over resi"),
        ("let s = server(`😀`); s.resi‸", "resize(flavor) → resize( over resi"),
        ("re‸size(1)", "rebuild(server, image, #{…}) → rebuild over resize"),
        ("boot(\"w\", #{ image: \"c\", fl‸ })", "flavor → flavor:  over fl"),
        ("boot(\"w\", #{ image: \"c\", fl‸: 1 })", "flavor → flavor over fl"),
        ("reboot(\"a\", \"h‸", "hard → hard\" over h"),
        ("let fleet = 1; print(`${fle‸}`)", "fleet → fleet over fle"),
    ] {
        let shown = offered(&mut editor, marked, 20);
        assert!(shown.iter().any(|one| one == wanted), "{marked}: {shown:?}");
    }
    assert_eq!(offered(&mut editor, "// bo‸", 9), [""; 0]);
    editor.program.file("lib/web.rhai", "/// Grow.\nfn grow(n) { n }");
    assert_eq!(offered(&mut editor, "import \"li‸", 9), ["lib/ → lib/ over li"]);
    assert_eq!(offered(&mut editor, "import \"lib/web\" as web; web::‸", 9), ["grow(n) → grow( over "]);
    assert_eq!(editor.end().code, Some(0));
    let snippets = json!({ "completion": { "completionItem": { "snippetSupport": true } } });
    let mut editor = Editor::with(json!({ "textDocument": snippets }));
    assert_eq!(
        offered(&mut editor, "wait_act‸", 1),
        ["wait_active(resource, timeout) → wait_active($0) over wait_act"]
    );
    assert_eq!(editor.end().code, Some(0));
}

#[test]
fn calls_and_words_are_explained() {
    let mut editor = Editor::new();
    let params = editor.at("a.rhai", "let é = `😀`; resi‸ze(\"web\", )");
    let shown = editor.ask("textDocument/hover", params);
    assert_eq!(
        (&shown["contents"]["kind"], span(&shown["range"])),
        (&json!("markdown"), "0:14-0:20".to_string())
    );
    assert!(shown["contents"]["value"].as_str().unwrap().contains("resize(server, flavor)"), "{shown}");
    let params = editor.at("a.rhai", "resize(\"web\", ‸)");
    let shown = editor.ask("textDocument/signatureHelp", params.clone());
    let signature = &shown["signatures"][0];
    assert_eq!(
        (&signature["label"], &shown["activeParameter"]),
        (&json!("resize(server, flavor)"), &json!(1))
    );
    assert_eq!(signature["parameters"][1]["label"], "flavor");
    let params = editor.at("a.rhai", "‸resize(1)");
    assert_eq!(editor.ask("textDocument/signatureHelp", params), Value::Null);
    let params = editor.at("a.rhai", "// res‸ize");
    assert_eq!(editor.ask("textDocument/hover", params), Value::Null);
    assert_eq!(editor.end().code, Some(0));
    let information = json!({ "parameterInformation": { "labelOffsetSupport": true } });
    let signature = json!({ "signatureHelp": { "signatureInformation": information } });
    let mut editor = Editor::with(json!({ "textDocument": signature }));
    let params = editor.at("a.rhai", "resize(\"web\", ‸)");
    let shown = editor.ask("textDocument/signatureHelp", params);
    assert_eq!(shown["signatures"][0]["parameters"][1]["label"], json!([15, 21]));
    assert_eq!(editor.end().code, Some(0));
}

#[test]
fn colours_are_told_from_the_one_before() {
    let mut editor = Editor::new();
    let uri = editor.open("a.rhai", "let a = `😀\nx`; // é\n");
    let found = editor.ask("textDocument/semanticTokens/full", json!({ "textDocument": { "uri": uri } }));
    let data: Vec<u64> = found["data"].as_array().unwrap().iter().map(|one| one.as_u64().unwrap()).collect();
    let wanted: [[u64; 5]; 7] = [
        [0, 0, 3, 0, 0],
        [0, 4, 1, 2, 0],
        [0, 2, 1, 8, 0],
        [0, 2, 3, 5, 0],
        [1, 0, 2, 5, 0],
        [0, 2, 1, 8, 0],
        [0, 2, 4, 7, 0],
    ];
    assert_eq!(data, wanted.concat());
    assert_eq!(editor.end().code, Some(0));
}

#[test]
fn a_certain_correction_is_a_quick_fix() {
    let mut editor = Editor::new();
    let uri = editor
        .open("a.rhai", "/*😀*/ boot(\"w\", #{ image: \"c\", flavour: \"m\" });\nlet a = 1\nprint(a);\n");
    assert_eq!(editor.diagnostics(&uri).1, ["call::unknown_option 0:32-0:39", "parse::semicolon 1:9-1:9"]);
    let place = |line: u32, from: u32, to: u32| json!({ "start": { "line": line, "character": from }, "end": { "line": line, "character": to } });
    let mut fixes = |range: Value, context: Value| -> Vec<String> {
        let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
        let found = editor.ask("textDocument/codeAction", params);
        let shown = found.as_array().unwrap().iter().map(|action| {
            let edit = &action["edit"]["changes"][&uri][0];
            assert_eq!((&action["kind"], &action["isPreferred"]), (&json!("quickfix"), &json!(true)));
            format!("{}: {} {}", action["title"].as_str().unwrap(), span(&edit["range"]), edit["newText"])
        });
        shown.collect()
    };
    let all = json!({ "diagnostics": [] });
    let option = "Replace `flavour` with `flavor`: 0:32-0:39 \"flavor\"";
    assert_eq!(fixes(place(0, 35, 35), all.clone()), [option]);
    assert_eq!(fixes(place(0, 0, 10), all.clone()), [""; 0]);
    assert_eq!(fixes(place(1, 0, 9), all), ["Insert `;`: 1:9-1:9 \";\""]);
    assert_eq!(fixes(place(0, 35, 35), json!({ "diagnostics": [], "only": ["quickfix"] })), [option]);
    assert_eq!(fixes(place(0, 35, 35), json!({ "diagnostics": [], "only": ["source"] })), [""; 0]);
    // What changed since is looked at anew.
    editor.change(&uri, 2, json!([{ "text": "bot(1)" }]));
    let params =
        json!({ "textDocument": { "uri": uri }, "range": place(0, 0, 0), "context": { "diagnostics": [] } });
    let found = editor.ask("textDocument/codeAction", params);
    assert_eq!(found[0]["title"], "Replace `bot` with `boot`");
    assert_eq!(found[0]["diagnostics"][0]["code"], "call::unknown_verb");
    assert_eq!(editor.end().code, Some(0));
}

#[test]
fn diagnostics_say_what_the_checks_say() {
    let mut editor = Editor::new();
    editor.program.file("lib/web.rhai", "fn f() {\n    bot(1)\n}\n");
    let uri = editor.open("a.rhai", "import \"lib/web\" as web;\nweb::f();\nlet spare = 1;\n");
    let told = loop {
        let message = editor.message();
        if message["method"] == "textDocument/publishDiagnostics" {
            break message["params"]["diagnostics"].clone();
        }
    };
    let shown: Vec<String> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let message = one["message"].as_str().unwrap().lines().next().unwrap();
            format!("{} {} {} {message}", one["severity"], one["code"].as_str().unwrap(), span(&one["range"]))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "2 check::unused_variable 2:4-2:9 `spare` is never used",
            "1 call::unknown_verb 0:7-0:16 `lib/web.rhai`, line 2: there is no verb `bot`",
        ]
    );
    assert_eq!((&told[0]["source"], &told[0]["tags"]), (&json!("rhain"), &json!([1])));
    let web = editor.open("lib/web.rhai", "fn f() { }\n");
    assert_eq!(editor.diagnostics(&web).1, [""; 0]);
    assert_eq!(editor.diagnostics(&uri).1, ["check::unused_variable 2:4-2:9"]);
    assert_eq!(editor.end().code, Some(0));
}

#[test]
fn a_text_is_laid_out_and_one_with_a_mistake_is_left() {
    let mut editor = Editor::new();
    let uri = editor.open("book.rhai", "let a=1;\nprint( a );\nprint(2);\n");
    let asked = |uri: &str| json!({ "textDocument": { "uri": uri }, "options": { "tabSize": 4, "insertSpaces": true } });
    let edits = editor.ask("textDocument/formatting", asked(&uri));
    let place = |line: u32| json!({ "line": line, "character": 0 });
    assert_eq!(
        edits,
        json!([{ "range": { "start": place(0), "end": place(2) }, "newText": "let a = 1;\nprint(a);\n" }])
    );
    let uri = editor.open("right.rhai", "print(2);\n");
    assert_eq!(editor.ask("textDocument/formatting", asked(&uri)), json!([]));
    let uri = editor.open("wrong.rhai", "print( 2;\n");
    assert_eq!(editor.ask("textDocument/formatting", asked(&uri)), Value::Null);
}
