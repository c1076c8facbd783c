//! Questions where nobody can answer.

use crate::support::World;

#[test]
fn without_a_terminal_a_question_is_an_error() {
    let world = World::new();
    world.fails(r#"confirm("Sure?")"#, "failed", "answer every `confirm` with --yes");
    world.fails(r#"ask("Name?")"#, "failed", "make it a parameter");
    world.fails(
        r#""Password?".ask_secret()"#,
        "failed",
        "`ask_secret` has nobody to ask: there is no terminal",
    );
    assert_eq!(world.error(r#"ask("a")"#).diagnostic, Some("language::no_terminal"));
}

#[test]
fn yes_answers_confirms_and_nothing_else() {
    let world = World::with(|options| options.yes = true);
    world.gives(r#"confirm("Sure?")"#, "true");
    world.fails(r#"ask("Name?")"#, "failed", "no terminal");
}

#[test]
fn a_question_is_a_text_that_is_not_empty() {
    let world = World::with(|options| options.yes = true);
    world.fails(r#"confirm("")"#, "invalid_argument", "it is empty");
    world.fails("confirm(1)", "invalid_argument", "give text");
    world.fails("confirm()", "invalid_argument", "`question` is missing");
    world.fails(r#"confirm("a", "b")"#, "invalid_argument", "one too many");
}
