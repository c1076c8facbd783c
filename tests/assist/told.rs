//! Signatures, hints and explanations.

use super::around::{Around, marked};
use crate::support::World;
use rhain::assist::{hint, hover, signature};

/// The form, the parameter in brackets of its own, and the number of forms.
fn shown(text: &str) -> String {
    let (plain, at) = marked(text);
    let Some(found) = signature(&plain, at, &Around) else { return "nothing".into() };
    let form = &found.forms[found.form];
    match found.param {
        Some(param) => {
            let span = form.params[param].0.clone();
            format!("{}«{}»{}", &form.label[..span.start], &form.label[span.clone()], &form.label[span.end..])
        }
        None => form.label.clone(),
    }
}

#[test]
fn the_parameter_under_the_cursor() {
    assert_eq!(shown("resize(‸"), "resize(«server», flavor)");
    assert_eq!(shown("resize(a, ‸"), "resize(server, «flavor»)");
    assert_eq!(shown("resize(a, f(1, 2)‸"), "resize(server, «flavor»)");
    assert_eq!(shown("resize(a, \"m1‸\")"), "resize(server, «flavor»)");
    assert_eq!(shown("db.resize(‸)"), "resize(«flavor»)");
    assert_eq!(shown("db.resize(\"a\", ‸)"), "resize(flavor)");
    assert_eq!(shown("cloud(\"lab\").resize(\"web\", ‸)"), "resize(server, «flavor»)");
    assert_eq!(shown("boot(\"a\", #{ image: ‸"), "boot(name, «#{…}»)");
    assert_eq!(shown("reboot(db, ‸"), "reboot(server, «[how]»)");
    assert_eq!(shown("set_meta(db, \"a\", ‸"), "set_meta(resource, key, «value»)");
    assert_eq!(shown("whoami(‸"), "whoami()");
    assert_eq!(shown("grow(db, ‸"), "grow(s, «by»)");
    assert_eq!(shown("fn add(a, b) {} add(1, ‸"), "add(a, «b»)");
    assert_eq!(shown("fleet::all(‸"), "all(«role»)");
    assert_eq!(shown("\"a\".replace(\"b\", ‸"), "replace(text, «text»)");
    assert_eq!(shown("max(1, ‸"), "max(number, «number»)");
    assert_eq!(shown("servers().filter(|a, b| ‸"), "filter(«closure»)");
    assert_eq!(shown("servers().for_each(|s| { ‸ })"), "nothing");
    assert_eq!(shown("let x = ‸"), "nothing");
    assert_eq!(shown("nobody(‸"), "nothing");
    assert_eq!(shown("fn f(‸"), "nothing");
    assert_eq!(shown("resize(db, \"a\")‸"), "nothing");
}

#[test]
fn a_signature_says_what_its_parts_are() {
    let (text, at) = marked("boot(‸");
    let found = signature(&text, at, &Around).expect("a signature");
    assert_eq!(found.summary, "Request a server.");
    assert_eq!(found.forms[0].params[0].1, "Its name.");
    assert!(found.forms[0].params[1].1.starts_with("Options: image, flavor, meta"));
    let (text, at) = marked("grow(‸");
    assert_eq!(signature(&text, at, &Around).expect("a signature").summary, "Make it larger.");
}

#[test]
fn a_hint_is_what_is_still_to_be_typed() {
    let rest = |text: &str| {
        let (plain, at) = marked(text);
        hint(&plain, at, &Around).map(|hint| (hint.form, hint.rest))
    };
    let told = |form: &str, rest: &str| Some((form.to_string(), rest.to_string()));
    assert_eq!(rest("db.resize(‸"), told("resize(flavor)", "flavor)"));
    assert_eq!(rest("resize(db, ‸"), told("resize(server, flavor)", "flavor)"));
    assert_eq!(rest("resize(d‸"), told("resize(server, flavor)", ""));
    assert_eq!(rest("whoami(‸"), told("whoami()", ")"));
    assert_eq!(rest("delete(db, #{ ‸"), told("missing_ok, force, wait, retain, on_error", ""));
    assert_eq!(rest("delete(db, #{ force: true, m‸"), told("missing_ok", "issing_ok"));
    assert_eq!(
        rest("delete(db, #{ missing_ok: ‸"),
        told("missing_ok: Whether what is gone already is no error.", "")
    );
    assert_eq!(rest("let x = 1;‸"), None);
    assert_eq!(rest("// resize(‸"), None);
}

