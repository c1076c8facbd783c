//! Diagnostics: every error that a script can reach is written at the line that causes it, in
//! `diagnostics/*.rhai`; pictures of whole reports are below, those of the program itself in `cli/twelve.rs`.

#![allow(clippy::expect_used, clippy::panic)]

mod engine;
mod pictures;
mod wrong;

use rhain::cloud;
use rhain::cloud::Value;
use rhain::cloud::error::{Error, Kind, Place, RequestLine};
use rhain::diag::report::{Mark, Section};
use rhain::diag::{Report, Style, draw, from_cloud, from_script, to_json};
use rhain::script::errors::runtime::{self, Known, Signature};
use rhain::script::failure::{Cause, Failure, Site, Sources};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a small session knows: two verbs, a server's fields, the text of its modules.
struct Session {
    texts: BTreeMap<String, String>,
}

fn form(parameters: &[(&str, bool)]) -> Vec<(String, bool)> {
    parameters.iter().map(|(name, required)| ((*name).to_owned(), *required)).collect()
}

impl Known for Session {
    fn verbs(&self) -> Vec<Signature> {
        let verb = |name: &str, forms: &[&[(&str, bool)]]| Signature {
            name: name.into(),
            forms: forms.iter().map(|parameters| form(parameters)).collect(),
        };
        vec![
            verb("boot", &[&[("name", true), ("spec", true)]]),
            verb("servers", &[&[], &[("filter", true)]]),
            verb("server", &[&[("server", true)]]),
            verb("stop", &[&[("server", true), ("options", false)]]),
            verb("reboot", &[&[("server", true)], &[("server", true), ("how", true)]]),
            verb("resize", &[&[("server", true), ("flavor", true)]]),
            verb("wait_active", &[&[("server", true)], &[("server", true), ("timeout", true)]]),
            verb("add", &[&[("a", true), ("b", true)]]),
            verb("web::add", &[&[("n", true)]]),
        ]
    }

    fn fields(&self, type_name: &str) -> Vec<String> {
        match type_name {
            "Server" => ["id", "name", "status", "flavor", "ip"].map(String::from).to_vec(),
            _ => Vec::new(),
        }
    }

    fn text(&self, source: &str) -> Option<String> {
        self.texts.get(source).cloned()
    }
}

impl Sources for Session {
    fn text(&self, name: &str) -> Option<String> {
        self.texts.get(name).cloned()
    }
}

#[derive(Clone)]
struct Server;

fn engine() -> rhai::Engine {
    let mut engine = rhai::Engine::new();
    engine.set_fail_on_invalid_map_property(true).set_strict_variables(true).set_max_call_levels(20);
    engine.set_max_expr_depths(64, 64);
    engine.register_type_with_name::<Server>("Server");
    engine.register_get("name", |_: &mut Server| "web".to_owned());
    engine.register_fn("server", |_: &str| Server);
    engine.register_fn("servers", rhai::Array::new);
    engine.register_fn("boot", |_: &str, _: rhai::Map| Server);
    engine.register_fn("resize", |_: &mut Server, _: &str| ());
    engine.register_fn("refuse", |error: Error| -> Result<(), Box<rhai::EvalAltResult>> {
        Err(rhai::EvalAltResult::ErrorRuntime(rhai::Dynamic::from(error), rhai::Position::NONE).into())
    });
    engine
}

/// What running a script as `main.rhai` gives, when it fails.
fn fail(session: &Session) -> Option<Failure> {
    let engine = engine();
    let text = &session.texts["main.rhai"];
    let mut ast = match engine.compile(text) {
        Ok(ast) => ast,
        Err(error) => return Some(runtime::parse_failure(&error, "main.rhai", text, session)),
    };
    ast.set_source("main.rhai");
    let error = engine.eval_ast::<rhai::Dynamic>(&ast).err()?;
    Some(runtime::failure(&error, "main.rhai", session))
}

fn session(text: &str) -> Session {
    Session { texts: BTreeMap::from([("main.rhai".to_owned(), text.to_owned())]) }
}

/// Words of the engine and of Rust that no reader may meet.
const FOREIGN: &[&str] = &[
    "i64",
    "f64",
    "&str",
    "ImmutableString",
    "anon$",
    "FnPtr",
    "Dynamic",
    "registered",
    "EvalAltResult",
    "bool",
    "Rhai",
    "rhai::",
    "core::",
    "failed to",
    "invalid",
    "not found",
];

