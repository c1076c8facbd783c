//! A folder of runbooks as one page for a browser: nothing is loaded from elsewhere, and nothing in it runs.

use super::{Function, Parameter};
use std::fmt::Write as _;

/// A script of the folder.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// Its path in the folder.
    pub name: String,
    /// What it says about itself.
    pub description: String,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The functions that it offers.
    pub functions: Vec<Function>,
    /// What it can touch: what is done, to what, and where that stands.
    pub touches: Vec<[String; 3]>,
    /// Its text.
    pub text: String,
    /// Why it could not be read, where it could not.
    pub broken: Option<String>,
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}\
nav ul{columns:2;padding-left:1.2rem}h2{margin-top:3rem;border-top:1px solid #ccc;padding-top:1rem}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #ddd}\
code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#f5f5f5;padding:1rem;overflow:auto}.broken{color:#a00}\
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}pre{background:#242424}a{color:#8ab4f8}td,th{border-color:#444}}";

/// A text as it may stand in a page.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() && c != '\n' && c != '\t' => escaped.push('\u{fffd}'),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

fn anchor(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// The page.
pub fn site(title: &str, scripts: &[Script]) -> String {
    let title = escaped(title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<nav><ul>\n"
    );
    for script in scripts {
        let first = script.description.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let _ = writeln!(
            page,
            "<li><a href=\"#{}\">{}</a> {}</li>",
            anchor(&script.name),
            escaped(&script.name),
            escaped(first)
        );
    }
    page.push_str("</ul></nav>\n");
    scripts.iter().for_each(|script| section(&mut page, script));
    page.push_str("</body>\n</html>\n");
    page
}

fn section(page: &mut String, script: &Script) {
    let _ = writeln!(page, "<section id=\"{}\">\n<h2>{}</h2>", anchor(&script.name), escaped(&script.name));
    for paragraph in script.description.split("\n\n").filter(|one| !one.trim().is_empty()) {
        let _ = writeln!(page, "<p>{}</p>", escaped(paragraph));
    }
    if let Some(why) = &script.broken {
        let _ = writeln!(page, "<p class=\"broken\">It does not run: {}</p>", escaped(why));
    }
    if !script.parameters.is_empty() {
        page.push_str("<h3>Parameters</h3>\n<table>\n<tr><th>Option</th><th>Type</th><th>Default</th><th>What for</th></tr>\n");
        for one in &script.parameters {
            let choices = if one.choices.is_empty() {
                String::new()
            } else {
                format!(" One of: {}.", one.choices.join(", "))
            };
            let _ = writeln!(
                page,
                "<tr><td><code>--{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>",
                escaped(&one.option),
                escaped(&one.ty),
                one.default
                    .as_deref()
                    .map_or("required".to_string(), |text| format!("<code>{}</code>", escaped(text))),
                escaped(&format!("{}{choices}", one.help))
            );
        }
        page.push_str("</table>\n");
    }
    if !script.functions.is_empty() {
        page.push_str("<h3>Functions</h3>\n<table>\n");
        for one in &script.functions {
            let _ = writeln!(
                page,
                "<tr><td><code>{}</code></td><td>{}</td></tr>",
                escaped(&one.signature),
                escaped(&one.comment)
            );
        }
        page.push_str("</table>\n");
    }
    if !script.touches.is_empty() {
        page.push_str("<h3>What it can touch</h3>\n<table>\n");
        for [does, what, places] in &script.touches {
            let _ = writeln!(
                page,
                "<tr><td>{}</td><td><code>{}</code></td><td>{}</td></tr>",
                escaped(does),
                escaped(what),
                escaped(places)
            );
        }
        page.push_str("</table>\n");
    }
    let _ = writeln!(
        page,
        "<details><summary>Source</summary>\n<pre>{}</pre>\n</details>\n</section>",
        escaped(&script.text)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_script_becomes_a_part_of_the_page() {
        let hostile = "<script>alert(1)</script>\u{1b}[31m\u{202e}\"'";
        let script = Script {
            name: hostile.to_string(),
            description: hostile.to_string(),
            text: hostile.to_string(),
            touches: vec![[hostile.to_string(), hostile.to_string(), hostile.to_string()]],
            functions: vec![Function { signature: hostile.to_string(), comment: hostile.to_string() }],
            parameters: vec![Parameter {
                option: hostile.to_string(),
                ty: hostile.to_string(),
                default: Some(hostile.to_string()),
                help: hostile.to_string(),
                choices: vec![hostile.to_string()],
                bounds: Default::default(),
                secret: false,
            }],
            broken: Some(hostile.to_string()),
        };
        let page = site(hostile, &[script]);
        assert!(
            !page.contains("<script") && !page.contains('\u{1b}') && !page.contains('\u{202e}'),
            "{page}"
        );
        assert!(!page.contains("http://") && !page.contains("https://"), "{page}");
        assert!(page.matches("&lt;script&gt;").count() >= 10);
    }
}
