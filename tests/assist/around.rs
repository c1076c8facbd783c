//! A session's surroundings, made up.

use rhain::assist::{Environment, Function, What};
use rhain::cloud::Noun;
use rhain::infer::Type;
use std::sync::Arc;

/// A session with two variables, a function and a module, on a cloud with a few names.
pub struct Around;

impl Environment for Around {
    fn variables(&self) -> Vec<String> {
        vec!["db".into(), "settings".into()]
    }
    fn variable(&self, name: &str) -> Option<Type> {
        match name {
            "db" => Some(Type::Of(Noun::Server)),
            "settings" => Some(Type::keyed([
                ("port".into(), Some(Type::Int)),
                ("primary".into(), Some(Type::Of(Noun::Server))),
            ])),
            _ => None,
        }
    }
    fn functions(&self) -> Vec<Function> {
        vec![Function {
            name: "grow".into(),
            params: vec!["s".into(), "by".into()],
            comment: "Make it larger.".into(),
        }]
    }
    fn modules(&self) -> Vec<(String, String)> {
        vec![("fleet".into(), "lib/fleet".into())]
    }
    fn module(&self, path: &str) -> Option<String> {
        (path == "lib/fleet").then(|| {
            "/// Every server of a role.\nfn all(role) { servers(#{ meta: #{ role: role } }) }\nprivate fn hidden() {}\n\
             export const ROLE = \"web\";"
                .to_string()
        })
    }
    fn files(&self, folder: &str) -> Vec<String> {
        let list: &[&str] = match folder {
            "" => &["lib/", "notes.txt", "site.rhai", ".hidden.rhai"],
            "lib/" => &["fleet.rhai", "forms.rhai", "key.pem"],
            _ => &[],
        };
        list.iter().map(|name| name.to_string()).collect()
    }
    fn names(&self, cloud: Option<&str>, what: What) -> Arc<[String]> {
        let list: &[&str] = match (cloud, what) {
            (Some("lab"), What::Of(Noun::Server)) => &["lab-1"],
            (Some(_), _) => &[],
            (None, What::Of(Noun::Server)) => &["db-1", "web-1", "web \"two\""],
            (None, What::Of(Noun::Image)) => &["cirros", "debian-12"],
            (None, What::Of(Noun::Flavor)) => &["m1.nano", "m1.small", "m1.tiny"],
            (None, What::Of(Noun::Network)) => &["private", "public"],
            (None, What::Of(Noun::Keypair)) => &["ann", "bob"],
            (None, What::Of(Noun::SecurityGroup)) => &["default", "web"],
            (None, What::Zones) => &["nova"],
            (None, What::Clouds) => &["lab", "sim"],
            #[allow(unreachable_patterns)]
            _ => &[],
        };
        list.iter().map(|name| name.to_string()).collect()
    }
}

/// A marked text without its mark, and where that was.
pub fn marked(text: &str) -> (String, usize) {
    let at = text.find('‸').unwrap_or_else(|| panic!("no cursor in {text:?}"));
    (text.replace('‸', ""), at)
}
