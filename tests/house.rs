//! The plan of the house: who may import whom, who alone may name a crate, how long a file may be.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may import of ours. `cli` joins all, and may import everything.
const MAY: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("wire", &["base"]),
    ("cloud", &["base"]),
    ("config", &["wire", "cloud"]),
    ("provider", &["base", "wire", "cloud"]),
    ("verbs", &["base", "cloud"]),
    ("effects", &["verbs", "cloud"]),
    ("manual", &["verbs", "cloud"]),
    ("output", &["base", "cloud", "verbs"]),
    ("syntax", &[]),
    ("format", &["syntax"]),
    ("script", &["base", "verbs", "cloud", "effects", "output", "syntax"]),
    // What is known of values before they are there, for the checker and for editors.
    ("infer", &["verbs", "cloud", "syntax"]),
    ("check", &["verbs", "script", "infer", "cloud", "syntax", "effects"]),
    ("audit", &["verbs", "infer", "check", "syntax"]),
    ("diag", &["base", "script", "check", "syntax", "cloud", "wire", "config", "effects"]),
    // Tests of scripts: found, run by what `cli` hands in, and told.
    ("testing", &["base", "verbs", "cloud", "syntax", "diag"]),
    // What an editor offers at a place of a text, for the terminal's and for others'.
    ("assist", &["script", "infer", "check", "syntax", "manual", "verbs", "cloud"]),
    (
        "repl",
        &[
            "script", "infer", "check", "syntax", "assist", "manual", "effects", "diag", "output", "verbs",
            "cloud",
        ],
    ),
    (
        "lsp",
        &[
            "script", "infer", "check", "syntax", "format", "assist", "manual", "effects", "diag", "output",
            "verbs", "cloud",
        ],
    ),
];

/// What only these files may name: a word of code, and where it may stand.
const ALONE: &[(&str, &[&str])] = &[
    ("rhai::", &["script/"]),
    ("reqwest", &["wire/attempt.rs"]),
    ("miette", &["diag/"]),
    ("clap", &["cli/"]),
    ("rustyline", &["repl/"]),
    ("nix::", &["cli/repl.rs"]),
    ("comfy_table", &["output/"]),
    ("indicatif", &["output/"]),
    ("block_on(", &["script/bridge.rs"]),
    ("hyper", &["sim/", "wire/attempt.rs"]),
    ("env::var", &["cli/", "config/environment.rs"]),
    ("SystemTime::now", &["wire/clock.rs", "sim/clock.rs"]),
    ("Instant::now", &["wire/clock.rs"]),
    ("toml::", &["config/"]),
    (
        "saphyr",
        &[
            "base/yaml.rs",
            "base/yaml_tree.rs",
            "config/",
            "sim/world/stack/yaml.rs",
            "verbs/language/formats.rs",
        ],
    ),
    ("lsp_types", &["lsp/"]),
    ("nucleo_matcher", &["assist/"]),
    ("quick_xml", &["wire/xml.rs"]),
];

/// Files that may be longer than 500 lines, and why.
const LONG: &[(&str, &str)] = &[("verbs/language/builtins.rs", "a table of the engine's own functions")];

const LIMIT: usize = 500;

/// How many files of more than 300 lines, and functions of more than 60, there still are: these figures only go down.
const FILES_OVER_300: usize = 57;
const FUNCTIONS_OVER_60: usize = 56;

/// How many refused names and texts there still are; these go down too.
const NAMES_LEFT: usize = 26;
const TEXTS_LEFT: usize = 5;

/// Words that no name of a file, a type or a function holds: they do not explain themselves, or mean several things.
const REFUSED_NAMES: &[&str] = &[
    "hush",
    "deed",
    "deeds",
    "sieve",
    "shelf",
    "mood",
    "patience",
    "habits",
    "idioms",
    "elsewhere",
    "door",
    "face",
    "mend",
    "ask_action",
    "take_server",
    "lead_to",
    "lead_address",
    "show_thing",
    "one_thing",
    "image_of_server",
    "pretend",
    "stand_in",
    "stand_ins",
    "lookup",
];

