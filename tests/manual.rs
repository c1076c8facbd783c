//! The manual, the help and the completions: what they say is so, and fits on a terminal of 80 columns.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use crate::support::program::{output, rhain};
use crate::support::{Program, World, each};
use clap::CommandFactory as _;
use rhain::cli::{args::Arguments, help};
use rhain::cloud::Providers;
use rhain::manual;
use rhain::provider::capabilities::Drivers;
use rhain::verbs::VERBS;
use serde_json::Value as Json;
use std::process::Command;
use unicode_width::UnicodeWidthStr as _;

fn all() -> Providers {
    Drivers::all().providers()
}

/// Words of the engine and of Rust that no reader meets.
const FOREIGN: &[&str] = &[
    "i64",
    "f64",
    "&str",
    "ImmutableString",
    "Dynamic",
    "FnPtr",
    "rhai::",
    "Option<",
    "Vec<",
    "String",
    "anon$",
];

/// A page keeps to the terminal and to the language of its readers.
#[track_caller]
fn fits(what: &str, page: &str) {
    assert!(page.ends_with('\n') && !page.ends_with("\n\n"), "{what} ends with {:?}", page.chars().last());
    for line in page.lines() {
        assert!(line.width() <= 80, "{what}: {line}");
        assert_eq!(line, line.trim_end(), "{what} has blanks at the end of a line");
    }
    for foreign in FOREIGN {
        assert!(!page.contains(foreign), "{what} says {foreign}");
    }
}

#[test]
fn every_page_fits() {
    fits("the index", &manual::index_with(&["std/wait"]));
    let topics: Vec<&str> = manual::topics().collect();
    assert!(topics.len() > VERBS.len() + 5, "{}", topics.len());
    each(topics, |topic| fits(topic, &manual::exactly(topic, &all()).expect("a page")));
    for word in ["quota", "server", "file", "name", "text"] {
        fits(word, &manual::search(word, &[]).expect("some verbs"));
    }
}

#[test]
fn help_fits_its_width_and_tells_the_options_everywhere_once() {
    let page = help::plain();
    fits("rhain --help", &page);
    assert!(page.lines().count() <= 90, "{page}");
    let mut command = help::helpful(Arguments::command());
    command.build();
    let mut seen = 0;
    for one in command.get_subcommands_mut() {
        let page = one.render_help().to_string();
        fits(one.get_name(), &page);
        assert!(!page.contains("--dry-run") && page.ends_with("rhain --help\n"), "{page}");
        seen += 1;
    }
    assert!(seen >= 9, "{seen}");
    let (out, err, code) = output(&mut rhain(["--help"]));
    assert_eq!((out.as_str(), err.as_str(), code), (page.as_str(), "", Some(0)));
}

#[test]
fn a_noun_tells_its_fields_and_its_verbs() {
    let page = manual::exactly("servers", &all()).expect("a verb");
    assert!(page.starts_with("servers("), "{page}");
    for word in ["Server", "server"] {
        let page = manual::exactly(word, &all()).expect("a page");
        assert!(page.contains("\n  .ip               text           The address to connect to"), "{page}");
        assert!(page.contains("given by  boot, boot_all, find_server, server, servers\n"), "{page}");
        let taken = page.split("taken by").nth(1).expect("verbs").replace("\n           ", "");
        assert!(
            taken.contains(" lock,") && taken.contains(" snapshot") && !taken.contains("whoami"),
            "{taken}"
        );
    }
    let flavor = manual::exactly("Flavor", &all()).expect("a page");
    assert!(flavor.contains("given by  find_flavor, flavor, flavors\n"), "{flavor}");
}

