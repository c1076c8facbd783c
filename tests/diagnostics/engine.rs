//! Every error that the engine has: a script that meets it, or why none can. The engine's enums cannot be matched
//! completely from outside, so the lists are held to one version of it, and are gone through again for the next.

use super::foreign;
use crate::support::{STACK, World};
use rhai::{Dynamic, EvalAltResult, ParseError, ParseErrorType, Position};
use rhain::diag::{Report, Style, draw, from_script};
use rhain::script::errors::runtime;
use rhain::script::failure::{Failure, Sources};

/// How an error is met.
enum Met {
    /// By this script.
    By(&'static str),
    /// By this script, written out.
    Long(fn() -> String),
    /// By a script too long for a test, which holds what is said of it to the error itself.
    Rarely(fn() -> Report),
    /// Not at all, for this reason.
    Never(&'static str),
}
use Met::{By, Long, Never, Rarely};

const PARSING: &[(&str, Met)] = &[
    ("UnexpectedEOF", By("loop { let x = 1 } while")),
    ("UnknownOperator", By("let x = 1; x++;")),
    ("MissingToken", By("let x = [1 2];")),
    ("MissingSymbol", Never("it is of custom syntax, and there is none")),
    ("MalformedCallExpr", Never("the engine no longer uses it")),
    ("MalformedIndexExpr", By("[1][\"a\"]")),
    ("MalformedInExpr", Never("the engine no longer uses it")),
    ("MalformedCapture", By("fn f() { } let x = 1; x.f!();")),
    ("DuplicatedProperty", By("#{ a: 1, a: 2 }")),
    ("DuplicatedSwitchCase", Never("the engine no longer uses it")),
    ("DuplicatedVariable", By("for (x, x) in [1] { }")),
    ("WrongSwitchIntegerCase", By("switch 1 { 0..5 => 1, 3 => 2 }")),
    ("WrongSwitchDefaultCase", By("switch 1 { _ => 1, 2 => 3 }")),
    ("WrongSwitchCaseCondition", By("switch 1 { _ if true => 1 }")),
    ("PropertyExpected", By("let x = 1; x.;")),
    ("VariableExpected", By("let 5 = 1;")),
    ("ForbiddenVariable", Never("no name of a variable is forbidden")),
    ("Reserved", By("print \"x\"")),
    ("MismatchedType", By("if 5 { }")),
    ("ExprExpected", By("if { }")),
    ("WrongDocComment", By("/// nothing\nlet x = 1;")),
    ("WrongFnDefinition", By("if true { fn f() { } }")),
    ("FnDuplicatedDefinition", By("fn f() { } fn f() { }")),
    ("FnMissingName", By("fn () { }")),
    ("FnMissingParams", By("fn f { }")),
    ("FnDuplicatedParam", By("fn f(a, a) { }")),
    ("FnMissingBody", By("fn f()")),
    ("WrongExport", By("if true { export let x = 1; }")),
    ("AssignmentToConstant", By("const X = 1; X = 2;")),
    ("AssignmentToInvalidLHS", By("fn f() { } f() = 1;")),
    ("VariableExists", Never("a variable may hide another")),
    ("VariableUndefined", By("x + 1")),
    ("ModuleUndefined", By("web::add(1)")),
    ("ExprTooDeep", Long(|| format!("let x = {}1{};", "(".repeat(300), ")".repeat(300)))),
    ("TooManyFunctions", Rarely(|| parsing(ParseErrorType::TooManyFunctions))),
    ("LiteralTooLarge", Never("nothing that is written out is limited")),
    ("LoopBreak", By("break;")),
];

const LEXING: &[(&str, Met)] = &[
    ("UnexpectedInput", By("let x = ;")),
    ("UnterminatedString", By("let x = \"a")),
    ("StringTooLong", Never("the length of a text is not limited")),
    ("MalformedEscapeSequence", By("let x = \"\\q\";")),
    ("MalformedNumber", By("let x = 0xzz;")),
    ("MalformedChar", By("let x = 'ab';")),
    ("MalformedIdentifier", By("let __ = 1;")),
    ("ImproperSymbol", By("1 === 1")),
    ("Runtime", Never("it is of custom syntax, and there is none")),
];

const RUNNING: &[(&str, Met)] = &[
    ("ErrorSystem", Never("the engine reads no file itself")),
    ("ErrorParsing", Never("texts are parsed before they run, and `Fn` is ours")),
    ("ErrorVariableExists", Never("a variable may hide another")),
    ("ErrorForbiddenVariable", Never("no name of a variable is forbidden")),
    ("ErrorVariableNotFound", By("fn f() { global::NONE } f()")),
    ("ErrorPropertyNotFound", Never("a missing key is told by `assigning`, with the keys there are")),
    ("ErrorIndexNotFound", Never("no index that is ours raises it")),
    ("ErrorFunctionNotFound", By("bott(1)")),
    ("ErrorModuleNotFound", Never("our resolver tells itself what it does not find")),
    ("ErrorUnboundThis", By("fn f() { this.x } f()")),
    ("ErrorMismatchDataType", By("let x = 5; while x { }")),
    ("ErrorMismatchOutputType", Never("results are taken as they are")),
    ("ErrorIndexingType", By("let x = #{ a: 1 }; x.b")),
    ("ErrorArrayBounds", By("[1][5]")),
    ("ErrorStringBounds", By("\"a\"[5]")),
    ("ErrorBitFieldBounds", By("let x = 1; x[77]")),
    ("ErrorFor", By("let x = 5; for i in x { }")),
    ("ErrorDataRace", By("let a = [1]; let f = |x| { a.push(x); this.len() }; a.map(f)")),
    ("ErrorNonPureMethodCallOnConstant", By("const X = [1]; X.push(2)")),
    ("ErrorAssignmentToConstant", By("const X = 1; fn f() { global::X = 2; } f()")),
    ("ErrorDotExpr", By("let x = 1; x.y")),
    ("ErrorArithmetic", By("1 / 0")),
    ("ErrorTooManyOperations", Never("operations are not limited")),
    ("ErrorTooManyVariables", Rarely(|| running(&EvalAltResult::ErrorTooManyVariables(Position::START)))),
    ("ErrorTooManyModules", Never("the same module is read once, and each file has 256 modules")),
    ("ErrorStackOverflow", By("fn f() { f() } f()")),
    ("ErrorDataTooLarge", Never("sizes are not limited")),
    ("ErrorTerminated", By("exit(1)")),
    ("ErrorCustomSyntax", Never("there is no custom syntax")),
    ("ErrorRuntime", By("throw \"no\"")),
    ("LoopBreak", Never("`break` outside of a loop does not parse")),
    ("Return", Never("`return` ends the script as its value does")),
    ("Exit", Never("`exit` is ours")),
];

fn parsing(error: ParseErrorType) -> Report {
    let error = ParseError(error.into(), Position::START);
    reported(&runtime::parse_failure(&error, "test.rhai", "x", &Nothing))
}

fn running(error: &EvalAltResult) -> Report {
    reported(&runtime::failure(error, "test.rhai", &Nothing))
}

fn reported(failure: &Failure) -> Report {
    from_script::report(failure, &Nothing, &[]).expect("an error has a report")
}

/// A run that knows no function, of a script that is `x`.
struct Nothing;

impl runtime::Known for Nothing {
    fn verbs(&self) -> Vec<runtime::Signature> {
        Vec::new()
    }
    fn fields(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

impl Sources for Nothing {
    fn text(&self, _: &str) -> Option<String> {
        Some("x".to_string())
    }
}

/// The name of a variant.
fn variant(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}").split(|c: char| !c.is_alphanumeric()).next().unwrap_or("").to_string()
}

fn innermost(error: &EvalAltResult) -> &EvalAltResult {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) | EvalAltResult::ErrorInModule(_, inner, _) => {
            innermost(inner)
        }
        error => error,
    }
}

/// The engine's own name for what ends a script.
fn met(engine: &rhai::Engine, script: &str) -> String {
    match engine.compile(script) {
        Err(error) => match error.err_type() {
            ParseErrorType::BadInput(error) => variant(error),
            error => variant(error),
        },
        Ok(ast) => match engine.eval_ast::<Dynamic>(&ast) {
            Err(error) => variant(innermost(&error)),
            Ok(_) => "nothing".to_string(),
        },
    }
}

#[track_caller]
fn told(name: &str, script: &str, report: &Report) {
    assert!(!["parse::error", "language::failed"].contains(&report.code.as_str()), "{name}: {report:?}");
    assert!(!report.sections.is_empty(), "{name} has no place");
    foreign(script, &draw(report, Style::PLAIN, &[]));
}

fn each_is_told(list: &'static [(&str, Met)]) {
    let held = move || {
        let world = World::new();
        let engine = rhain::script::engine::engine(&world.setup.session);
        for (name, how) in list {
            let script = match how {
                By(script) => (*script).to_string(),
                Long(script) => script(),
                Rarely(report) => {
                    told(name, "x", &report());
                    continue;
                }
                Never(_) => continue,
            };
            assert_eq!(met(&engine, &script), *name, "{:.200}", script);
            let Err(failure) = world.run(&script) else { panic!("{name}: no error") };
            let sources = &world.setup.session.texts;
            let Some(report) = from_script::report(&failure, sources, &[]) else {
                assert_eq!(*name, "ErrorTerminated");
                continue;
            };
            told(name, &script, &report);
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(held).expect("a thread");
    if let Err(why) = thread.join() {
        std::panic::resume_unwind(why);
    }
}

#[test]
fn each_error_of_parsing_has_words() {
    each_is_told(PARSING);
}

#[test]
fn each_error_of_reading_tokens_has_words() {
    each_is_told(LEXING);
}

#[test]
fn each_error_of_running_has_words() {
    each_is_told(RUNNING);
}

#[test]
fn the_lists_are_of_the_engine_that_is_used() {
    let lock = include_str!("../../Cargo.lock");
    let used = lock.split("[[package]]").find(|package| package.contains("name = \"rhai\"\n"));
    assert!(
        used.expect("the engine").contains("version = \"1.27.0\""),
        "go through the engine's errors again"
    );
    for list in [PARSING, LEXING, RUNNING] {
        let mut names: Vec<&str> = list.iter().map(|(name, _)| *name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        let reasons = list.iter().filter_map(|(_, how)| match how {
            Never(why) => Some(why),
            _ => None,
        });
        assert!(reasons.clone().all(|why| why.len() > 10));
    }
    assert_eq!((PARSING.len(), LEXING.len(), RUNNING.len()), (37, 9, 33));
}