/// Sentences that users read and that the word list replaced; none comes back.
const REFUSED_TEXTS: &[&str] = &[
    "nothing is written `()`",
    "truth is written in small letters",
    "take it away",
    "stands in backticks",
    "no address is known for",
    "takes no connection in time",
    "makes no sense of",
    "does not take what was asked",
    "lead nowhere",
    "a filter lets through",
    "not like this",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder: its path from there, and its text.
fn files(folder: &str) -> Vec<(String, String)> {
    let base = root().join(folder);
    let mut found = Vec::new();
    let mut open = vec![base.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&base).expect("below").to_string_lossy().into_owned();
                found.push((name, fs::read_to_string(&path).expect("text")));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{folder} holds no Rust file");
    found
}

/// The code of a file without its tests, comments and texts.
fn code(text: &str) -> String {
    let own = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text);
    let lines = own.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(without_texts).collect::<Vec<_>>().join("\n")
}

/// A line without what stands between quotes, and without a comment at its end.
fn without_texts(line: &str) -> String {
    let mut kept = String::new();
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quoted => {
                letters.next();
            }
            '"' if !kept.ends_with('\'') || quoted => quoted = !quoted,
            '/' if !quoted && letters.peek() == Some(&'/') => break,
            other if !quoted => kept.push(other),
            _ => {}
        }
    }
    kept
}

/// The rooms that a file's code names as `crate::room`; also of `use crate::{a::…, b}`.
fn rooms_named(code: &str) -> Vec<String> {
    let mut named = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                let mut start = true;
                let mut word = String::new();
                for letter in list.chars() {
                    match letter {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            named.push(std::mem::take(&mut word));
                            start = true;
                        }
                        c if depth == 0 && start && (c.is_alphanumeric() || c == '_') => word.push(c),
                        c if depth == 0 && !c.is_whitespace() => start = false,
                        _ => {}
                    }
                }
                named.push(word);
            }
            None => named.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()),
        }
    }
    named.retain(|room| !room.is_empty());
    named
}

