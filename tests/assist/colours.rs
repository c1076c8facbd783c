//! Which bytes are what.

use rhain::assist::{Class, highlight, matching_bracket};

/// The pieces that are no space: their class and text.
fn pieces(text: &str) -> Vec<String> {
    let found = highlight(text);
    let shown = found.iter().filter(|(_, class)| *class != Class::Space);
    shown.map(|(span, class)| format!("{class:?} {}", &text[span.clone()])).collect()
}

#[test]
fn a_statement_has_its_colours() {
    assert_eq!(
        pieces("let s = boot(\"a\\n\", #{ image: x }); // end"),
        [
            "Keyword let",
            "Variable s",
            "Operator =",
            "Verb boot",
            "Operator (",
            "Text \"a",
            "Escape \\n",
            "Text \"",
            "Operator ,",
            "Operator #{",
            "Key image",
            "Operator :",
            "Variable x",
            "Operator }",
            "Operator )",
            "Operator ;",
            "Comment // end"
        ]
    );
    assert_eq!(
        pieces("web::add(s.name.len(), 1.5)"),
        [
            "Module web",
            "Operator ::",
            "Function add",
            "Operator (",
            "Variable s",
            "Operator .",
            "Field name",
            "Operator .",
            "Function len",
            "Operator (",
            "Operator )",
            "Operator ,",
            "Number 1.5",
            "Operator )"
        ]
    );
    assert_eq!(
        pieces("`a ${b} c`"),
        ["Text `a ", "Interpolation ${", "Variable b", "Interpolation }", "Text  c`"]
    );
    assert_eq!(pieces("fn boot2() {}")[..2], ["Keyword fn", "Function boot2"]);
    assert_eq!(pieces("x.in.default")[2..], ["Field in", "Operator .", "Field default"]);
}

#[test]
fn what_is_wrong_shows() {
    assert_eq!(pieces("print(\"abc"), ["Verb print", "Operator (", "Error \"abc"]);
    assert_eq!(pieces("f(]"), ["Function f", "Operator (", "Error ]"]);
    assert_eq!(pieces("a ) €"), ["Variable a", "Error )", "Error €"]);
}

#[test]
fn every_byte_is_in_one_piece() {
    for text in ["", " ", "let x = `a ${`b`} c`;\n\n", "\u{feff}x", "\"日本\\u0041\\q\\", "/* open"] {
        let mut end = 0;
        for (span, _) in highlight(text) {
            assert!(span.start == end && span.end > end, "{text:?}");
            end = span.end;
        }
        assert_eq!(end, text.len(), "{text:?}");
    }
}

#[test]
fn brackets_know_each_other() {
    let text = "f(a[1], \"(\", #{ b: `${c}` })";
    let last = text.len() - 1;
    assert_eq!(matching_bracket(text, 1), Some(last));
    assert_eq!(matching_bracket(text, last), Some(1));
    assert_eq!(matching_bracket(text, text.len()), Some(1));
    assert_eq!(matching_bracket(text, 5), Some(3));
    assert_eq!(matching_bracket(text, text.find("#{").expect("a map")), text.rfind(" }").map(|at| at + 1));
    assert_eq!(matching_bracket("f(", 1), None);
    assert_eq!(matching_bracket("a", 0), None);
    assert_eq!(matching_bracket(")", 0), None);
}