#[test]
fn a_search_puts_the_best_first() {
    let first = |words: &str| {
        let page = manual::search(
            words,
            &[("cloud::over_quota".into(), "The project has used up its quota.".into())],
        );
        let page = page.unwrap_or_default();
        page.lines().nth(1).and_then(|line| line.split_whitespace().next()).unwrap_or("").to_string()
    };
    for (words, name) in [
        ("quota", "limits"),
        ("over_quota", "cloud::over_quota"),
        ("delete image", "delete"),
        ("password", "set_password"),
        ("snapshots", "snapshot"),
        ("root_disk", "boot"),
        ("JSON", "parse_json"),
        ("floating", "server.ip"),
        ("xylophone", ""),
        ("", ""),
        ("a", ""),
    ] {
        assert_eq!(first(words), name, "{words}: {}", manual::search(words, &[]).unwrap_or_default());
    }
    let page = manual::search("root_disk", &[]).expect("boot");
    assert!(page.contains("Request a server. (`root_disk`)"), "{page}");
}

/// The pages of times, durations, clouds and errors: their code runs, and the fields that they name are there.
#[test]
fn values_are_as_their_pages_say() {
    let world = World::web();
    for (name, one) in
        [("Cloud", "cloud()"), ("Time", "now()"), ("Duration", "server(\"web\").age"), ("Error", "caught()")]
    {
        let page = manual::exactly(name, &all()).expect("a page");
        let examples = page.trim_end().rsplit("\n\n").next().unwrap_or_default();
        let code: Vec<&str> = examples.lines().filter(|line| line.ends_with(';')).collect();
        assert!(!code.is_empty(), "{page}");
        for code in code {
            world.ok(code);
        }
        let fields = page.lines().filter_map(|line| line.strip_prefix("  ."));
        let fields = fields.flat_map(|line| line.split("  ").next().unwrap_or("").split(" ."));
        let fields: Vec<&str> = fields.filter(|field| !field.contains('(')).collect();
        assert!(!fields.is_empty(), "{page}");
        for field in fields {
            world.ok(&format!(
                "fn caught() {{ try {{ server(\"none\") }} catch (e) {{ return e }} }}\nlet x = {one};\nx.{field}"
            ));
        }
    }
    for kind in rhain::cloud::Kind::ALL {
        let page = manual::exactly("errors", &all()).expect("a page");
        assert!(page.contains(&format!("\n  {} ", kind.as_str())), "{kind:?}");
    }
}

#[test]
fn doc_finds_pages_modules_runbooks_and_words() {
    let program = Program::new();
    program.file("lib/web.rhai", "// Webs.\n\n/// Add `n` of them.\nfn add(n) { n }\n");
    program.file("book.rhai", "// Moves things.\n\nconst ZONE = param(\"zone\", #{ type: \"string\", help: \"Where to.\" });\nconst N = param(\"batch_size\", #{ type: \"int\", default: 5, choices: [5, 10] });\n");
    let page = program.run(&["doc", "lib/web.rhai"]).ok();
    assert!(page.contains("use\n  import \"lib/web\" as web;\n"), "{page}");
    assert!(page.contains("\n  add(n)\n      Add `n` of them.\n"), "{page}");
    let page = program.run(&["doc", "book.rhai"]).ok();
    assert!(page.contains("\n  --zone STRING     Where to. [required]\n"), "{page}");
    assert!(page.contains("\n  --batch-size INT  One of: 5, 10. [default: 5]\n"), "{page}");
    assert!(page.contains("use\n  rhain run book.rhai --zone STRING\n"), "{page}");
    let json: Json =
        serde_json::from_str(&program.run(&["doc", "book.rhai", "--format", "json"]).ok()).unwrap();
    assert_eq!(json["parameters"][1]["option"], "batch-size");
    let json: Json = serde_json::from_str(&program.run(&["doc", "resize", "--format", "json"]).ok()).unwrap();
    assert_eq!(json["verb"]["forms"][0]["parameters"][1]["name"], "flavor");
    let json: Json = serde_json::from_str(&program.run(&["doc", "--format", "json"]).ok()).unwrap();
    assert_eq!(json["verbs"].as_array().map(Vec::len), Some(VERBS.len()));
    assert!(program.run(&["doc", "std/wait"]).ok().contains("import \"std/wait\" as wait;"));
    assert!(program.run(&["doc", "std"]).ok().contains("\n  std/wait  "));
    assert!(program.run(&["doc", "cloud::timeout"]).ok().starts_with("cloud::timeout\n"));
    assert!(
        program
            .run(&["doc", "delete", "image"])
            .ok()
            .starts_with("`delete image` is mentioned by\n  delete ")
    );
    assert!(program.run(&["doc", "bot"]).ok().ends_with("rhain doc boot\n"));
    let err = program.run(&["doc", "wait_actve"]).failed(2);
    assert!(err.contains("run `rhain doc wait_active`"), "{err}");
}

