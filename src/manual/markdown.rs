//! The whole manual as one page of Markdown, which `docs/reference.md` keeps.

use super::built_in;
use super::noun;
use super::page::groups;
use super::values::{self, VALUES};
use super::verb::of_verb;
use super::words::wrap;
use crate::cloud::{Noun, Providers};
use crate::verbs::VERBS;
use std::fmt::Write as _;

/// The manual: an index with links, a section a group, a page a verb, then the values, then the diagnostic codes with
/// what they mean, and the help of the command line.
pub fn markdown(codes: &[(String, Vec<(String, String)>)], help: &str, providers: &Providers) -> String {
    let mut text = String::from(
        "# Reference\n\nEvery verb and value of the language, as `rhain doc NAME` shows it, the diagnostic codes, and \
         the command line.\nThis page is made from the declarations in the program; a test keeps it current.\n\n",
    );
    let anchor = |title: &str| title.to_lowercase().replace(' ', "-");
    for group in groups() {
        let verbs = VERBS.iter().filter(|verb| verb.group == group);
        let links: Vec<String> = verbs.map(|verb| format!("[`{0}`](#{0})", verb.name)).collect();
        let title = group.title();
        let links = links.join(" ");
        let _ = writeln!(text, "- {}", wrap(&format!("[{title}](#{}): {links}", anchor(title)), 2, 120));
    }
    let links: Vec<String> = built_in::all().map(|one| format!("[`{0}`](#{0})", one.name)).collect();
    let title = format!("[{0}](#text-arrays-and-maps): {1}", built_in::TITLE, links.join(" "));
    let _ = writeln!(text, "- {}", wrap(&title, 2, 120));
    let nouns = || Noun::ALL.into_iter().filter(|noun| noun::is_there(*noun));
    let names: Vec<&str> = nouns().map(Noun::type_name).chain(VALUES.iter().map(|one| one.name)).collect();
    let links: Vec<String> =
        names.iter().map(|name| format!("[{name}](#values-{})", name.to_lowercase())).collect();
    let _ = writeln!(text, "- {}", wrap(&format!("[Values](#values): {}", links.join(" ")), 2, 120));
    let _ = writeln!(
        text,
        "- [Diagnostic codes](#diagnostic-codes)\n- [The command line](#the-command-line)\n- [Coverage](coverage.md): which provider has which operation"
    );
    for group in groups() {
        let _ = writeln!(text, "\n## {}", group.title());
        for verb in VERBS.iter().filter(|verb| verb.group == group) {
            let _ = writeln!(text, "\n### {}\n\n```text\n{}```", verb.name, of_verb(verb, providers));
        }
    }
    let _ = writeln!(text, "\n## {}", built_in::TITLE);
    for one in built_in::all() {
        let _ = writeln!(text, "\n### {}\n\n```text\n{}```", one.name, built_in::of_built_in(one));
    }
    let _ = writeln!(text, "\n## Values");
    let mut value = |name: &str, page: String| {
        let _ = writeln!(text, "\n### Values: {name}\n\n```text\n{page}```");
    };
    nouns().for_each(|noun| value(noun.type_name(), noun::of_noun(noun)));
    VALUES.iter().for_each(|one| value(one.name, values::of_value(one)));
    let _ = writeln!(
        text,
        "\n## Diagnostic codes\n\n`rhain explain CODE` tells more of each, with a failing and a mended example."
    );
    for (family, codes) in codes {
        let _ = writeln!(text, "\n{family}:\n");
        for (code, summary) in codes {
            let _ = writeln!(text, "- {}", wrap(&format!("`{code}`: {summary}"), 2, 120));
        }
    }
    let _ = writeln!(text, "\n## The command line\n\n```text\n{}\n```", help.trim_end());
    text
}