/// What is shown of a script holds no word of the engine that the script itself does not hold.
#[track_caller]
fn foreign(script: &str, shown: &str) {
    // Plain English holds two of them.
    let shown = &shown.replace("booleans", "").replace("rejected the request as invalid", "");
    // An id may hold the letters of one, and be cut by the end of a line.
    let cut = regex::Regex::new(r"\n\s*").expect("a pattern");
    let id = regex::Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}").expect("a pattern");
    let joined = cut.replace_all(shown, "");
    let ids: Vec<String> = id.find_iter(&joined).map(|found| found.as_str().to_string()).collect();
    let spaced = cut.replace_all(shown, " ");
    let in_ids = |word: &str| {
        let held: usize = ids.iter().map(|id| id.matches(word).count()).sum();
        held > 0 && spaced.matches(word).count() <= held
    };
    let shown = &spaced;
    for word in FOREIGN {
        assert!(!shown.contains(word) || script.contains(word) || in_ids(word), "`{word}` in:\n{shown}");
    }
}

/// Every code that stands in the sources has its page, and every page is of a code that stands there.
#[test]
fn codes_and_pages_are_the_same() {
    let family = regex::Regex::new(
        "\"((?:call|check|parse|language|cloud|config|import|param|cli|gate|script|journal|plan)::[a-z_]+)\"",
    )
    .expect("a pattern");
    let mut written = std::collections::BTreeSet::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("codes/mod.rs") {
                let text = std::fs::read_to_string(&path).expect("text");
                written.extend(family.captures_iter(&text).map(|found| found[1].to_string()));
            }
        }
    }
    let pages: std::collections::BTreeSet<String> = rhain::diag::codes::names().map(String::from).collect();
    assert_eq!(written.difference(&pages).collect::<Vec<_>>(), [""; 0], "codes without a page");
    assert_eq!(pages.difference(&written).collect::<Vec<_>>(), [""; 0], "pages without a code");
    assert!(written.len() > 90, "{}", written.len());
}

/// A failure of one site in `main.rhai`.
fn failed(error: Error, line: usize, column: usize) -> Failure {
    let site = Site { source: "main.rhai".into(), line, column, function: None };
    Failure { cause: Cause::Error(error), sites: vec![site] }
}

const TERMINAL: Style = Style { unicode: true, color: false, width: 80 };

/// The report of a failure in a script of this text.
fn reported(text: &str, failure: &Failure) -> Report {
    from_script::report(failure, &session(text), &[]).expect("an error has a report")
}

