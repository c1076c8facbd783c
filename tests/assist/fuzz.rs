//! Nothing breaks on any text: parse, check, highlight, complete, hint, signature and hover, on the same bytes.

use super::around::Around;
use crate::support::World;
use crate::syntax::corpus;
use proptest::prelude::*;
use rhain::assist::{complete, highlight, hint, hover, matching_bracket, signature};
use rhain::syntax::lexer::tokens;
use rhain::verbs::VERBS;

/// All that is asked of a text while it is typed, with what must hold of the answers.
fn holds(text: &str, at: usize) {
    let mut end = 0;
    for (span, _) in highlight(text) {
        assert!(
            span.start == end && span.end > end && text.is_char_boundary(span.end),
            "{span:?} of {text:?}"
        );
        end = span.end;
    }
    assert_eq!(end, text.len(), "{text:?}");
    let found = complete(text, at, &Around);
    assert!(found.start <= at && text.is_char_boundary(found.start), "{} of {text:?} at {at}", found.start);
    if let Some(found) = signature(text, at, &Around) {
        let form = &found.forms[found.form];
        assert!(found.param.is_none_or(|param| param < form.params.len()), "{text:?} at {at}");
        let spans = found.forms.iter().flat_map(|form| form.params.iter().map(move |param| (form, param)));
        for (form, (span, _)) in spans {
            assert!(form.label.get(span.clone()).is_some(), "{text:?} at {at}");
        }
    }
    if let Some(found) = hint(text, at, &Around) {
        assert!(found.active.is_none_or(|span| found.form.get(span).is_some()), "{text:?} at {at}");
    }
    if let Some(found) = hover(text, at, &Around) {
        assert!(text.get(found.span.clone()).is_some_and(|word| !word.is_empty()), "{text:?} at {at}");
    }
    if let Some(other) = matching_bracket(text, at) {
        assert!(text.is_char_boundary(other) && matching_bracket(text, other).is_some(), "{text:?} at {at}");
    }
}

fn checks(world: &World, text: &str) {
    crate::assist::checked(world, text);
}

/// Bytes that open, close or end something; one is half a character.
const BREAKING: &[u8] = b"\"`$#{}()[].,;:|\\/*'\n \xC3";

/// A text that is a little wrong: bytes or tokens are dropped, doubled, moved, or put there from elsewhere.
fn mutated(random: &mut fastrand::Rng, corpus: &[String]) -> String {
    let mut text = corpus[random.usize(..corpus.len())].clone();
    if text.len() > 4000 {
        let start = (0..=random.usize(..text.len() - 4000)).rev().find(|at| text.is_char_boundary(*at));
        text = text[start.unwrap_or(0)..].chars().take(4000).collect();
    }
    for _ in 0..=random.usize(..6) {
        text = if random.bool() { of_tokens(random, &text, corpus) } else { of_bytes(random, &text) };
    }
    text
}

fn of_bytes(random: &mut fastrand::Rng, text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = random.usize(..=bytes.len());
    match random.usize(..4) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, random.u8(..)),
        2 if at < bytes.len() => {
            bytes.remove(at);
        }
        _ if at < bytes.len() => bytes[at] = BREAKING[random.usize(..BREAKING.len())],
        _ => bytes.extend_from_slice(b"\xff\xc3"),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn of_tokens(random: &mut fastrand::Rng, text: &str, corpus: &[String]) -> String {
    let own = tokens(text);
    if own.is_empty() {
        return format!("{text}{}", VERBS[random.usize(..VERBS.len())].name);
    }
    let one = own[random.usize(..own.len())].span();
    let other = own[random.usize(..own.len())].span();
    let (before, behind) = (&text[..one.start], &text[one.end..]);
    match random.usize(..6) {
        0 => format!("{before}{behind}"),
        1 => format!("{before}{0} {0}{behind}", &text[one.clone()]),
        2 => format!("{before}{}{behind}", &text[other]),
        3 => format!("{before}{}.{behind}", &text[one.clone()]),
        4 => text[..one.end].to_string(),
        _ => {
            let from = &corpus[random.usize(..corpus.len())];
            let theirs = tokens(from);
            let piece = match theirs.len() {
                0 => "(",
                count => {
                    let start = random.usize(..count);
                    let end = (start + random.usize(1..8)).min(count) - 1;
                    &from[theirs[start].start..theirs[end].end]
                }
            };
            format!("{before}{piece} {behind}")
        }
    }
}

/// One text, at several places.
fn round(random: &mut fastrand::Rng, corpus: &[String], world: &World) {
    let text = mutated(random, corpus);
    for _ in 0..4 {
        holds(&text, random.usize(..=text.len()));
    }
    holds(&text, text.len());
    // To check a text takes as long as to complete it at fifty places.
    if random.u8(..5) == 0 {
        checks(world, &text);
    }
}

#[test]
fn scripts_that_are_a_little_wrong() {
    let (corpus, world) = (corpus(), World::new());
    let mut random = fastrand::Rng::with_seed(20_260_728);
    for _ in 0..150 {
        round(&mut random, &corpus, &world);
    }
}

#[test]
fn every_place_of_a_script() {
    let text = "import \"lib/fleet\" as f; // ä\nlet w = server(\"web\"); w.resize(`m${1}`).meta[\"ü\"] = #{ a: [1, |x| x.y] };\n\
                fn g(a) { boot(a, #{ image: \"c\", networks: [#{ network: \"p\" }] }) } if w.status == \"A\" { } try { } catch (e) { e. }";
    for at in 0..=text.len() {
        holds(text, at);
        holds(&String::from_utf8_lossy(&text.as_bytes()[..at]), at);
    }
}

/// For as long as it is told, on a seed that is told: `RHAIN_FUZZ_SECONDS=300 cargo test --test all fuzz:: -- --ignored`.
#[test]
#[ignore = "runs as long as RHAIN_FUZZ_SECONDS says"]
fn for_as_long_as_it_is_told() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("RHAIN_FUZZ_SECONDS").unwrap_or(60);
    let first = number("RHAIN_FUZZ_SEED").unwrap_or(1);
    let (corpus, world) = (corpus(), World::new());
    let begun = std::time::Instant::now();
    let mut seed = first;
    while begun.elapsed().as_secs() < seconds {
        let one = |seed: u64| round(&mut fastrand::Rng::with_seed(seed), &corpus, &world);
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| one(seed)));
        assert!(done.is_ok(), "seed {seed}: RHAIN_FUZZ_SEED={seed} shows it again");
        seed += 1;
    }
    println!("{} texts, seeds {first} to {}", seed - first, seed - 1);
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
    #[test]
    fn any_text_at_any_place(text in "(\\PC|[a-z0-9.,;:|&=<>!+*/(){}\\[\\] \n\"`$#'-]|let |fn |boot\\(|server\\(\"|#\\{|\\$\\{|try |catch |=> |import \"|\\.meta){0,60}", at in 0usize..400) {
        holds(&text, at.min(text.len()));
    }
}