#[test]
fn explain_finds_codes_by_word_and_family() {
    let program = Program::new();
    let page = program.run(&["explain", "over_quota"]).ok();
    assert!(
        page.starts_with("cloud::over_quota\n\n  ") && page.contains("\n  fails\n    for n in"),
        "{page}"
    );
    assert_eq!(program.run(&["explain", "cloud::over_quota"]).ok(), page);
    assert!(program.run(&["explain", "gate"]).ok().starts_with("  gate::denied "));
    let err = program.run(&["explain", "value"]).failed(2);
    assert!(
        err.contains("rhain explain config::value") && err.contains("rhain explain param::value"),
        "{err}"
    );
    let err = program.run(&["explain", "overquota"]).failed(2);
    assert!(err.contains("run `rhain explain cloud::over_quota`"), "{err}");
    let list = program.run(&["explain"]).ok();
    fits("the list of codes", &list);
    for code in rhain::diag::codes::names() {
        assert!(list.contains(&format!("\n  {code} ")), "{code}");
    }
    let json: Json =
        serde_json::from_str(&program.run(&["explain", "over_quota", "--format", "json"]).ok()).unwrap();
    assert_eq!((&json["code"], &json["examples"][0]["fails"]), (&"cloud::over_quota".into(), &true.into()));
}

/// What bash offers for the words of a line, the last being typed.
fn offered(words: &str) -> Vec<String> {
    let script = format!(
        "source <(rhain completions bash)\nCOMP_WORDS=({words})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n_rhain\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_rhain")).parent().unwrap();
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", &script]).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
    bash.env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
        .env("HOME", crate::support::program::home());
    let done = bash.output().expect("bash");
    assert_eq!(String::from_utf8_lossy(&done.stderr), "", "{words}");
    String::from_utf8(done.stdout).unwrap().lines().map(str::to_string).collect()
}

#[test]
fn bash_completes_what_the_program_knows() {
    if Command::new("bash").arg("--version").output().is_err() {
        eprintln!("NOT TESTED: there is no bash on this machine");
        return;
    }
    let cases: [(&str, &[&str]); 9] = [
        ("rhain expl", &["explain"]),
        ("rhain doc wait_s", &["wait_status"]),
        // The answer goes where the last `:` is, whether bash breaks words there or not.
        ("rhain explain cloud::over", &["over_quota"]),
        ("rhain explain cloud :: over", &["over_quota"]),
        ("rhain run scripts/01", &["scripts/01-hello.rhai"]),
        ("rhain run scripts/01-hello.rhai --la", &["--larger"]),
        ("rhain --cloud s", &["sim", "sim:aws", "sim:cloudstack", "sim:admin"]),
        ("rhain --format = j", &["json"]),
        ("rhain completions z", &["zsh"]),
    ];
    for (words, wanted) in cases {
        assert_eq!(offered(words), wanted, "{words}");
    }
}

#[test]
fn shells_take_their_scripts() {
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let (script, err, code) = output(&mut rhain(["completions", shell]));
        assert_eq!((err.as_str(), code), ("", Some(0)), "{shell}");
        assert!(script.contains("RHAIN_COMPLETE=") && script.contains("rhain"), "{script}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("completions");
        std::fs::write(&file, &script).unwrap();
        match Command::new(shell).arg(check).arg(&file).output() {
            Ok(done) => assert!(done.status.success(), "{shell}: {}", String::from_utf8_lossy(&done.stderr)),
            Err(_) => eprintln!("NOT TESTED: there is no {shell} on this machine"),
        }
    }
}