#[test]
fn a_refusal_reads_as_it_is_pictured() {
    let mut error = Error::new(Kind::OverQuota, "`boot` was refused: no quota left for cores")
        .at(Place::Verb, "`web-13` was not made")
        .fact("region", "RegionOne")
        .answer("Quota exceeded for cores: Requested 8")
        .help("run `rhain --cloud lab -e 'limits()'` to see what is left");
    error.cloud = Some("lab".into());
    error.provider = Some("openstack");
    error.request_id = Some("req-7f3c".into());
    let (outcome, elapsed) = ("403 in 212 ms".into(), Duration::from_millis(212));
    error.request = Some(RequestLine { method: "POST", path: "/v2.1/servers".into(), outcome, elapsed });
    let text = "fn add(n) {\n    boot(`web-${n}`, #{})\n}\n";
    let session = session(text);
    let exists = ["12 servers of this run: web-1 … web-12".to_owned()];
    let report = from_script::report(&failed(error, 2, 5), &session, &exists).expect("an error has a report");
    let expected = "\
cloud::over_quota

  × `boot` was refused: no quota left for cores
   ╭─[main.rhai:2:5]
 1 │ fn add(n) {
 2 │     boot(`web-${n}`, #{})
   ·     ──┬─
   ·       ╰── `web-13` was not made
   ╰────
  cloud    lab (openstack, RegionOne)
  request  POST /v2.1/servers → 403 in 212 ms, req-7f3c
  answer   Quota exceeded for cores: Requested 8
  exists   12 servers of this run: web-1 … web-12
  help     run `rhain --cloud lab -e 'limits()'` to see what is left
           rhain explain cloud::over_quota
";
    let drawn = draw(&report, TERMINAL, &[]);
    assert!(drawn == expected, "{drawn}");
    let json = to_json(&report, &[]);
    assert_eq!(json["diagnostic"], "cloud::over_quota");
    assert_eq!(json["kind"], "over_quota");
    assert_eq!(json["request"]["seconds"], 0.212);
    assert_eq!(json["places"][0]["line"], 2);
    assert_eq!(json["places"][0]["end_column"], 9);
    assert_eq!(json["facts"]["exists"], "12 servers of this run: web-1 … web-12");
    let coloured = draw(&report, Style { color: true, ..TERMINAL }, &[]);
    let plain: String =
        coloured.split('\u{1b}').map(|part| part.split_once('m').map_or(part, |(_, rest)| rest)).collect();
    assert!(coloured.contains('\u{1b}') && plain.contains("`web-13` was not made"), "{plain}");
}

#[test]
fn a_lost_answer_says_maybe() {
    let mut error = Error::new(Kind::Network, "lab stopped answering while `boot` was being sent")
        .fact("looked", "for a server with this run's marker, 3 times over 12 s: found none");
    error.maybe = true;
    let drawn = draw(&reported("boot(1)", &failed(error, 1, 1)), TERMINAL, &[]);
    assert!(
        drawn.contains("  looked   for a server with this run's marker, 3 times over 12 s: found none\n"),
        "{drawn}"
    );
    assert!(
        drawn.contains("  exists   maybe what was asked for: the request may have reached the cloud\n"),
        "{drawn}"
    );
    assert!(drawn.contains("  help     run `rhain explain cloud::network`\n"), "{drawn}");
}

#[test]
fn what_is_known_to_exist_is_said_once() {
    let flavor = |name: &str| {
        let (vcpus, ram, disk) = (1, 512, 1);
        let (id, name, raw) = (format!("id-{name}"), name.to_owned(), serde_json::Value::Null.into());
        Value::from(cloud::Flavor { id, name, vcpus, ram, disk, cloud: "lab".into(), raw })
    };
    let error = |names: &[&str]| {
        let mut error = Error::new(Kind::Failed, "it failed");
        error.exists = names.iter().map(|name| flavor(name)).collect();
        error
    };
    let facts = |error: Error, ledger: &[&str]| -> Vec<String> {
        let ledger: Vec<String> = ledger.iter().map(|line| (*line).to_owned()).collect();
        from_cloud::report(&error, &ledger)
            .facts
            .into_iter()
            .map(|(name, text)| format!("{name}: {text}"))
            .collect()
    };
    assert_eq!(facts(error(&["web-3"]), &[]), ["exists: web-3"]);
    assert_eq!(facts(error(&["web-3"]), &["web-3, in ERROR"]), ["exists: web-3, in ERROR"]);
    assert_eq!(facts(error(&["a", "b"]), &["c, ACTIVE"]), ["exists: c, ACTIVE", "exists: 2 flavors: a, b"]);
    let many: Vec<String> = (1..=9).map(|n| format!("w{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(facts(error(&many), &[]), ["exists: 9 flavors: w1 … w9"]);
}

#[test]
fn hostile_words_do_nothing_to_a_terminal() {
    let error = Error::new(Kind::Failed, "bad\u{1b}[2J \u{202e}name\r\u{7}")
        .answer(format!("line one\nline\ttwo\u{9b}31m {}", "x".repeat(5000)))
        .at(Place::Verb, "label\u{1b}]0;title\u{7}");
    let text = "let a = \"\u{1b}[31m\u{200b}\u{202e}\"; boot(1)\r\n\tboot(2)";
    for style in [TERMINAL, Style::PLAIN] {
        let drawn = draw(&reported(text, &failed(error.clone(), 1, 18)), style, &[]);
        let hostile = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{200b}' | '\u{202e}');
        assert!(!drawn.contains(hostile), "{drawn:?}");
        assert!(drawn.contains("\\u{1b}[2J") && drawn.len() < 3000, "{drawn}");
    }
}

#[test]
fn known_secrets_never_print() {
    let secret = "hunter22-äö".to_owned();
    let key = "-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----".to_owned();
    let secrets = [secret.clone(), key.clone()];
    let error = Error::new(Kind::Failed, format!("`{secret}` is refused"))
        .answer(format!("no such user: demo:{secret}"))
        .at(Place::Argument(1), format!("not {secret}"))
        .help(format!("say {key}"));
    let text = format!("let k = `{key}`;\nlogin(\"demo\", \"{secret}\");");
    let report = reported(&text, &failed(error, 4, 1));
    for drawn in [draw(&report, TERMINAL, &secrets), to_json(&report, &secrets).to_string()] {
        for hidden in ["hunter22", "abcdefgh", "END KEY"] {
            assert!(!drawn.contains(hidden), "{drawn}");
        }
    }
    let drawn = draw(&report, TERMINAL, &secrets);
    assert!(drawn.contains("login(\"demo\", \"••••••\");"), "{drawn}");
}

#[test]
fn an_interruption_says_what_exists_and_an_exit_says_nothing() {
    let interrupted = |token: rhai::Dynamic| {
        let error = rhai::EvalAltResult::ErrorTerminated(token, rhai::Position::new(3, 1));
        runtime::failure(&error, "main.rhai", &session(""))
    };
    let by_hand = interrupted(rhai::Dynamic::UNIT);
    assert_eq!(by_hand.cause, Cause::Interrupted { terminated: false });
    assert_eq!(
        interrupted(rhai::Dynamic::from(rhain::script::failure::Ending::Terminated)).cause,
        Cause::Interrupted { terminated: true }
    );
    let exists = ["web-3, web-9".to_owned()];
    let report = from_script::report(&by_hand, &session(""), &exists).expect("an interruption has a report");
    assert_eq!(draw(&report, Style::PLAIN, &[]), "  x the run was interrupted\n  exists   web-3, web-9\n");
    let exit = rhai::EvalAltResult::Exit(rhai::Dynamic::from(7_i64), rhai::Position::NONE);
    let failure = runtime::failure(&exit, "main.rhai", &session(""));
    assert_eq!(failure.cause, Cause::Exit(7));
    assert!(from_script::report(&failure, &session(""), &[]).is_none());
}

#[test]
fn calls_lead_through_their_own_sources() {
    use rhai::{EvalAltResult as E, Position as P};
    let thrown = E::ErrorRuntime("no".into(), P::new(9, 5));
    let inner = E::ErrorInFunctionCall("anon$1f".into(), "lib/b.rhai".into(), thrown.into(), P::new(7, 3));
    let middle = E::ErrorInFunctionCall("all".into(), "lib/a.rhai".into(), inner.into(), P::new(2, 1));
    let failure = runtime::failure(&middle, "main.rhai", &session(""));
    let sites: Vec<_> = failure
        .sites
        .iter()
        .map(|site| (site.source.as_str(), site.line, site.function.as_deref()))
        .collect();
    assert_eq!(
        sites,
        [("lib/b.rhai", 9, Some("closure")), ("lib/a.rhai", 7, Some("all")), ("main.rhai", 2, None)]
    );
}

#[test]
fn an_error_in_a_modules_text_is_the_modules() {
    use rhai::{EvalAltResult as E, ParseErrorType, Position as P};
    let mut session = session("import \"lib/web\" as web;\n");
    session.texts.insert("lib/web.rhai".into(), "fn add(n) {\n    let a = 1\n    a\n}\n".into());
    let inner = E::ErrorParsing(
        ParseErrorType::MissingToken(";".into(), "to terminate this statement".into()),
        P::new(3, 5),
    );
    let error = E::ErrorInModule("lib/web.rhai".into(), inner.into(), P::new(1, 8));
    let failure = runtime::failure(&error, "main.rhai", &session);
    let report = from_script::report(&failure, &session, &[]).expect("an error has a report");
    assert_eq!(report.code, "parse::semicolon");
    assert_eq!(report.sections[0].source, "lib/web.rhai");
    assert_eq!(report.sections[1].marks[0].label, "imported here");
}

#[test]
fn every_error_of_the_engine_has_words() {
    use rhai::{Dynamic, EvalAltResult as E, ParseErrorType, Position};
    let at = Position::new(1, 1);
    let named: Vec<(E, &str)> = vec![
        (E::ErrorSystem("i64".into(), "string".into()), "language::failed"),
        (E::ErrorParsing(ParseErrorType::UnexpectedEOF, at), "parse::end"),
        (E::ErrorVariableExists("a".into(), at), "language::variable"),
        (E::ErrorForbiddenVariable("a".into(), at), "language::variable"),
        (E::ErrorVariableNotFound("a".into(), at), "language::unknown_variable"),
        (E::ErrorPropertyNotFound("a".into(), at), "language::missing_key"),
        (E::ErrorIndexNotFound(Dynamic::from(5_i64), at), "language::missing_key"),
        (E::ErrorFunctionNotFound("get$x (i64)".into(), at), "language::unknown_field"),
        (E::ErrorFunctionNotFound("index$get$ (i64, bool)".into(), at), "language::index"),
        (E::ErrorFunctionNotFound("anon$af (i64)".into(), at), "call::closure"),
        (E::ErrorModuleNotFound("a".into(), at), "language::module"),
        (E::ErrorUnboundThis(at), "language::this"),
        (E::ErrorMismatchDataType("bool".into(), "()".into(), at), "language::type"),
        (E::ErrorMismatchOutputType("i64".into(), "map".into(), at), "language::type"),
        (E::ErrorIndexingType("bool [i64]".into(), at), "language::index"),
        (E::ErrorArrayBounds(0, 1, at), "language::index"),
        (E::ErrorStringBounds(2, 5, at), "language::index"),
        (E::ErrorBitFieldBounds(64, 70, at), "language::index"),
        (E::ErrorFor(at), "language::type"),
        (E::ErrorDataRace("variable 'a'".into(), Position::NONE), "language::data_race"),
        (E::ErrorNonPureMethodCallOnConstant("push".into(), at), "language::constant"),
        (E::ErrorAssignmentToConstant("A".into(), at), "language::constant"),
        (E::ErrorDotExpr("Property i64 of string".into(), at), "language::unknown_field"),
        (E::ErrorArithmetic("i64 of f64".into(), at), "language::arithmetic"),
        (E::ErrorTooManyOperations(at), "language::limit"),
        (E::ErrorTooManyVariables(at), "language::limit"),
        (E::ErrorTooManyModules(at), "language::limit"),
        (E::ErrorStackOverflow(at), "language::too_deep"),
        (E::ErrorDataTooLarge("Length of string".into(), at), "language::limit"),
        (E::ErrorCustomSyntax("bool".into(), vec![], at), "language::failed"),
        (E::ErrorRuntime(Dynamic::UNIT, at), "language::thrown"),
        (E::LoopBreak(true, Dynamic::UNIT, at), "parse::loop"),
    ];
    for (error, code) in named {
        let failure = runtime::failure(&error, "main.rhai", &session("x"));
        let report = from_script::report(&failure, &session("x"), &[]).expect("an error has a report");
        assert_eq!(report.code, code, "{error:?}");
        let drawn = draw(&report, Style::PLAIN, &[]);
        for foreign in FOREIGN {
            assert!(!drawn.contains(foreign), "`{foreign}` in:\n{drawn}");
        }
    }
}

#[test]
fn a_missing_key_names_the_nearest() {
    let near = runtime::missing_key("rolle", ["role", "zone"]);
    assert_eq!(near.label.as_deref(), Some("did you mean `role`?"));
    assert_eq!(runtime::missing_key("x", ["role", "zone"]).label.as_deref(), Some("it has role, zone"));
    assert_eq!(runtime::missing_key::<&str>("x", []).label.as_deref(), Some("the map is empty"));
}

proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
    #[test]
    fn any_report_is_drawn_within_its_width(
        text in "[\"`${}#(),.\n\r\t\u{1b}\u{200d}a-z漢é ]{0,120}",
        marks in proptest::collection::vec((0usize..130, 0usize..130, "[a-z漢é` ]{0,60}"), 0..4),
        title in "[a-z漢é` \u{7}]{0,100}", width in 40usize..120, unicode in proptest::bool::ANY,
    ) {
        let mut report = Report::new("a::b", title);
        let marks = marks.into_iter().map(|(a, b, label)| Mark { span: a.min(b)..a.max(b), label }).collect();
        report.sections.push(Section { source: "a".into(), text: text.into(), marks });
        let drawn = draw(&report, Style { unicode, color: false, width }, &["secret".into()]);
        // Two marks far apart on a line leave no choice but to be wide.
        let alone = report.sections[0].marks.len() < 2;
        for line in drawn.lines().filter(|_| alone) {
            proptest::prop_assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{}", drawn);
        }
        to_json(&report, &[]);
    }

    #[test]
    fn any_text_that_does_not_parse_is_explained(text in "(let|if|fn|for|and|#\\{|\\$\\{|[a-c{}()\\[\\]\"'`;:,.=+|# \n0-9]|\\PC){0,30}") {
        if let Some(failure) = fail(&session(&text)) {
            let report = from_script::report(&failure, &session(&text), &[]);
            if let Some(report) = report {
                for section in &report.sections {
                    for mark in &section.marks {
                        proptest::prop_assert!(section.text.get(mark.span.clone()).is_some(), "{:?}", mark);
                    }
                }
                let json = to_json(&report, &[]);
                if let (Some(from), Some(to)) = (json["start_byte"].as_u64(), json["end_byte"].as_u64()) {
                    proptest::prop_assert!(from <= to && to <= text.len() as u64, "{}", json);
                }
                proptest::prop_assert!(!draw(&report, TERMINAL, &[]).is_empty());
            }
        }
    }
}