fn said(text: &str) -> (String, String) {
    let (plain, at) = marked(text);
    let found = hover(&plain, at, &Around).unwrap_or_else(|| panic!("nothing is told in {text:?}"));
    (plain[found.span].to_string(), found.markdown)
}

fn pair(word: &str, told: &str) -> (String, String) {
    (word.to_string(), told.to_string())
}

#[test]
fn a_word_is_explained() {
    let (word, page) = said("db.res‸ize(\"a\")");
    assert_eq!(word, "resize");
    assert!(page.starts_with("```text\nresize(server, flavor) → Server"), "{page}");
    assert_eq!(said("db.na‸me"), pair("name", "`.name` of a server, text\n\nIts name."));
    assert_eq!(said("settings.po‸rt"), pair("port", "`port`: a number"));
    assert_eq!(
        said("boot(\"a\", #{ fl‸avor: 1 })"),
        pair(
            "flavor",
            "`flavor`, an option of `boot`\n\nIts size, by object, id or name; required, unless `like` gives it."
        )
    );
    assert_eq!(said("let al = servers(); a‸l"), pair("al", "`al`: an array of servers"));
    assert_eq!(said("let a‸l = now();"), pair("al", "`al`: a time"));
    assert_eq!(said("gr‸ow(db, 1)"), pair("grow", "```rhai\nfn grow(s, by)\n```\n\nMake it larger."));
    assert_eq!(said("fleet::al‸l(1)"), pair("all", "```rhai\nfn all(role)\n```\n\nEvery server of a role."));
    assert_eq!(
        said("fle‸et::all(1)"),
        pair("fleet", "module `fleet`\n\n- `all(role)`: Every server of a role.")
    );
    let (word, text) = said("xs.fil‸ter(|x| x)");
    assert_eq!(word, "filter");
    assert!(
        text.contains("filter(array or map, closure)") && text.contains("[1, 2, 3].filter(|n| n > 1)"),
        "{text}"
    );
    assert_eq!(said("db‸"), pair("db", "`db`: a server"));
    for text in ["// db.na‸me", "\"na‸me\"", "nobo‸dy", "db.nobo‸dy", "‸", "le‸t x = 1;"] {
        let (plain, at) = marked(text);
        assert_eq!(hover(&plain, at, &Around), None, "{text}");
    }
}

/// The fields that are offered of times, errors and clouds are those that they have.
#[test]
fn the_fields_of_plain_values_are_those_of_the_language() {
    let world = World::web();
    for (value, text) in [("now()", "now().‸"), ("cloud()", "cloud().‸"), ("e", "try { } catch (e) { e.‸ }")]
    {
        let (plain, at) = marked(text);
        let items = rhain::assist::complete(&plain, at, &Around).items;
        let fields: Vec<String> = items
            .into_iter()
            .filter(|item| item.kind == rhain::assist::Kind::Field)
            .map(|item| item.label)
            .collect();
        assert!(fields.len() >= 3, "{text}");
        let read = |field: &str| format!("try {{ server(\"nobody\") }} catch (e) {{ {value}.{field} }}");
        for field in &fields {
            world.ok(&read(field));
        }
        let refused = world.run(&read("nobody")).expect_err("no such field");
        let said = format!("{:?}", refused.cause);
        let told = said.split("use one of its fields: ").nth(1).and_then(|rest| rest.split('"').next());
        assert_eq!(told, Some(fields.join(", ").as_str()));
    }
}
