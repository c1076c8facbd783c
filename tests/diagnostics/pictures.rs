//! Texts that are hard to draw: long lines, tabs, wide and combining characters, other line ends, one line, the end, nothing.
//! Each is drawn in plain form at 80 columns in `pictures/NAME.txt` (written anew with `RHAIN_WRITE=1`), and its
//! span is held to the bytes it must name.

use crate::support::{World, of_tests};
use rhain::diag::{Style, draw, from_script, to_json};

/// Draw what ends a script, hold it to its picture, and the span in JSON to `marked`, the bytes that are at fault.
#[track_caller]
fn pictured(name: &str, script: &str, marked: &str) {
    let world = World::new();
    let Err(failure) = world.run(script) else { panic!("no error in {script:?}") };
    let report =
        from_script::report(&failure, &world.setup.session.texts, &[]).expect("an error has a report");
    let drawn = draw(&report, Style::PLAIN, &[]);
    let path = of_tests("diagnostics/pictures").join(format!("{name}.txt"));
    #[allow(clippy::disallowed_methods)] // the test runner's own environment
    if std::env::var_os("RHAIN_WRITE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, &drawn).expect("the picture is written");
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(drawn == wanted, "drawn:\n{drawn}\nwanted:\n{wanted}");
    for line in drawn.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "wider than 80 columns:\n{drawn}");
    }
    let json = to_json(&report, &[]);
    let byte = |name: &str| usize::try_from(json[name].as_u64().expect("a number")).expect("it fits");
    assert_eq!(script.get(byte("start_byte")..byte("end_byte")), Some(marked), "{json:#}");
    let lines: Vec<&str> = script.split('\n').collect();
    let line = lines[byte("line") - 1];
    let from: String = line.chars().skip(byte("column") - 1).collect();
    assert!(from.starts_with(marked), "{json:#}");
    let counted = marked.chars().count();
    assert_eq!((byte("end_line"), byte("end_column")), (byte("line"), byte("column") + counted), "{json:#}");
}

#[test]
fn a_wide_line_is_cut_on_both_sides() {
    let before = "let total = 0; ".repeat(30);
    let after = "print(\"and more\"); ".repeat(20);
    pictured("wide-middle", &format!("{before}bott(\"web\"); {after}"), "bott");
}

#[test]
fn a_wide_line_is_cut_on_the_right_for_its_beginning() {
    pictured("wide-beginning", &format!("bott(1); {}", "let total = 0; ".repeat(40)), "bott");
}

#[test]
fn a_wide_line_is_cut_on_the_left_for_its_end() {
    pictured("wide-end", &format!("{}bott(1)", "let total = 0; ".repeat(40)), "bott");
}

#[test]
fn what_is_itself_wider_than_the_page_is_cut() {
    pictured("wide-mark", &format!("let a = 1; {}", "wide".repeat(150)), &"wide".repeat(150));
}

#[test]
fn both_ends_of_a_bracket_on_a_wide_line() {
    pictured("wide-bracket", &format!("print([{}", "1, ".repeat(200)), "[");
}

#[test]
fn a_wide_line_above_is_cut_too() {
    pictured("wide-above", &format!("let a = \"{}\";\nbott(1)", "x".repeat(300)), "bott");
}

#[test]
fn tabs_are_as_wide_as_they_look() {
    pictured("tabs", "if true {\n\tlet a =\t1;\n\t\tprint(a,\tbott(a));\n}", "bott");
}

#[test]
fn wide_characters_count_twice() {
    pictured("cjk", "let 名 = \"服务器\";", "名");
    pictured("cjk-before", "let a = \"服务器のなまえ\"; bott(a, \"日本\")", "bott");
}

#[test]
fn emoji_and_what_joins_them() {
    pictured("emoji", "print(\"🚀 launch 👩\u{200d}💻\"); bott(\"🎉\")", "bott");
}

#[test]
fn combining_characters_take_no_column() {
    pictured("combining", "print(\"cafe\u{301} nai\u{308}ve\"); bott(1)", "bott");
}

#[test]
fn other_line_ends_are_not_drawn() {
    pictured("crlf", "let a = 1;\r\nbott(a);\r\nprint(a);\r\n", "bott");
    pictured("crlf-semicolon", "let a = 1\r\nlet b = 2;\r\n", "");
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    pictured("mark", "\u{feff}let a = 1; bott(a)", "bott");
}

#[test]
fn one_line_alone() {
    pictured("one-line", "bott(1)", "bott");
}

#[test]
fn the_very_end() {
    pictured("end", "let a = [1, 2", "[");
    pictured("end-of-statement", "let a =", "");
    pictured("end-after-lines", "let a = 1;\nif a == 1 {\n    print(a);\n\n\n", "{");
}

#[test]
fn a_line_that_is_far_down() {
    pictured("far-down", &format!("{}bott(1)", "let a = 1;\n".repeat(1200)), "bott");
}

#[test]
fn no_text_is_no_error() {
    for text in ["", "\n", "   ", "// nothing", "\r\n", "\u{feff}"] {
        assert!(World::new().run(text).is_ok(), "{text:?}");
    }
}
