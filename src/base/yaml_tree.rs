//! YAML as a tree that knows where each value stands in its text: what must be changed in a text is changed there, and the rest of it
//! stays as it was written.
//!
//! Plain scalars mean what YAML 1.1 says, as in the services that read such texts; a date stays text.

use super::yaml::measure;
use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};
use serde_json::{Map, Number, Value as Json};
use std::ops::Range;

/// Deeper and larger than any template is.
const DEEPEST: usize = 200;
const MOST: usize = 1_000_000;

/// What is wrong with a text, and where: line and column from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// In a few words.
    pub what: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// A value, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its place in the text, in bytes.
    pub span: Range<usize>,
    /// Its line, from 1.
    pub line: usize,
    /// The tag that is written before it, without the `!`.
    pub tag: Option<String>,
    /// What it is.
    pub data: Data,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// A scalar; plain where it has no quotes.
    Scalar(String, bool),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in its order.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// Its text, where it is a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// The fields of a mapping; nothing of anything else.
    pub fn fields(&self) -> &[(Node, Node)] {
        match &self.data {
            Data::Map(fields) => fields,
            _ => &[],
        }
    }

    /// The members of a sequence; nothing of anything else.
    pub fn items(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// A field of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.fields().iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// As JSON.
    pub fn json(&self) -> Json {
        match &self.data {
            Data::Scalar(text, true) if self.tag.is_none() => plain(text),
            Data::Scalar(text, _) => Json::from(text.as_str()),
            Data::List(items) => Json::Array(items.iter().map(Node::json).collect()),
            Data::Map(fields) => {
                let mut map = Map::new();
                for (key, value) in fields {
                    let key = match key.json() {
                        Json::String(text) => text,
                        _ => key.text().unwrap_or_default().to_string(),
                    };
                    map.insert(key, value.json());
                }
                Json::Object(map)
            }
        }
    }
}

/// What a scalar without quotes means in YAML 1.1.
pub fn plain(text: &str) -> Json {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Json::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Json::from(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => return Json::from(false),
        _ => {}
    }
    if let Some(whole) = whole(text) {
        return Json::from(whole);
    }
    let digits = text.trim_start_matches(['+', '-']);
    let number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.contains('.')
        && text.bytes().all(|b| b.is_ascii_digit() || b"+-._eE".contains(&b));
    let float = number.then(|| text.replace('_', "").parse().ok()).flatten().and_then(Number::from_f64);
    float.map_or_else(|| Json::from(text), Json::Number)
}

/// A whole number, in any base that YAML 1.1 has.
fn whole(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let bare = digits.replace('_', "");
    let number = if let Some(bits) = bare.strip_prefix("0b") {
        i64::from_str_radix(bits, 2).ok()?
    } else if let Some(hex) = bare.strip_prefix("0x") {
        i64::from_str_radix(hex, 16).ok()?
    } else if bare.len() > 1 && bare.starts_with('0') {
        i64::from_str_radix(&bare, 8).ok()?
    } else if bare.contains(':') {
        // Parts of sixty: `12:30`.
        let parts = bare.split(':').map(|part| {
            part.parse::<i64>().ok().filter(|part| *part < 60 || bare.starts_with(&part.to_string()))
        });
        parts
            .collect::<Option<Vec<i64>>>()?
            .into_iter()
            .try_fold(0_i64, |sum, part| sum.checked_mul(60)?.checked_add(part))?
    } else {
        bare.parse().ok()?
    };
    Some(sign * number)
}

/// The first document of a text; an empty one is an empty mapping.
///
/// # Errors
/// Where it is no YAML, or more than any template is.
pub fn parse(text: &str) -> Result<Node, YamlError> {
    measure(text, DEEPEST, MOST).map_err(|over| YamlError {
        what: over.0.to_string(),
        line: over.1,
        column: 1,
    })?;
    // The parser counts characters; a text is cut at bytes.
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut reader = Reader { text, parser: Parser::new_from_str(text), starts, anchors: Vec::new() };
    loop {
        match reader.event()? {
            Some((Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _)) => {}
            None | Some((Event::StreamEnd | Event::DocumentEnd, _)) => {
                return Ok(Node { span: 0..0, line: 1, tag: None, data: Data::Map(Vec::new()) });
            }
            Some((event, span)) => {
                let node = reader.node(event, span)?;
                while reader.event()?.is_some() {}
                return Ok(node);
            }
        }
    }
}

/// Where a text in quotes ends: the parser counts the blanks and the comment behind it to it.
fn quoted_end(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut rest = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '\\' if quote == '"' => drop(rest.next()),
            '\'' if quote == '\'' && rest.peek().is_some_and(|(_, next)| *next == '\'') => drop(rest.next()),
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

struct Reader<'text> {
    text: &'text str,
    parser: Parser<'text, StrInput<'text>>,
    starts: Vec<usize>,
    anchors: Vec<(usize, Node)>,
}

