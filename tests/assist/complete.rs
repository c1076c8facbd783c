//! What may stand at a place, in order.

use super::around::{Around, marked};
use rhain::assist::{Completion, Environment, Kind, Nothing, What, complete};
use rhain::cloud::Noun;
use rhain::verbs::VERBS;
use std::sync::Arc;

fn at(text: &str) -> Completion {
    let (text, at) = marked(text);
    complete(&text, at, &Around)
}

/// The labels, in order.
fn labels(text: &str) -> Vec<String> {
    at(text).items.into_iter().map(|item| item.label).collect()
}

/// The text after the first item is taken, with the cursor behind it.
fn taken(text: &str) -> String {
    let (plain, cursor) = marked(text);
    let found = complete(&plain, cursor, &Around);
    let first = found.items.first().unwrap_or_else(|| panic!("nothing is offered in {text:?}"));
    format!("{}{}‸{}", &plain[..found.start], first.text, &plain[cursor..])
}

#[track_caller]
fn offers(text: &str, wanted: &[&str]) {
    assert_eq!(labels(text), wanted, "{text}");
}

/// The first few are these.
#[track_caller]
fn begins(text: &str, wanted: &[&str]) {
    let found = labels(text);
    assert_eq!(found.iter().take(wanted.len()).collect::<Vec<_>>(), wanted, "{text}");
}

#[track_caller]
fn lacks(text: &str, unwanted: &[&str]) {
    let found = labels(text);
    let there: Vec<&&str> = unwanted
        .iter()
        .filter(|name| found.iter().any(|label| label.split('(').next() == Some(name)))
        .collect();
    assert!(there.is_empty(), "{text} offers {there:?}");
}

#[test]
fn verbs() {
    offers("wait_a‸", &["wait_active(resource, timeout)"]);
    offers("let s = boo‸", &["boot(name, #{…})", "boot_all(specs, #{…})"]);
    // Letters in order, where nothing begins with them.
    begins("wtactive‸", &["wait_active(resource, timeout)"]);
    assert_eq!(taken("whoa‸"), "whoami()‸");
    assert_eq!(taken("let s = boot_‸"), "let s = boot_all(‸");
    assert_eq!(taken("let s = boot_‸(x)"), "let s = boot_all‸(x)");
    let found = at("wait_act‸");
    assert_eq!((found.start, found.items[0].kind), (0, Kind::Verb));
    assert!(!found.items[0].detail.is_empty());
}

#[test]
fn keywords_come_last_and_only_when_begun() {
    offers("whi‸", &["while"]);
    lacks("‸", &["while", "let"]);
    lacks("w‸", &["while"]);
}

#[test]
fn methods_of_what_a_value_is() {
    let all = [
        "reboot(how)",
        "rebuild(image, #{…})",
        "refresh()",
        "remove_security_group(security_group)",
        "remove_tags(tags)",
        "rename(name)",
        "replace_meta(items)",
        "replace_tags(tags)",
        "rescue(#{…})",
        "resize(flavor)",
        "resume()",
        "revert_resize(timeout)",
    ];
    for text in [
        "db.re‸",
        "let w = server(\"web\"); w.re‸",
        "let w = server(\"web\");\nw.re‸\nlet x = 1;",
        "server(\"a\").wait_active().re‸",
        "boot(\"a\", #{ image: \"b\", flavor: \"c\" }).re‸",
        "for s in servers() { s.re‸ }",
        "servers().filter(|s| s.re‸",
        "servers().filter(|s| s.status == \"ACTIVE\").for_each(|s| { s.re‸ })",
        "servers()[0].re‸",
        "settings.primary.re‸",
        "fn newest() { servers().find(|s| s.name == \"a\") } newest().re‸",
        "let s = (); s = server(\"x\"); s.re‸",
        "let f = fleet::all(\"web\"); f[0].re‸",
        "let s = find_server(\"a\") ?? server(\"b\"); s.re‸",
        "let s = if true { server(\"a\") } else { () }; s.re‸",
        "const DB = param(\"db\", server(\"x\")); fn f() { global::DB.re‸ }",
        "print(`${db.re‸}`)",
        "db?.re‸",
        "cloud(\"lab\").server(\"a\").re‸",
    ] {
        let mut found = labels(text);
        found.sort();
        assert_eq!(found, all, "{text}");
    }
}

