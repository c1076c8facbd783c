//! Diagnostics: every error that a script can reach is written at the line that causes it, in
//! `diagnostics/*.rhai`; the pictures of whole reports are in `diagnostics/twelve` and below.

use rhain::cloud::error::Error;
use rhain::diag::{Report, Style, draw, from_script};
use rhain::script::failure::{Failure, Sources};
use rhain::script::fault::{self, Known, Signature};
use std::collections::BTreeMap;

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
    engine.register_fn("servers", || rhai::Array::new());
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
        Err(error) => return Some(fault::parse_failure(&error, "main.rhai", text, session)),
    };
    ast.set_source("main.rhai");
    let error = engine.eval_ast::<rhai::Dynamic>(&ast).err()?;
    Some(fault::failure(&error, "main.rhai", session))
}

fn session(text: &str) -> Session {
    Session { texts: BTreeMap::from([("main.rhai".to_owned(), text.to_owned())]) }
}

#[test]
fn probe() {
    for s in std::fs::read_to_string("/tmp/diagprobe/in").unwrap().split("\n---\n") {
        println!("=== {s}");
        let session = session(s);
        match fail(&session) {
            None => println!("OK NO ERROR"),
            Some(f) => println!(
                "{}",
                draw(
                    &from_script::report(&f, &session, &[]).unwrap_or(Report::new("EXIT", "exit")),
                    Style { unicode: true, color: false, width: 80 },
                    &[]
                )
            ),
        }
    }
}