impl<'text> Reader<'text> {
    fn event(&mut self) -> Result<Option<(Event<'text>, Span)>, YamlError> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok(event)) => Ok(Some(event)),
            Some(Err(error)) => {
                let at = error.marker();
                Err(YamlError { what: error.info().to_string(), line: at.line(), column: at.col() + 1 })
            }
        }
    }

    fn need(&mut self) -> Result<(Event<'text>, Span), YamlError> {
        self.event()?.ok_or_else(|| YamlError { what: "it ends too soon".to_string(), line: 1, column: 1 })
    }

    fn range(&self, span: Span) -> Range<usize> {
        let at = |index: usize| self.starts.get(index).or(self.starts.last()).copied().unwrap_or(0);
        at(span.start.index())..at(span.end.index())
    }

    fn node(&mut self, event: Event<'text>, span: Span) -> Result<Node, YamlError> {
        let line = span.start.line();
        let mut range = self.range(span);
        let (anchor, tag, data) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                range.end = quoted_end(&self.text[range.clone()]).map_or(range.end, |end| range.start + end);
                (anchor, tag, Data::Scalar(text.into_owned(), style == ScalarStyle::Plain))
            }
            Event::SequenceStart(anchor, tag) => {
                let mut items = Vec::new();
                loop {
                    match self.need()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => items.push(self.node(event, span)?),
                    }
                }
                (anchor, tag, Data::List(items))
            }
            Event::MappingStart(anchor, tag) => (anchor, tag, self.map()?),
            Event::Alias(id) => {
                let known = self.anchors.iter().rev().find(|(anchor, _)| *anchor == id);
                return known.map(|(_, node)| node.clone()).ok_or_else(|| YamlError {
                    what: "this alias names nothing".to_string(),
                    line,
                    column: span.start.col() + 1,
                });
            }
            _ => {
                let column = span.start.col() + 1;
                return Err(YamlError { what: "a value is missing".to_string(), line, column });
            }
        };
        let tag = tag.filter(|tag| tag.handle == "!").map(|tag| tag.suffix.clone());
        let node = Node { span: range, line, tag, data };
        if anchor > 0 {
            self.anchors.push((anchor, node.clone()));
        }
        Ok(node)
    }

    fn map(&mut self) -> Result<Data, YamlError> {
        let mut fields: Vec<(Node, Node)> = Vec::new();
        let mut merged: Vec<(Node, Node)> = Vec::new();
        loop {
            let (event, span) = self.need()?;
            if event == Event::MappingEnd {
                break;
            }
            let key = self.node(event, span)?;
            let (event, span) = self.need()?;
            let value = self.node(event, span)?;
            match (&key.data, &value.data) {
                (Data::Scalar(text, true), Data::Map(inner)) if text == "<<" => merged.extend(inner.clone()),
                (Data::Scalar(text, true), Data::List(all)) if text == "<<" => {
                    merged.extend(all.iter().flat_map(Node::fields).cloned());
                }
                _ => fields.push((key, value)),
            }
        }
        for (key, value) in merged {
            if !fields.iter().any(|(other, _)| other.text() == key.text()) {
                fields.push((key, value));
            }
        }
        Ok(Data::Map(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_scalars_mean_what_the_services_take_them_for() {
        let text = "a: yes\nb: 2018-08-31\nc: 0777\nd: '1'\ne: 1_000\nf: 1.5\ng: ~\nh: 12:30\ni: 1.2.3\nj: [on, {k: NO}]\nk: 0x1F\nl: 08\n";
        let told = parse(text).map(|node| node.json());
        assert_eq!(
            told,
            Ok(
                json!({"a": true, "b": "2018-08-31", "c": 511, "d": "1", "e": 1000, "f": 1.5, "g": null, "h": 750,
                "i": "1.2.3", "j": [true, {"k": false}], "k": 31, "l": "08"})
            )
        );
    }

    #[test]
    fn each_value_knows_its_place() {
        let text = "é: &x {a: \"q u\"}\nb: *x\nc:\n  - !Ref Näme # n\n  - plain\n";
        let node = parse(text).unwrap_or_else(|why| panic!("{why:?}"));
        let list = node.get("c").map(Node::items).unwrap_or_default();
        assert_eq!(
            (&text[list[0].span.clone()], list[0].tag.as_deref(), list[0].line),
            ("Näme", Some("Ref"), 4)
        );
        assert_eq!(&text[list[1].span.clone()], "plain");
        assert_eq!(node.get("b").and_then(|b| b.get("a")).and_then(Node::text), Some("q u"));
        let quoted = node.get("é").and_then(|é| é.get("a")).map(|a| &text[a.span.clone()]);
        assert_eq!(quoted, Some("\"q u\""));
    }

    #[test]
    fn a_text_in_quotes_ends_with_them() {
        for (text, wanted) in [
            ("a: 'it''s' # no 'more'\n", "'it''s'"),
            ("a: \"q \\\" u\" # \"\n", "\"q \\\" u\""),
            ("a: {b: 'x' , c: y}\n", "'x'"),
            ("a: \"\"   \n", "\"\""),
        ] {
            let node = parse(text).unwrap_or_else(|why| panic!("{why:?}"));
            let a = node.get("a").map(|a| a.get("b").unwrap_or(a).span.clone()).unwrap_or_default();
            assert_eq!(&text[a], wanted, "{text}");
        }
    }

    #[test]
    fn what_is_no_yaml_is_told_with_its_place() {
        let told = parse("a: [1,\n").err().map(|error| error.line);
        assert!(told.is_some_and(|line| line >= 1), "{told:?}");
        assert_eq!(parse("").map(|node| node.json()), Ok(json!({})));
    }
}