#[test]
fn members_begin_with_fields() {
    begins("db.‸", &["id", "name", "status", "provider_status", "task"]);
    offers("image(\"a\").si‸", &["size"]);
    offers("db.created.ye‸", &["year"]);
    offers("db.created.for‸", &["format(pattern)"]);
    offers("let e = db.meta; e.le‸", &["len()"]);
    offers("cloud().reg‸", &["region"]);
    offers("cloud(\"lab\").boot_‸", &["boot_all(specs, #{…})"]);
    offers("cloud().supp‸", &["supports(verb)"]);
    offers("try { } catch (e) { e.mess‸ }", &["message"]);
    offers("\"text\".to_up‸", &["to_upper()"]);
    offers("servers().map(|s| s.name).sor‸", &["sort(closure)"]);
    offers("servers().reb‸", &["reboot(how)", "rebuild(image, #{…})"]);
    offers("servers().order‸", &["order_by(key)"]);
    offers("(now() - db.created).sec‸", &["seconds"]);
    lacks("db.‸", &["server", "find_server", "images", "boot", "len", "print"]);
    lacks("image(\"a\").‸", &["reboot", "resize"]);
    lacks("servers().‸", &["name", "images"]);
    offers("unknown.‸", &[]);
    // Of a function's parameter nothing is known: what resources have may be meant.
    offers("fn f(s) { s.resi‸ }", &["resize(flavor)"]);
    offers("param(\"x\", #{ type: \"server\" }).resi‸", &["resize(flavor)"]);
    begins("5.‸", &["abs()", "ceiling()"]);
}

#[test]
fn the_word_on_the_next_line_is_not_this_one() {
    begins("let w = server(\"a\");\nw.‸\nprint(w);", &["id", "name"]);
    begins("w.‸", &[]);
    offers(
        "let a = 1;\n‸\nlet b = 2;",
        &labels("let a = 1; ‸ let b = 2;").iter().map(String::as_str).collect::<Vec<_>>(),
    );
}

#[test]
fn option_keys() {
    begins("boot(\"a\", #{ ‸", &["image", "flavor", "meta", "tags"]);
    begins("boot(\"a\", #{ image: \"b\", ‸", &["flavor", "meta", "tags"]);
    lacks("boot(\"a\", #{ ‸, image: \"b\" })", &["image"]);
    offers("boot(\"a\", #{ user‸", &["user_data"]);
    offers("servers(#{ na‸", &["name"]);
    offers("db.rebuild(\"a\", #{ us‸", &["user_data"]);
    offers("servers().delete(#{ on‸", &["on_error"]);
    offers("cloud(\"lab\").boot(\"a\", #{ zo‸", &["zone"]);
    offers("delete(db, #{ ‸", &["missing_ok", "force", "wait", "retain", "on_error"]);
    offers("boot_all([#{ na‸", &["name"]);
    offers("boot(\"a\", #{ networks: [#{ ‸", &["network", "ip", "port"]);
    offers("boot(\"a\", #{ networks: [#{ network: \"x\", ‸", &["ip", "port"]);
    offers("boot(\"a\", #{ meta: #{ ‸", &[]);
    offers("let spec = #{ ‸", &[]);
    assert_eq!(taken("boot(\"a\", #{ fl‸"), "boot(\"a\", #{ flavor: ‸");
    assert_eq!(taken("boot(\"a\", #{ fl‸: 1 })"), "boot(\"a\", #{ flavor‸: 1 })");
    // A word that is being mended is still meant.
    offers("boot(\"a\", #{ image‸: 1 })", &["image"]);
    assert_eq!(at("boot(\"a\", #{ fl‸").items[0].kind, Kind::Option);
}

#[test]
fn words_of_a_fixed_set() {
    offers("db.reboot(\"‸", &["soft", "hard"]);
    assert_eq!(taken("db.reboot(\"ha‸"), "db.reboot(\"hard\"‸");
    assert_eq!(taken("db.reboot(\"ha‸\")"), "db.reboot(\"hard‸\")");
    offers("reboot(db, \"h‸\")", &["hard"]);
    offers("servers(#{ status: \"shut‸\" })", &["SHUTOFF"]);
    offers("servers(#{ status: [\"ACTIVE\", \"shut‸\"] })", &["SHUTOFF"]);
    offers("db.wait_status(\"VERI‸\")", &["VERIFY_RESIZE"]);
    offers("servers().filter(|s| s.status == \"BUI‸\")", &["BUILD"]);
    offers("boot(\"a\", #{ networks: \"‸\" })", &["auto", "none"]);
    offers("try { } catch (e) { if e.kind == \"time‸\" {} }", &["timeout"]);
    offers("cloud().supports(\"confirm‸\")", &["confirm_resize"]);
    offers("api(\"compute\", \"PU‸\")", &["PUT"]);
}

#[test]
fn keys_of_maps() {
    offers("settings.po‸", &["port"]);
    offers("settings[\"p‸\"]", &["port", "primary"]);
    offers("let m = #{ alpha: 1, \"b c\": 2 }; m.al‸", &["alpha"]);
    offers("let m = #{ alpha: #{ beta: 1 } }; m.alpha.be‸", &["beta"]);
    offers("let m = #{ alpha: 1, \"b c\": 2 }; m[\"b‸\"]", &["b c"]);
}

