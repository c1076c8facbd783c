//! The tree of a text, held to the engine: what the engine takes has no mistakes, and any text has a tree.

#![allow(clippy::expect_used, clippy::panic)]

use crate::support::World;
use proptest::prelude::*;
use rhain::script::failure::Cause;
use rhain::script::natives::Reader;
use rhain::script::run::Program;
use rhain::syntax::tree::{Node, children};
use rhain::syntax::{lexer, parse};
use rhain::verbs::VERBS;

/// Whether the engine takes a text; `None` where it stopped at a variable and did not read on.
fn engine_takes(world: &World, text: &str) -> Option<bool> {
    match Program::compile(&world.setup.session, "test.rhai", text) {
        Ok(_) => Some(true),
        Err(failure) => match &failure.cause {
            Cause::Parse(error) => {
                let code = error.code.as_deref().unwrap_or("");
                if code.starts_with("import::") {
                    Some(true)
                } else {
                    (!code.starts_with("language::")).then_some(false)
                }
            }
            _ => None,
        },
    }
}

/// Every script at hand: those of the project, the examples, the wrong ones of the diagnostics, and some of all forms.
pub fn corpus() -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open = vec![root.join("scripts"), root.join("stdlib"), root.join("tests")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rhai") {
                let text = std::fs::read_to_string(path).expect("a script");
                found.extend(text.split("// ----\n").map(str::to_string));
            }
        }
    }
    found.extend(VERBS.iter().flat_map(|verb| verb.examples).map(|example| example.code.to_string()));
    found.extend(FORMS.iter().map(|form| form.to_string()));
    found
}

/// Forms of the language that runbooks seldom show.
const FORMS: &[&str] = &[
    "let x = if true { 1 } else if false { 2 } else { 3 };",
    "let x = switch 3 { 1 | 2 => \"a\", 3 if true => { 4 } 5..=7 => (), _ => throw \"x\" };",
    "for (a, i) in [1, 2] { if a == i { continue } else { break } }",
    "let r = loop { break 4; }; let w = while true { break };",
    "do { print(1) } while false; do { print(2) } until true;",
    "let a = [1, [2, 3]]; a[1][0] += 2; a[-1] = 3; let b = a?[0]; let c = a?.len();",
    "let f = |a, b| a + b; let g = || 3; let h = |x| { return x; }; f.call(1, 2)",
    "private fn f(a) { a } fn g() { f(1) } /// doc\nfn h() {}",
    "try { throw } catch { } try { throw 1 } catch (e) { throw e; }",
    "let m = #{ a: 1, \"b c\": 2, private: 3, in: 4, default: 5, }; m.private; m.default",
    "let t = `a ${1 + 2} b ${`c ${3}`} ${let z = 4; z}`; let r = #\"raw \"x\" text\"#;",
    "let x = -1 - -2 ** 2 ** 3 << 4; let y = !true && 1 in [1] || 2 !in [2] ?? 3;",
    "const A = 1; fn f() { global::A } export A as b; export let q = 1; export const C = 2;",
    "let i = 0x1F + 0b11 + 0o17 + 1_000 + 1.5e3; let c = 'x'; let d = '\\n';",
    "let s = 5; s.type_of(); { let s = 2; } let z = { 3 };",
    "let x = 1; x += 1; x <<= 2; x **= 2; x ^= 3; x |= 1;",
    "let x = 5..; let y = ..5; let z = [1.., ..=2]; switch 5 { 3.. => print(..), _ => () }",
    "fn f(a) { let b = a ?? return 1; for i in [()] { let c = i ?? continue; } b ?? throw \"x\" }",
    "for i in 0..10 { } for i in 0..=9 { } let z = (1..3).contains(2);",
    "fn f() { this.x = 1; this.len() } let m = #{x: 0}; m.f();",
    "let f = Fn(\"print\"); f.call(1); call(f, 1);",
    "let a = [1, 2, 3,]; print(a,);",
    ";;; let x = 1;;",
    "#!/usr/bin/env rhain\nlet x = 1;",
    "fn f(x) { switch x { 0 => return 1, _ => { } } let y = 2; if y == 2 { return y } y }",
    "let x = 1; if x == 1 { 2 } else { 3 }\nlet y = 4; y",
];