#[test]
fn rooms_import_only_what_they_may() {
    let may: BTreeMap<&str, &[&str]> = MAY.iter().copied().collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (file, text) in files("src") {
        let Some((room, _)) = file.split_once('/') else { continue };
        // `cli` joins all; `sim` is a crate of its own, so that the compiler holds it.
        if matches!(room, "cli" | "sim") {
            continue;
        }
        let allowed = may.get(room).unwrap_or_else(|| panic!("the room `{room}` is not in the plan"));
        for named in rooms_named(&code(&text)) {
            seen += 1;
            if named != room && !allowed.contains(&named.as_str()) {
                wrong.push(format!("src/{file} names crate::{named}"));
            }
        }
    }
    assert!(seen > 300, "only {seen} names were found: the reader is broken");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn crates_are_named_only_in_their_rooms() {
    let mut wrong = Vec::new();
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for (file, text) in files("src") {
        let code = code(&text);
        for (word, places) in ALONE {
            let named = code
                .match_indices(word)
                .filter(|(at, _)| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
                // A crate's name is whole: a hypervisor is none.
                .any(|(at, _)| {
                    word.contains([':', '(']) || !code[at + word.len()..].starts_with(char::is_alphabetic)
                });
            if !named {
                continue;
            }
            *found.entry(word).or_default() += 1;
            let allowed = places
                .iter()
                .any(|place| file == *place || (place.ends_with('/') && file.starts_with(place)));
            if !allowed {
                wrong.push(format!("src/{file} names {word}"));
            }
        }
    }
    for (word, _) in ALONE {
        let lint_only = ["env::var", "block_on("].contains(word);
        assert!(lint_only || found.contains_key(word), "{word} is named nowhere: the reader is broken");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_stay_short() {
    let mut wrong = Vec::new();
    for (file, text) in files("src") {
        let own = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(&text).lines().count();
        let listed = LONG.iter().any(|(long, _)| *long == file);
        if own > LIMIT && !listed {
            wrong.push(format!("src/{file} has {own} lines without its tests"));
        }
        if own <= LIMIT && listed {
            wrong.push(format!("src/{file} is listed as long and is not"));
        }
        let limit = match file.as_str() {
            "main.rs" => 40,
            name if name.starts_with("verbs/server/") && !name.ends_with("/boot.rs") => 130,
            _ => LIMIT,
        };
        if own > limit && !listed {
            wrong.push(format!("src/{file} has {own} lines; {limit} is its limit"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The functions of a file's own code, as name and number of lines; a function ends at the brace below its first letter.
fn functions(text: &str) -> Vec<(String, usize)> {
    let own = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text);
    let lines: Vec<&str> = own.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let mut words = line
            .split_whitespace()
            .skip_while(|word| word.starts_with("pub") || matches!(*word, "async" | "const"));
        if words.next() != Some("fn") {
            continue;
        }
        let name = words.next().unwrap_or("").split(['(', '<']).next().unwrap_or("").to_string();
        let end = format!("{}}}", " ".repeat(indent));
        if let Some(length) =
            lines[at..].iter().position(|line| *line == end || line.trim_end().ends_with(" {}"))
        {
            found.push((name, length + 1));
        }
    }
    found
}

#[test]
fn long_files_and_functions_get_fewer() {
    let all = files("src");
    let own = |text: &str| text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text).lines().count();
    let long: Vec<&str> =
        all.iter().filter(|(_, text)| own(text) > 300).map(|(file, _)| file.as_str()).collect();
    let functions: Vec<String> = all
        .iter()
        .flat_map(|(file, text)| functions(text).into_iter().map(move |(name, lines)| (file, name, lines)))
        .filter(|(_, _, lines)| *lines > 60)
        .map(|(file, name, lines)| format!("src/{file}: {name} has {lines}"))
        .collect();
    assert!(long.len() <= FILES_OVER_300, "{} files have more than 300 lines: {long:#?}", long.len());
    assert!(
        functions.len() <= FUNCTIONS_OVER_60,
        "{} functions have more than 60 lines: {functions:#?}",
        functions.len()
    );
}

/// The names that a file declares: of itself, its types and its functions, in small letters with `_`.
fn declared(file: &str, text: &str) -> Vec<String> {
    let own = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text);
    let mut names = vec![Path::new(file).file_stem().unwrap_or_default().to_string_lossy().into_owned()];
    let mut words = own
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(str::split_whitespace)
        .peekable();
    while let Some(word) = words.next() {
        if matches!(word, "fn" | "struct" | "enum" | "trait" | "mod" | "const" | "static" | "type")
            && let Some(next) = words.peek()
        {
            let name: String = next.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let mut snake = String::new();
            for letter in name.chars() {
                if letter.is_uppercase() && snake.ends_with(|c: char| c.is_lowercase()) {
                    snake.push('_');
                }
                snake.extend(letter.to_lowercase());
            }
            names.push(snake);
        }
    }
    names
}

#[test]
fn names_are_plain() {
    let mut wrong = Vec::new();
    for (file, text) in files("src") {
        for name in declared(&file, &text) {
            let padded = format!("_{name}_");
            if REFUSED_NAMES.iter().any(|word| padded.contains(&format!("_{word}_"))) {
                wrong.push(format!("src/{file}: {name}"));
            }
        }
    }
    assert!(wrong.len() <= NAMES_LEFT, "{} are left: {wrong:#?}", wrong.len());
    assert_eq!(declared("a/b.rs", "pub struct MoodRing;\nfn hush_it() {}"), ["b", "mood_ring", "hush_it"]);
}

#[test]
fn texts_are_plain() {
    let mut wrong = Vec::new();
    for (file, text) in files("src") {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in lines {
            wrong.extend(
                REFUSED_TEXTS
                    .iter()
                    .filter(|said| line.contains(**said))
                    .map(|said| format!("src/{file}: {said}")),
            );
        }
    }
    assert!(wrong.len() <= TEXTS_LEFT, "{} are left: {wrong:#?}", wrong.len());
}

#[test]
fn modules_say_what_they_own() {
    let silent: Vec<String> = files("src")
        .into_iter()
        .filter(|(file, text)| file != "main.rs" && !text.starts_with("//!"))
        .map(|(file, _)| file)
        .collect();
    assert!(silent.is_empty(), "these open without a word of what they own: {silent:?}");
}

#[test]
fn every_file_of_tests_is_listed() {
    let main = fs::read_to_string(root().join("tests/main.rs")).expect("the list");
    for entry in fs::read_dir(root().join("tests")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "rs") && name != "main" {
            assert!(main.contains(&format!("mod {name};")), "tests/{name}.rs is not listed in tests/main.rs");
        }
    }
}

#[test]
fn the_readers_of_this_file_read() {
    assert_eq!(
        rooms_named("use crate::cloud::{Error, Kind};\nuse crate::{wire, effects::{A, B}, sim};"),
        ["cloud", "wire", "effects", "sim"]
    );
    assert_eq!(rooms_named("let x = crate::verbs::verb(); mycrate::cli::x()"), ["verbs"]);
    assert_eq!(without_texts(r#"let a = "crate::cli"; // crate::sim"#), "let a = ; ");
    assert_eq!(code("//! crate::cli\nfn a() {}\n#[cfg(test)]\nmod tests { use crate::cli; }"), "fn a() {}");
    assert!(Path::new(&root()).join("Cargo.toml").is_file());
}