#[test]
fn variables_and_functions() {
    offers("let alpha = 1; let alpine = servers(); alp‸", &["alpine", "alpha"]);
    assert_eq!(at("let alpine = servers(); alp‸").items[0].detail, "an array of servers");
    offers("fn f(alphabet) { alpha‸ }", &["alphabet"]);
    offers("let alpha = 1; fn f() { alpha‸ }", &[]);
    offers("{ let alpha = 1; } alph‸", &[]);
    offers("servers().map(|alpha| alp‸", &["alpha"]);
    offers("for alpha in 1..3 { alp‸ }", &["alpha"]);
    offers("/// Do it.\nfn alpha(x, y) {} alph‸", &["alpha(x, y)"]);
    assert_eq!(at("/// Do it.\nfn alpha(x, y) {} alph‸").items[0].detail, "Do it.");
    offers("sett‸", &["settings"]);
    lacks("fn f() { sett‸ }", &["settings"]);
    offers("gro‸", &["grow(s, by)", "group_by(array, key)"]);
    begins("let one = 1; ‸", &["one", "db", "settings", "fleet", "grow(s, by)"]);
    offers("const ALPHA = 1; fn f() { global::‸ }", &["ALPHA"]);
}

#[test]
fn modules() {
    offers("fleet::‸", &["ROLE", "all(role)"]);
    offers("import \"lib/fleet\" as f; f::a‸", &["all(role)"]);
    assert_eq!(taken("flee‸"), "fleet::‸");
    offers("nowhere::‸", &[]);
    begins("import \"std/wait\" as w; w::‸", &["all(items, status, timeout)"]);
}

#[test]
fn files() {
    offers("import \"‸", &["lib/", "site", "std/"]);
    offers("import \"lib/f‸\" as f;", &["fleet", "forms"]);
    offers("import \"std/w‸\" as w;", &["wait"]);
    assert_eq!(taken("import \"li‸"), "import \"lib/‸");
    assert_eq!(taken("import \"lib/fl‸"), "import \"lib/fleet\"‸");
    offers("read_file(\"no‸\")", &["notes.txt"]);
    offers("read_file(\"lib/‸\")", &["fleet.rhai", "forms.rhai", "key.pem"]);
}

#[test]
fn names_of_a_cloud() {
    offers("server(\"‸", &["db-1", "web-1", "web \"two\""]);
    assert_eq!(taken("server(\"web-‸"), "server(\"web-1\"‸");
    assert_eq!(taken("server(\"web-‸\")"), "server(\"web-1‸\")");
    assert_eq!(taken("server(\"two‸\")"), "server(\"web \\\"two\\\"‸\")");
    assert_eq!(taken("server(`two‸`)"), "server(`web \"two\"‸`)");
    // Names are found by any of their letters.
    offers("server(\"1‸\")", &["db-1", "web-1"]);
    offers("db.resize(\"‸\")", &["m1.nano", "m1.small", "m1.tiny"]);
    offers("resize(\"‸\", \"x\")", &["db-1", "web-1", "web \"two\""]);
    offers("resize(db, \"m1.t‸\")", &["m1.tiny"]);
    offers("boot(\"a\", #{ image: \"cir‸", &["cirros"]);
    offers("boot(\"a\", #{ image: \"cirros\", flavor: \"‸\" })", &["m1.nano", "m1.small", "m1.tiny"]);
    offers("boot(\"a\", #{ key: \"‸\" })", &["ann", "bob"]);
    offers("boot(\"a\", #{ security_groups: [\"default\", \"‸\"] })", &["default", "web"]);
    offers("boot(\"a\", #{ security_groups: \"‸\" })", &[]);
    offers("boot(\"a\", #{ networks: [\"pri‸\"] })", &["private"]);
    offers("boot(\"a\", #{ networks: [#{ network: \"pu‸\" }] })", &["public"]);
    offers("boot(\"a\", #{ zone: \"‸\" })", &["nova"]);
    offers("cloud(\"‸\")", &["lab", "sim"]);
    offers("cloud(\"lab\").server(\"‸\")", &["lab-1"]);
    offers("let c = cloud(\"lab\"); c.server(\"‸\")", &["lab-1"]);
    offers("wait_active([\"web-‸\"])", &["web-1"]);
    offers("servers(#{ name: \"db‸\" })", &["db-1"]);
    offers("servers(#{ image: \"deb‸\" })", &["debian-12"]);
    offers("servers().filter(|s| s.flavor == \"m1.s‸\")", &["m1.small"]);
    offers("add_security_group(db, \"we‸\")", &["web"]);
    // A new thing's name is nobody's yet.
    offers("boot(\"‸\")", &[]);
    offers("db.rename(\"‸\")", &[]);
    // Without a quote yet, names come first, in theirs.
    begins("server(‸", &["db-1", "web-1", "web \"two\"", "db", "settings"]);
    assert_eq!(taken("server(‸"), "server(\"db-1\"‸");
    assert_eq!(taken("boot(\"a\", #{ flavor: ‸ })"), "boot(\"a\", #{ flavor: \"m1.nano\"‸ })");
    assert_eq!(at("server(\"‸").items[0].kind, Kind::Name(Noun::Server));
}

