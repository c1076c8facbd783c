//! YAML and JSON as a tree that remembers where each value stood, so that an error can point at it.
//!
//! Scalars keep their text: an id or a password that looks like a number stays what the user wrote. Aliases and merge keys
//! (`<<`) are resolved; a file that is too deep or too large is refused.

use super::encoding;
use crate::cloud::{Error, Kind};
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// The deepest nesting, and the most values once aliases are resolved.
const DEEPEST: usize = 64;
const MOST: usize = 100_000;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// A file, as a person reads its path, with line and column from 1.
    File(Arc<str>, usize, usize),
    /// A variable.
    Variable(Arc<str>),
    /// The program's own knowledge of public clouds.
    BuiltIn(Arc<str>),
}

impl At {
    /// An error's fact about it: `file` with line and column, which a report can quote, or `found` in words.
    pub fn mark(&self, error: Error) -> Error {
        let name = if matches!(self, At::File(..)) { "file" } else { "found" };
        error.fact(name, self.to_string())
    }

    /// Without the column.
    pub fn line(&self) -> String {
        match self {
            At::File(path, line, _) => format!("{path}:{line}"),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::File(path, line, column) => write!(f, "{path}:{line}:{column}"),
            At::Variable(name) => write!(f, "the variable {name}"),
            At::BuiltIn(name) => write!(f, "the built-in profile `{name}`"),
        }
    }
}

/// A value and where it stood.
#[derive(Clone, PartialEq)]
pub struct Item {
    /// Where.
    pub at: At,
    /// What.
    pub data: Data,
}

/// A value.
#[derive(Clone, PartialEq)]
pub enum Data {
    /// A mapping: keys, in order, each once.
    Map(Vec<(String, Item)>),
    /// A sequence.
    List(Vec<Item>),
    /// A scalar; `plain` when it was written without quotes.
    Text {
        /// As written.
        text: String,
        /// Whether YAML's words for nothing, true and false mean that.
        plain: bool,
    },
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Any text may be a secret.
        match &self.data {
            Data::Map(fields) => f.debug_map().entries(fields.iter().map(|(key, item)| (key, item))).finish(),
            Data::List(items) => f.debug_list().entries(items).finish(),
            Data::Text { .. } => write!(f, "text at {}", self.at),
        }
    }
}

impl Item {
    /// Text that is set where a variable says so.
    pub fn text(at: At, text: impl Into<String>) -> Item {
        Item { at, data: Data::Text { text: text.into(), plain: true } }
    }

    /// The value of a key of a map.
    pub fn get(&self, key: &str) -> Option<&Item> {
        self.fields().iter().find(|(name, _)| name == key).map(|(_, item)| item)
    }

