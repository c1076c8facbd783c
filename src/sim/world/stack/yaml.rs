//! The text of a template as values: JSON or YAML 1.1, with bounds on depth and on what aliases multiply.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::{Map, Value};

use super::scalar::resolve;

/// How deep a template may be nested.
const DEEPEST: usize = 100;
/// How many values a template may have, its aliases counted.
const MOST: usize = 200_000;

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// What the reader stumbled over, where (line and column from 1), and the line.
    At { what: String, line: usize, column: usize, source: String },
    /// A tag that nobody knows, and where.
    Tag { tag: String, line: usize, column: usize, source: String },
    /// It is nested too deep, or its aliases make too much of it.
    TooMuch(&'static str),
}

/// Whether the short forms of CloudFormation's functions (`!Ref x`) are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tags {
    Refused,
    Functions,
}

struct Reader<'a> {
    text: &'a str,
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    anchors: HashMap<usize, (Value, usize)>,
    values: usize,
    tags: Tags,
}

/// Reads the first document of a text.
pub(crate) fn read(text: &str, tags: Tags) -> Result<Value, Unreadable> {
    if text.trim_start().starts_with('{')
        && let Ok(value) = serde_json::from_str(text)
    {
        return Ok(value);
    }
    let parser = Parser::new_from_str(text);
    let mut reader = Reader { text, parser, anchors: HashMap::new(), values: 0, tags };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => return Ok(Value::Null),
            Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(_) => {
                return reader.value(event, span, 0);
            }
            _ => {}
        }
    }
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Unreadable> {
        match self.parser.next_event() {
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) => Err(self.stumbled(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn line(&self, number: usize) -> String {
        self.text.lines().nth(number.saturating_sub(1)).unwrap_or_default().to_owned()
    }

    /// The reader's complaint in the words that template services use.
    fn stumbled(&self, error: &ScanError) -> Unreadable {
        let marker = error.marker();
        let (mut line, mut column) = (marker.line(), marker.col() + 1);
        let source = self.line(line);
        let end = self.text.lines().count();
        let open = flow_is_open(self.text);
        let tab = self.text.lines().position(|line| line.starts_with('\t'));
        let what = if let Some(at) = tab.filter(|at| *at <= line) {
            (line, column) = (at + 1, 1);
            return Unreadable::At {
                what: "while scanning for the next token\nfound character '\\t' that cannot start any token"
                    .to_owned(),
                line,
                column,
                source: self.line(line),
            };
        } else if open {
            (line, column) = (end + 1, 1);
            "while parsing a flow node\nexpected the node content, but found '<stream end>'".to_owned()
        } else if error.info().contains("mapping values") {
            "mapping values are not allowed here".to_owned()
        } else {
            format!("while parsing a block mapping\n{}", error.info())
        };
        let source = if line > end { String::new() } else { source };
        Unreadable::At { what, line, column, source }
    }

    fn count(&mut self, more: usize) -> Result<(), Unreadable> {
        self.values = self.values.saturating_add(more);
        if self.values > MOST { Err(Unreadable::TooMuch("it has too many values")) } else { Ok(()) }
    }

    fn value(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Value, Unreadable> {
        if depth > DEEPEST {
            return Err(Unreadable::TooMuch("it is nested too deep"));
        }
        self.count(1)?;
        let before = self.values;
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let value = self.tagged(tag.as_deref(), span, |core| match core {
                    Some("str") => Value::String(text.to_string()),
                    _ if plain => resolve(&text),
                    _ => Value::String(text.to_string()),
                })?;
                Ok(self.anchored(anchor, value, 1))
            }
            Event::SequenceStart(anchor, tag) => {
                let mut rows = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    match event {
                        Event::SequenceEnd => break,
                        event => rows.push(self.value(event, span, depth + 1)?),
                    }
                }
                let value = self.tagged(tag.as_deref(), span, |_| Value::Array(rows))?;
                let size = self.values - before + 1;
                Ok(self.anchored(anchor, value, size))
            }
            Event::MappingStart(anchor, tag) => {
                let map = self.mapping(depth)?;
                let value = self.tagged(tag.as_deref(), span, |_| Value::Object(map))?;
                let size = self.values - before + 1;
                Ok(self.anchored(anchor, value, size))
            }
            Event::Alias(id) => {
                let (value, size) = self.anchors.get(&id).cloned().unwrap_or((Value::Null, 1));
                self.count(size)?;
                Ok(value)
            }
            _ => Ok(Value::Null),
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Map<String, Value>, Unreadable> {
        let (mut map, mut merged) = (Map::new(), Map::new());
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let key = match &event {
                Event::Scalar(text, ..) => text.to_string(),
                _ => self.value(event, span, depth + 1)?.to_string(),
            };
            let (event, span) = self.next()?;
            let value = self.value(event, span, depth + 1)?;
            if key == "<<" {
                let rows = match value {
                    Value::Array(rows) => rows,
                    one => vec![one],
                };
                for (key, value) in rows.iter().filter_map(Value::as_object).flatten() {
                    merged.entry(key.clone()).or_insert_with(|| value.clone());
                }
            } else {
                map.insert(key, value);
            }
        }
        for (key, value) in merged {
            map.entry(key).or_insert(value);
        }
        Ok(map)
    }

    fn anchored(&mut self, anchor: usize, value: Value, size: usize) -> Value {
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), size));
        }
        value
    }

    /// A value under its tag: one of YAML's own, a function's short form, or one that is refused.
    fn tagged(
        &self,
        tag: Option<&Tag>,
        span: Span,
        value: impl FnOnce(Option<&str>) -> Value,
    ) -> Result<Value, Unreadable> {
        let Some(tag) = tag else { return Ok(value(None)) };
        if tag.is_yaml_core_schema() {
            return Ok(value(Some(&tag.suffix)));
        }
        if self.tags == Tags::Functions && tag.handle == "!" {
            return Ok(function(&tag.suffix, value(None)));
        }
        let (line, column) = (span.start.line(), span.start.col() + 1);
        let source = self.line(line);
        let tag = format!("{}{}", tag.handle, tag.suffix);
        // Where the tag itself begins, which the value's own place may not say.
        let column = source.find(&tag).map_or(column, |at| at + 1);
        Err(Unreadable::Tag { tag, line, column, source })
    }
}