#[test]
fn what_the_engine_takes_has_no_mistakes() {
    let world = World::new();
    let mut right = 0;
    for text in corpus() {
        let tree = parse(&text);
        if engine_takes(&world, &text) == Some(true) {
            right += 1;
            assert!(
                tree.mistakes.is_empty(),
                "the engine takes this, with a mistake at {:?}:\n{text}",
                tree.mistakes.iter().map(|span| (span.clone(), &text[span.clone()])).collect::<Vec<_>>()
            );
        }
    }
    assert!(right > 150, "{right} right");
}

/// Every form with one token left out: the tree has a mistake where the engine has one, and none where it has none.
#[test]
fn a_token_left_out_is_a_mistake_to_both() {
    let world = World::new();
    let reader = Reader::new(&world.setup.session);
    // Of meaning, not of form: what the tree takes and leaves to the checks.
    let meaning = [
        "parse::duplicate",
        "parse::loop",
        "parse::assign",
        "parse::reserved",
        "parse::switch",
        "parse::doc_comment",
        "parse::let",
        "parse::type",
    ];
    let (mut right, mut wrong, mut missed) = (0, 0, Vec::new());
    for form in FORMS {
        for token in lexer::code(form) {
            let text = format!("{}{}", &form[..token.start], &form[token.end..]);
            let mistakes = parse(&text).mistakes;
            match reader.mistake("test.rhai", &text) {
                None => {
                    right += 1;
                    assert!(
                        mistakes.is_empty(),
                        "the engine takes this, with mistakes at {mistakes:?}: {text}"
                    );
                }
                Some(failure) => {
                    let Cause::Parse(error) = &failure.cause else { panic!("no mistake of form: {text}") };
                    let code = error.diagnostic.unwrap_or_default();
                    if code.starts_with("language::") || meaning.contains(&code) {
                        continue;
                    }
                    wrong += 1;
                    if mistakes.is_empty() {
                        missed.push(format!("{code}: {text}"));
                    }
                }
            }
        }
    }
    assert!(right > 100 && wrong > 200, "{right} right, {wrong} wrong");
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

/// Every node lies in its parent, on character boundaries.
fn sound(text: &str) {
    fn down(node: Node<'_>, text: &str, outer: &std::ops::Range<usize>) {
        let span = node.span();
        assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
        assert!(
            outer.start <= span.start && span.end <= outer.end,
            "{span:?} is outside of {outer:?} in {text:?}"
        );
        for child in children(node) {
            down(child, text, &span);
        }
    }
    let tree = parse(text);
    down(Node::Block(&tree.block), text, &(0..text.len()));
    for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
        tree.path_at(at);
    }
}

#[test]
fn spans_are_sound() {
    for text in corpus() {
        sound(&text);
    }
}

#[test]
fn whatever_is_nested_or_chained_deeply_has_a_tree() {
    for piece in [
        "(",
        "[",
        "#{a:",
        "{",
        "f(",
        "|x|",
        "-",
        "!",
        "if a {",
        "`${",
        "a.",
        "a + ",
        "1 ** ",
        "x[",
        "fn f() {",
        "try {",
        "switch a { 1 =>",
        "while a { ",
    ] {
        sound_shallow(&piece.repeat(20_000));
    }
    sound_shallow(&format!("a{}", ".b()".repeat(20_000)));
    sound_shallow(&format!("if a {{}}{}", " else if a {}".repeat(20_000)));
    let long = format!("let x = 1{};", " + 1".repeat(100));
    assert!(parse(&long).mistakes.is_empty());
}

fn sound_shallow(text: &str) {
    let tree = parse(text);
    let mut deepest = 0;
    tree.walk(&mut |path| deepest = deepest.max(path.len()));
    assert!(deepest < 3000, "{deepest}");
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
    #[test]
    fn any_text_has_a_tree(text in "(\\PC|[a-z0-9.,;:|&=<>!+*/(){}\\[\\] \n\"`$#'-]|let |fn |if |for x in |#\\{|\\$\\{|try |catch |switch |=> |import ){0,80}") {
        sound(&text);
    }
}