    /// A field of a map, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Item> {
        let Data::Map(fields) = &mut self.data else { return None };
        fields.iter_mut().find(|(name, _)| name == key).map(|(_, item)| item)
    }

    /// The fields of a map; none of anything else.
    pub fn fields(&self) -> &[(String, Item)] {
        match &self.data {
            Data::Map(fields) => fields,
            _ => &[],
        }
    }

    /// The text of a scalar that is not nothing.
    pub fn as_text(&self) -> Option<&str> {
        match &self.data {
            Data::Text { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// Whether it says nothing.
    pub fn is_null(&self) -> bool {
        matches!(&self.data, Data::Text { text, plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Whether it is a map.
    pub fn is_map(&self) -> bool {
        matches!(self.data, Data::Map(_))
    }

    /// Set a key of a map, in place or at its end.
    pub fn set(&mut self, key: &str, item: Item) {
        let Data::Map(fields) = &mut self.data else { return };
        match fields.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = item,
            None => fields.push((key.to_string(), item)),
        }
    }

    /// Take a key out of a map.
    pub fn take(&mut self, key: &str) -> Option<Item> {
        let Data::Map(fields) = &mut self.data else { return None };
        let index = fields.iter().position(|(name, _)| name == key)?;
        Some(fields.remove(index).1)
    }
}

/// Read a file; `shown` is its path as a person reads it.
pub fn read(path: &Path, shown: &str) -> Result<Item, Error> {
    parse(&encoding::text(path, shown)?, shown)
}

/// Parse YAML, of which JSON is a part. An empty text is an empty map.
pub fn parse(text: &str, shown: &str) -> Result<Item, Error> {
    let file: Arc<str> = Arc::from(shown);
    let mut reader =
        Reader { parser: Parser::new_from_str(text), file: file.clone(), anchors: Vec::new(), left: MOST };
    loop {
        match reader.event()? {
            Some((Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _)) => {}
            None | Some((Event::StreamEnd | Event::DocumentEnd, _)) => {
                return Ok(Item { at: At::File(file, 1, 1), data: Data::Map(Vec::new()) });
            }
            Some((event, span)) => {
                let item = reader.item(event, span, 0)?;
                // Whatever follows is checked for form, so that a slip near the end is not silently dropped.
                while reader.event()?.is_some() {}
                return Ok(item);
            }
        }
    }
}

struct Reader<'input> {
    parser: Parser<'input, saphyr_parser::StrInput<'input>>,
    file: Arc<str>,
    anchors: Vec<(usize, Item)>,
    left: usize,
}

impl<'input> Reader<'input> {
    fn event(&mut self) -> Result<Option<(Event<'input>, Span)>, Error> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok(event)) => Ok(Some(event)),
            Some(Err(error)) => {
                let at = At::File(self.file.clone(), error.marker().line(), error.marker().col() + 1);
                Err(self.wrong(&at, error.info()))
            }
        }
    }

    fn wrong(&self, at: &At, what: &str) -> Error {
        let error =
            Error::new(Kind::InvalidArgument, format!("{} is no YAML from {at} on: {what}", self.file))
                .coded("config::syntax")
                .help(format!(
                    "mend {at}: indent with spaces, and put quotes around text with `: `, `#` or `@`"
                ));
        at.mark(error)
    }

    fn need(&mut self) -> Result<(Event<'input>, Span), Error> {
        match self.event()? {
            Some(event) => Ok(event),
            None => Err(self.wrong(&At::File(self.file.clone(), 1, 1), "it ends too soon")),
        }
    }

    fn item(&mut self, event: Event<'input>, span: Span, depth: usize) -> Result<Item, Error> {
        let at = At::File(self.file.clone(), span.start.line(), span.start.col() + 1);
        self.left = self.left.saturating_sub(1);
        if depth > DEEPEST || self.left == 0 {
            return Err(self.wrong(&at, "it is nested too deep or repeats itself too often"));
        }
        let (anchor, data) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none_or(|tag| tag.suffix != "str");
                (anchor, Data::Text { text: text.into_owned(), plain })
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    match self.need()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => items.push(self.item(event, span, depth + 1)?),
                    }
                }
                (anchor, Data::List(items))
            }
            Event::MappingStart(anchor, _) => (anchor, self.map(depth)?),
            Event::Alias(id) => {
                let known =
                    self.anchors.iter().rev().find(|(anchor, _)| *anchor == id).map(|(_, item)| item.clone());
                let Some(item) = known else { return Err(self.wrong(&at, "this alias names nothing")) };
                self.left = self.left.saturating_sub(size(&item));
                return Ok(item);
            }
            _ => return Err(self.wrong(&at, "a value is missing")),
        };
        let item = Item { at, data };
        if anchor > 0 {
            self.anchors.push((anchor, item.clone()));
        }
        Ok(item)
    }

    fn map(&mut self, depth: usize) -> Result<Data, Error> {
        let (mut fields, mut merged): (Vec<(String, Item)>, Vec<Item>) = (Vec::new(), Vec::new());
        loop {
            let (event, span) = self.need()?;
            if event == Event::MappingEnd {
                break;
            }
            let key = self.item(event, span, depth + 1)?;
            let (event, span) = self.need()?;
            let mut value = self.item(event, span, depth + 1)?;
            let Data::Text { text, plain } = &key.data else {
                return Err(self.wrong(&key.at, "a key is text"));
            };
            if *plain && text == "<<" {
                match value.data {
                    Data::List(items) => merged.extend(items),
                    _ => merged.push(value),
                }
                continue;
            }
            // A map is found at its key, which is what a person looks for; an empty value too.
            if value.is_map() || value.is_null() {
                value.at = key.at.clone();
            }
            match fields.iter_mut().find(|(name, _)| name == text) {
                Some((_, old)) => *old = value,
                None => fields.push((text.clone(), value)),
            }
        }
        for (key, item) in merged.iter().flat_map(Item::fields) {
            if !fields.iter().any(|(name, _)| name == key) {
                fields.push((key.clone(), item.clone()));
            }
        }
        Ok(Data::Map(fields))
    }
}

fn size(item: &Item) -> usize {
    1 + match &item.data {
        Data::Map(fields) => fields.iter().map(|(_, item)| size(item)).sum(),
        Data::List(items) => items.iter().map(size).sum(),
        Data::Text { .. } => 0,
    }
}