/// A function's short form as its long one: `!GetAtt a.b` is `{"Fn::GetAtt": ["a", "b"]}`.
fn function(name: &str, value: Value) -> Value {
    let long = match name {
        "Ref" | "Condition" => name.to_owned(),
        _ => format!("Fn::{name}"),
    };
    let value = match (name, value) {
        ("GetAtt", Value::String(text)) => match text.split_once('.') {
            Some((resource, attribute)) => Value::from(vec![resource, attribute]),
            None => Value::String(text),
        },
        (_, value) => value,
    };
    Value::Object(Map::from_iter([(long, value)]))
}

/// Whether a bracket or a brace is still open at the end.
fn flow_is_open(text: &str) -> bool {
    let (mut open, mut quote) = (0_i64, None);
    for letter in text.chars() {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(mark), letter) if mark == letter => quote = None,
            (None, '[' | '{') => open += 1,
            (None, ']' | '}') => open -= 1,
            _ => {}
        }
    }
    open > 0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Tags, Unreadable, read};

    #[test]
    fn yaml_and_json_are_read_alike_and_dates_stay_text() {
        let text = "a: 2018-08-31\nb: [1, yes, ~, 'no']\nc: {<<: {x: 1}, y: 0x10}\n";
        let value = read(text, Tags::Refused);
        assert_eq!(value, Ok(json!({"a": "2018-08-31", "b": [1, true, null, "no"], "c": {"y": 16, "x": 1}})));
        assert_eq!(read("{\"a\": [1]}", Tags::Refused), Ok(json!({"a": [1]})));
    }

    #[test]
    fn short_forms_are_functions_or_refused_with_their_place() {
        let text = "O: {Value: !Ref A}\nP: !GetAtt r.x.y\nQ: !Join ['-', [a, !Ref b]]\n";
        assert_eq!(
            read(text, Tags::Functions),
            Ok(json!({"O": {"Value": {"Ref": "A"}}, "P": {"Fn::GetAtt": ["r", "x.y"]},
                "Q": {"Fn::Join": ["-", ["a", {"Ref": "b"}]]}}))
        );
        let refused = read(text, Tags::Refused);
        assert!(
            matches!(refused, Err(Unreadable::Tag { ref tag, line: 1, column: 12, .. }) if tag == "!Ref"),
            "{refused:?}"
        );
    }

    #[test]
    fn depth_and_aliases_are_bounded() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(matches!(read(&deep(120), Tags::Refused), Err(Unreadable::TooMuch(_))));
        assert!(read(&deep(50_000), Tags::Refused).is_err());
        assert!(read(&"- ".repeat(50_000), Tags::Refused).is_err());
        let mut bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_owned();
        for level in 1..9 {
            let row = format!("*a{}, ", level - 1).repeat(10);
            bomb.push_str(&format!("a{level}: &a{level} [{row}]\n"));
        }
        assert!(matches!(read(&bomb, Tags::Refused), Err(Unreadable::TooMuch(_))));
    }
}
