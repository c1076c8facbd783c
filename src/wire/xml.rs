//! XML as a tree: elements by their local names, their text, nothing else.
//!
//! Attributes, namespaces, comments and processing instructions say nothing in the protocols spoken here and are left out. A
//! document type is not read, so no entity but XML's own five is known; nesting is bounded. What a tree means is the driver's.

use quick_xml::Reader;
use quick_xml::events::Event;

/// The deepest nesting that is read: AWS nests some ten levels.
const DEEPEST: usize = 100;

/// The most elements of one answer: a page of a thousand instances has some hundred thousand.
const MOST: usize = 1_000_000;

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name without a prefix.
    pub name: String,
    /// The text directly in it; without the white space around it where it has children.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Element>,
}

impl Element {
    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first element of this name at any depth, itself included, in the document's order.
    pub fn find(&self, name: &str) -> Option<&Element> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }

    /// The text of the first child of this name; empty text counts as none.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }
}

/// Read a document.
///
/// # Errors
/// In a few words, what is wrong with it: it is no XML, it ends too early, it is nested too deep.
pub fn parse(body: &[u8]) -> Result<Element, String> {
    let text = std::str::from_utf8(body).map_err(|_| "it is no UTF-8".to_string())?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let mut count = 0_usize;
    loop {
        let event = reader.read_event().map_err(|error| format!("it is no XML: {error}"))?;
        if matches!(event, Event::Start(_) | Event::Empty(_)) {
            count += 1;
            if count > MOST {
                return Err(format!("it has more than {MOST} elements"));
            }
        }
        match event {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err(format!("it is nested more than {DEEPEST} deep"));
                }
                if open.is_empty() && root.is_some() {
                    return Err("it has more than one root".to_string());
                }
                open.push(named(start.local_name().into_inner()));
            }
            Event::Empty(empty) => close(named(empty.local_name().into_inner()), &mut open, &mut root),
            Event::End(_) => {
                if let Some(done) = open.pop() {
                    close(done, &mut open, &mut root);
                }
            }
            Event::Text(part) => add(&mut open, &part.xml10_content()),
            Event::CData(part) => add(&mut open, &part.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(letter)) => add(&mut open, letter.encode_utf8(&mut [0; 4])),
                _ => add(&mut open, &entity(&reference.xml10_content())),
            },
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    match (root, open.is_empty()) {
        (Some(root), true) => Ok(root),
        (None, true) => Err("it is no XML: there is no element in it".to_string()),
        (_, false) => Err("it ends too early".to_string()),
    }
}

fn named(name: &str) -> Element {
    Element { name: name.to_string(), ..Element::default() }
}

fn add(open: &mut [Element], text: &str) {
    if let Some(last) = open.last_mut() {
        last.text.push_str(text);
    }
}

fn close(mut done: Element, open: &mut [Element], root: &mut Option<Element>) {
    if !done.children.is_empty() {
        done.text = done.text.trim().to_string();
    }
    match open.last_mut() {
        Some(parent) => parent.children.push(done),
        None => *root = Some(done),
    }
}

/// One of XML's own entities; an unknown one stays as it was written.
fn entity(name: &str) -> String {
    match name {
        "lt" => "<".to_string(),
        "gt" => ">".to_string(),
        "amp" => "&".to_string(),
        "quot" => "\"".to_string(),
        "apos" => "'".to_string(),
        other => format!("&{other};"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_a_tree_of_local_names() {
        let text = "<?xml version=\"1.0\"?>\n<!-- c --><a:R xmlns:a=\"urn:x\" k=\"v\">\n <i>O&apos;Neil &amp; &#x263A;</i><e/>\n <i> <![CDATA[<b>]]> </i></a:R>";
        let root = parse(text.as_bytes()).unwrap();
        assert_eq!(root.name, "R");
        assert_eq!(root.text, "");
        let texts: Vec<&str> = root.children.iter().map(|child| child.text.as_str()).collect();
        assert_eq!(texts, ["O'Neil & ☺", "", " <b> "]);
        assert_eq!(root.text_of("i"), Some("O'Neil & ☺"));
        assert_eq!(root.text_of("e"), None);
        assert_eq!(root.find("e").map(|found| found.children.len()), Some(0));
    }

    #[test]
    fn what_is_no_document_is_refused_in_words() {
        let refused = |text: &str| parse(text.as_bytes()).unwrap_err();
        assert_eq!(refused(""), "it is no XML: there is no element in it");
        assert_eq!(refused("<a><b></b>"), "it ends too early");
        assert!(refused("<a></b>").starts_with("it is no XML: "), "{}", refused("<a></b>"));
        assert_eq!(refused("<a/><b></b>"), "it has more than one root");
        assert_eq!(refused(&"<a>".repeat(101)), "it is nested more than 100 deep");
        assert_eq!(parse(&[b'<', 0xff, b'>']).unwrap_err(), "it is no UTF-8");
    }

    #[test]
    fn a_document_type_expands_nothing() {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><x>&b;</x>";
        assert_eq!(parse(bomb.as_bytes()).unwrap().text, "&b;");
    }
}