#[test]
fn nothing_where_nothing_can_stand() {
    for text in [
        "// db.re‸",
        "/* boot‸ */",
        "let text = \"db.re‸\";",
        "print(\"bo‸\")",
        "let x = 5‸",
        "let boo‸",
        "fn boo‸",
        "fn f(boo‸",
        "servers().map(|boo‸",
        "`a ${db} boo‸`",
        "'b‸'",
        "#\"boo‸\"#",
        "\"done\"‸",
        "import \"a\" as boo‸",
    ] {
        offers(text, &[]);
    }
}

#[test]
fn the_ends_of_a_text() {
    assert!(complete("", 0, &Around).items.len() > 50);
    assert_eq!(complete("boot", 99, &Nothing).start, 0);
    assert_eq!(complete("boot", 0, &Nothing).start, 0);
    let wide = at("let ü = 1; print(\"日本\"); bo‸");
    assert_eq!((wide.start, wide.items[0].label.as_str()), (29, "boot(name, #{…})"));
    // Inside of a character counts as before it.
    assert_eq!(complete("ü", 1, &Nothing).start, 0);
    offers("let größe = 1; grö‸", &["größe"]);
}

#[test]
fn nothing_is_known_of_a_text_alone() {
    let names: Vec<String> =
        complete("server(\"", 8, &Nothing).items.into_iter().map(|item| item.label).collect();
    assert!(names.is_empty());
    assert_eq!(complete("wait_act", 8, &Nothing).items.len(), 1);
}

/// 10,000 servers.
struct Many(Arc<[String]>);

impl Many {
    fn new() -> Many {
        let name = |nth: usize| format!("{}-{:04}", ["web", "db", "cache", "prod-web"][nth % 4], nth);
        Many((0..10_000).map(name).collect())
    }
}

impl Environment for Many {
    fn variable(&self, _name: &str) -> Option<rhain::infer::Type> {
        None
    }
    fn names(&self, _cloud: Option<&str>, _what: What) -> Arc<[String]> {
        self.0.clone()
    }
}

#[test]
fn the_best_of_ten_thousand_names_come_first() {
    let many = Many::new();
    let found = |text: &str| -> Vec<String> {
        let (text, at) = marked(text);
        complete(&text, at, &many).items.into_iter().map(|item| item.label).collect()
    };
    assert_eq!(found("server(\"‸\")").len(), 10_000);
    assert_eq!(found("server(\"web-0004‸\")"), ["web-0004"]);
    let web = found("server(\"web-00‸\")");
    assert_eq!(web[..3], ["web-0000", "web-0004", "web-0008"]);
    // All 25 that begin so, then those that hold it.
    assert!(web[..25].iter().all(|name| name.starts_with("web-00")), "{:?}", &web[..25]);
    assert_eq!(web[25], "prod-web-0003");
    assert_eq!(found("server(\"9999‸\")"), ["prod-web-9999"]);
    assert_eq!(found("server(\"cch4242‸\")"), ["cache-4242"]);
    assert!(found("server(\"nobody‸\")").is_empty());
}

#[test]
fn every_verb_is_offered_by_its_name() {
    for verb in VERBS {
        let found = complete(verb.name, verb.name.len(), &Nothing);
        let named = found.items.iter().any(|item| item.label.split('(').next() == Some(verb.name));
        assert!(named, "{}", verb.name);
    }
}

/// Each variable is used twice by the next: followed one by one, that would be a million million ways.
#[test]
fn what_is_used_again_and_again_is_looked_at_once() {
    let mut text = String::from("let m0 = server(\"a\");\n");
    for nth in 1..40 {
        text.push_str(&format!(
            "let m{nth} = #{{ a: m{0}, b: m{0} }}; let f{nth} = |x| [m{0}, m{0}].map(|y| y);\n",
            nth - 1
        ));
    }
    let found = complete(&format!("{text}m3.a.a.a.resi"), text.len() + 13, &Nothing);
    assert_eq!(found.items.iter().map(|item| item.label.as_str()).collect::<Vec<_>>(), ["resize(flavor)"]);
    let around = "let a = b; let b = a; let c = c; fn f() { g() } fn g() { f() } f().";
    complete(around, around.len(), &Nothing);
}
