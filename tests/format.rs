//! `rhain fmt`: what it makes of scripts, and that it never changes a word of one.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use crate::support::{Program, each};
use crate::syntax::corpus;
use proptest::prelude::*;
use rhain::format::{difference, format, same_tokens};
use rhain::syntax::{lexer, parse};

fn root() -> std::path::PathBuf {
    std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A script twice is the script once, and no token changes.
#[track_caller]
fn holds(text: &str) -> String {
    let once = format(text).unwrap_or_else(|| panic!("not laid out:\n{text}"));
    assert!(same_tokens(text, &once), "a token changed:\n{text}\n----\n{once}");
    let twice = format(&once).unwrap_or_else(|| panic!("not laid out again:\n{once}"));
    assert_eq!(once, twice, "twice is not once, of:\n{text}");
    let lines = once.lines().filter(|line| line.ends_with(' ') && !text.contains(*line));
    assert_eq!(lines.collect::<Vec<_>>(), [""; 0], "spaces at the end of a line");
    once
}

#[test]
fn every_script_of_the_project_twice_is_the_same() {
    let right = corpus().into_iter().filter(|text| parse(text).mistakes.is_empty()).collect::<Vec<_>>();
    assert!(right.len() > 300, "only {} scripts were found", right.len());
    each(right, |text| {
        holds(&text);
    });
}

#[test]
fn the_scripts_that_are_shown_to_people_are_laid_out() {
    let mut seen = 0;
    for folder in ["scripts", "stdlib"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|kind| kind == "rhai") {
                let text = std::fs::read_to_string(&path).unwrap();
                assert_eq!(holds(&text), text, "{}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 16);
}

#[test]
fn spaces_lines_and_indentation_are_set() {
    let cases = [
        ("let a=1;let b = -a+ - 2;", "let a = 1;\nlet b = -a + -2;\n"),
        ("if a{b()}else{c()}", "if a { b() } else { c() }\n"),
        ("if a\n{\nb()}\nelse\n{c()\n}", "if a {\n    b()\n} else {\n    c()\n}\n"),
        ("let m=#{a:1,\"b c\":[1,2] , };", "let m = #{ a: 1, \"b c\": [1, 2], };\n"),
        ("let m = #{};\nlet f = [ ];", "let m = #{};\nlet f = [];\n"),
        ("f( a ,|x|x+1 , || 2 )", "f(a, |x| x + 1, || 2)\n"),
        (
            "boot(\"web\", #{\nimage: \"cirros\",\n  flavor: \"m1\" });",
            "boot(\"web\", #{\n    image: \"cirros\",\n    flavor: \"m1\"\n});\n",
        ),
        (
            "servers()\n.filter(|s| {\ns.ok\n})\n.len",
            "servers()\n    .filter(|s| {\n        s.ok\n    })\n    .len\n",
        ),
        ("let x = a\n&& b\n&& c;", "let x = a\n    && b\n    && c;\n"),
        (
            "switch x {\n1|2 => a(),\n3.. => b(),\n_ => {\nc()\n}\n}",
            "switch x {\n    1 | 2 => a(),\n    3.. => b(),\n    _ => {\n        c()\n    }\n}\n",
        ),
        ("for i in 1 ..= 3{print( i)}", "for i in 1..=3 { print(i) }\n"),
        ("do{a()}\nwhile b;", "do { a() } while b;\n"),
        ("a ( 1 ) ; a [ 0 ] . b ( ) ; ! a", "a(1);\na[0].b();\n!a\n"),
        ("if !(a in b)||c !in d{}", "if !(a in b) || c !in d {}\n"),
        ("print(`a ${ x  + 1 }  b`)", "print(`a ${x + 1}  b`)\n"),
        ("print(`a ${\n  x\n}\n  b`)", "print(`a ${\n  x\n}\n  b`)\n"),
        ("a();   // why\n\n\n\n// next\nb();  ", "a(); // why\n\n// next\nb();\n"),
        ("fn f(a){\n\n// only\n\n}", "fn f(a) {\n    // only\n}\n"),
        ("try{a()}catch(e){b()}", "try { a() } catch (e) { b() }\n"),
        ("private fn  f ( ) { } ///d\nfn g(){}", "private fn f() {} ///d\nfn g() {}\n"),
        ("\r\nlet a = 1;\r\nlet b = 2;\r\n", "let a = 1;\nlet b = 2;\n"),
        ("if a\n&& b {\nc\n}", "if a\n    && b {\n    c\n}\n"),
        ("a(/* one */ 1, 2 /* two */);", "a(/* one */ 1, 2 /* two */);\n"),
        ("", ""),
        (
            "#!/usr/bin/env rhain\n//! allow: env=HOME\nlet a=1;",
            "#!/usr/bin/env rhain\n//! allow: env=HOME\nlet a = 1;\n",
        ),
        ("let x = y?.z ?? -1;let r=a?[0];", "let x = y?.z ?? -1;\nlet r = a?[0];\n"),
        ("return;\nthrow  \"x\";", "return;\nthrow \"x\";\n"),
        ("m.private;#{in:4}", "m.private;\n#{ in: 4 }\n"),
    ];
    each(cases.into_iter().filter(|(text, _)| parse(text).mistakes.is_empty()), |(text, wanted)| {
        assert_eq!(holds(text), wanted, "of:\n{text}");
    });
}

/// The tokens of a script with other gaps between them; within a text none is changed.
fn shaken(text: &str, seed: u64) -> String {
    let mut random = fastrand::Rng::with_seed(seed);
    let tokens = lexer::tokens(text);
    let (mut out, mut texts) = (String::new(), Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        let before = if at == 0 { 0 } else { tokens[at - 1].end };
        let gap = &text[before..token.start];
        let comment = at > 0 && tokens[at - 1].shape == lexer::Shape::Comment;
        let gap = match random.u8(0..6) {
            // A line's end may end a statement: where none was, none comes, and where one was, one stays.
            _ if comment || !texts.is_empty() => gap.to_string(),
            0 if !gap.is_empty() && !gap.contains('\n') => "   ".to_string(),
            1 if gap.contains('\n') => "\n\n\n\t".to_string(),
            2 if gap.contains('\n') => "\r\n".to_string(),
            3 if matches!(&text[token.start..token.end], ")" | "," | ";" | "}" | "]") => format!("{gap}  "),
            4 if at > 0 && matches!(tokens[at - 1].text(text), "(" | "," | "{" | "[") => format!("{gap}\n"),
            _ => gap.to_string(),
        };
        out.push_str(&gap);
        out.push_str(token.text(text));
        if lexer::opens(token, text) && (!texts.is_empty() || token.text(text) == "${") {
            texts.push(());
        } else if lexer::closes(token, text) {
            texts.pop();
        }
    }
    out
}

#[test]
fn scripts_with_other_gaps_hold_too() {
    let all: Vec<String> = corpus().into_iter().filter(|text| parse(text).mistakes.is_empty()).collect();
    each(all.iter().enumerate(), |(nth, text)| {
        for round in 0..3 {
            let other = shaken(text, nth as u64 * 7 + round);
            if same_tokens(text, &other) && parse(&other).mistakes.is_empty() {
                holds(&other);
            }
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn scripts_made_of_parts_hold(parts in proptest::collection::vec(0usize..PARTS.len(), 1..14), seed: u64) {
        let text: String = parts.iter().map(|part| PARTS[*part]).collect::<Vec<_>>().join("");
        let text = shaken(&text, seed);
        if parse(&text).mistakes.is_empty() {
            holds(&text);
        }
    }

    #[test]
    fn any_text_is_laid_out_or_left(text in "[a-z0-9 \n\r\t(){}\\[\\]|.,;:=+!#$`\"'/*-]{0,60}") {
        if format(&text).is_some() {
            holds(&text);
        }
    }

    #[test]
    fn a_difference_is_what_changes(old in "[ab\n]{0,20}", new in "[ab\n]{0,20}") {
        match difference(&old, &new) {
            None => prop_assert_eq!(old, new),
            Some((span, instead)) => {
                let mut made = old.clone();
                made.replace_range(span, instead);
                prop_assert_eq!(made, new);
            }
        }
    }
}

/// Pieces that scripts are made of.
const PARTS: &[&str] = &[
    "let a = 1;",
    "\n",
    " ",
    "// c\n",
    "/* c */",
    "f(a, b)",
    ";",
    "{ x }",
    "if a { b } else { c }",
    "#{ a: 1 }",
    "[1, 2]",
    "|x| x + 1",
    "|x| { x; }",
    "`t ${a} t`",
    "`${`${b}`}`",
    "-",
    "!",
    "+",
    "..",
    "in",
    "x",
    "1",
    ".y",
    "fn f(a) { a }",
    "switch a { 1 => 2, _ => 3 }",
    "while a { b(); }",
    "do { a } while b",
    "(",
    ")",
    "{",
    "}",
    ",",
    "return",
    "throw 1",
    "try { a } catch (e) { b }",
    "for i in 1..=3 { print(i) }",
    "\n\n\n",
    "#\"raw\"#",
    "'c'",
];

#[test]
fn the_command_formats_files_folders_and_standard_input() {
    let program = Program::new();
    let folder = program.folder();
    std::fs::create_dir_all(folder.join("lib")).unwrap();
    std::fs::write(folder.join("a.rhai"), "let a=1;print(a)").unwrap();
    std::fs::write(folder.join("lib/b.rhai"), "print(2);\n").unwrap();
    std::fs::write(folder.join("lib/wrong.rhai"), "print(2;\n").unwrap();
    let ended = program.run(&["fmt", "--check", "a.rhai", "lib/b.rhai"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.out.contains("a.rhai:1\n- let a=1;print(a)\n+ let a = 1;\n+ print(a)"), "{}", ended.out);
    assert_eq!(std::fs::read_to_string(folder.join("a.rhai")).unwrap(), "let a=1;print(a)");
    // One that is no script does not keep the others from being laid out.
    let ended = program.run(&["fmt"]);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("wrong.rhai"), "{}", ended.err);
    assert_eq!(ended.out, "a.rhai\n");
    assert_eq!(std::fs::read_to_string(folder.join("a.rhai")).unwrap(), "let a = 1;\nprint(a)\n");
    assert_eq!(std::fs::read_to_string(folder.join("lib/wrong.rhai")).unwrap(), "print(2;\n");
    let ended = program.run(&["fmt", "--check", "a.rhai", "lib/b.rhai"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""));
    let ended = program.run_with(&["fmt", "-"], "let a=1;");
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "let a = 1;\n"));
    let ended = program.run_with(&["fmt", "--check", "-"], "let a = 1;\n");
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""));
    let ended = program.run(&["fmt", "none.rhai"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("there is no such file"), "{}", ended.err);
}
