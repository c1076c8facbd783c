//! A page of Markdown as a terminal shows it: a title, paragraphs, lists, and blocks of code under a caption.
//!
//! Only what our own pages use is known. A block's fence names its language, then `fails` where it is the failing
//! example, then the file it stands for.

use super::words::{WIDTH, wrap};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A title.
    Title(&'a str),
    /// A paragraph, or an item of a list.
    Paragraph(String),
    /// Code.
    Code(Code<'a>),
}

/// A block of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code<'a> {
    /// `rhai`, `sh`, `yaml` or `text`.
    pub language: &'a str,
    /// Whether it shows what goes wrong.
    pub fails: bool,
    /// The file it stands for.
    pub file: Option<&'a str>,
    /// Its lines, each ended.
    pub text: String,
}

/// The pieces of a page, in order.
pub fn pieces(page: &str) -> Vec<Piece<'_>> {
    let mut found: Vec<Piece> = Vec::new();
    let mut inside: Option<Code> = None;
    let mut fresh = true;
    for line in page.lines() {
        if let Some(mut code) = inside.take() {
            if line == "```" {
                found.push(Piece::Code(code));
                fresh = true;
            } else {
                code.text.push_str(line);
                code.text.push('\n');
                inside = Some(code);
            }
        } else if let Some(words) = line.strip_prefix("```") {
            let mut words = words.split(',');
            let mut code =
                Code { language: words.next().unwrap_or(""), fails: false, file: None, text: String::new() };
            for word in words {
                match word {
                    "fails" => code.fails = true,
                    file => code.file = Some(file),
                }
            }
            inside = Some(code);
        } else if let Some(title) = line.strip_prefix("# ") {
            found.push(Piece::Title(title));
        } else if line.trim().is_empty() {
            fresh = true;
        } else {
            match found.last_mut() {
                Some(Piece::Paragraph(text)) if !fresh && !line.starts_with("- ") => {
                    text.push(' ');
                    text.push_str(line.trim());
                }
                _ => found.push(Piece::Paragraph(line.trim().to_string())),
            }
            fresh = false;
        }
    }
    found
}

/// How a page looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Letters alone.
    Plain,
    /// With bold titles and coloured code.
    Styled,
}

impl Look {
    fn set(self, code: &str, text: &str) -> String {
        match self {
            Look::Plain => text.to_string(),
            Look::Styled => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// A section's title.
pub fn title(words: &str, look: Look) -> String {
    look.set("1", words)
}

/// Names with what they mean, in two columns.
pub fn listed(entries: &[(String, String)]) -> String {
    let wide = entries.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, words) in entries {
        let line = format!("  {name:wide$}  {}", wrap(words, wide + 4, WIDTH));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// A page for programs: what it says, and its examples.
pub fn json_of_page(code: &str, summary: &str, page: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut examples: Vec<serde_json::Value> = Vec::new();
    let mut mends = false;
    for piece in pieces(page) {
        match piece {
            Piece::Title(_) => {}
            Piece::Paragraph(text) if text == MENDED => mends = true,
            Piece::Paragraph(text) => words.push(text),
            Piece::Code(code) => examples.push(serde_json::json!({
                "language": code.language, "file": code.file, "fails": code.fails, "mended": mends, "text": code.text,
            })),
        }
    }
    serde_json::json!({ "code": code, "summary": summary, "text": words.join("\n"), "examples": examples })
        .to_string()
}

/// The word between what fails and what mends it.
pub const MENDED: &str = "mended:";

/// The page as lines for a terminal of 80 columns. The first block that fails is captioned so, and the first that mends.
pub fn rendered(page: &str, look: Look) -> String {
    let mut text = String::new();
    let (mut fails, mut mends) = (Some(look.set("31", "fails")), None);
    let mut listing = false;
    for piece in pieces(page) {
        let item = matches!(&piece, Piece::Paragraph(words) if words.starts_with("- "));
        let listing = std::mem::replace(&mut listing, item);
        match piece {
            Piece::Title(title) => {
                let _ = writeln!(text, "{}", look.set("1", title));
            }
            Piece::Paragraph(words) if words == MENDED => mends = Some(look.set("32", "mended")),
            Piece::Paragraph(words) => {
                let indent = if item { 4 } else { 2 };
                let lines = format!("  {}", wrap(&words, indent, WIDTH));
                // The items of a list stand together.
                if !(item && listing) {
                    text.push('\n');
                }
                let _ = writeln!(text, "{}", inline(&lines, look));
            }
            Piece::Code(code) => {
                let caption = if code.fails { fails.take() } else { mends.take() };
                let captions: Vec<String> =
                    caption.into_iter().chain(code.file.map(str::to_string)).collect();
                text.push('\n');
                if !captions.is_empty() {
                    let _ = writeln!(text, "  {}", captions.join("  "));
                }
                let prompt = if code.language == "sh" { "$ " } else { "" };
                for line in code.text.lines() {
                    let line = if line.is_empty() { String::new() } else { look.set("36", line) };
                    let _ = writeln!(text, "{}", format!("    {prompt}{line}").trim_end());
                }
            }
        }
    }
    text
}

/// Words in backticks coloured; without colours they keep their backticks.
fn inline(text: &str, look: Look) -> String {
    if look == Look::Plain || text.matches('`').count() % 2 == 1 || text.contains("``") {
        return text.to_string();
    }
    let parts = text.split('`').enumerate();
    parts.map(|(nth, part)| if nth % 2 == 1 { look.set("36", part) } else { part.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::{Look, Piece, pieces, rendered};

    const PAGE: &str = "# a::b\n\nFirst `one`\nline.\n\n- item\n- other\n\n```rhai,fails,x.rhai\nlet a;\n```\n\nmended:\n\n```sh\nrun\n```\n";

    #[test]
    fn a_page_is_taken_apart() {
        let found = pieces(PAGE);
        assert_eq!(found.len(), 7, "{found:#?}");
        let Piece::Code(code) = &found[4] else { panic!("{found:#?}") };
        assert_eq!(
            (code.language, code.fails, code.file, &*code.text),
            ("rhai", true, Some("x.rhai"), "let a;\n")
        );
    }

    #[test]
    fn a_page_is_drawn() {
        assert_eq!(
            rendered(PAGE, Look::Plain),
            "a::b\n\n  First `one` line.\n\n  - item\n  - other\n\n  fails  x.rhai\n    let a;\n\n  mended\n    $ run\n"
        );
        assert!(rendered(PAGE, Look::Styled).contains("First \u{1b}[36mone\u{1b}[0m line."));
    }
}
