//! Answers as XML in EC2's manner: elements and texts, lists of `item`s, no attribute but the outermost namespace.

use std::fmt::{Display, Write as _};

/// A piece of XML that grows at its end.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Xml(String);

impl Xml {
    /// `<name>value</name>`
    pub(super) fn text(&mut self, name: &str, value: impl Display) -> &mut Self {
        let from = self.0.len();
        let _ = write!(self.0, "{value}");
        if self.0.len() == from {
            let _ = write!(self.0, "<{name}/>");
            return self;
        }
        let value = escaped(&self.0[from..]);
        self.0.truncate(from);
        let _ = write!(self.0, "<{name}>{value}</{name}>");
        self
    }

    /// The same where there is a value; nothing where there is none.
    pub(super) fn some(&mut self, name: &str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.text(name, value);
        }
        self
    }

    /// An element with what `fill` writes in it.
    pub(super) fn node(&mut self, name: &str, fill: impl FnOnce(&mut Self)) -> &mut Self {
        let _ = write!(self.0, "<{name}>");
        let from = self.0.len();
        fill(self);
        if self.0.len() == from {
            self.0.truncate(from - 1);
            self.0.push_str("/>");
        } else {
            let _ = write!(self.0, "</{name}>");
        }
        self
    }

    /// An element with an `item` for each.
    pub(super) fn set<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        self.node(name, |xml| {
            for item in items {
                xml.node("item", |xml| fill(xml, item));
            }
        })
    }

    /// An element with an `item` of each of these texts.
    pub(super) fn texts<T: Display>(&mut self, name: &str, items: impl IntoIterator<Item = T>) -> &mut Self {
        self.node(name, |xml| {
            for item in items {
                xml.text("item", item);
            }
        })
    }

    /// The texts of all elements of this name that hold no other.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let rows = self.0.split(&open).skip(1).filter_map(|rest| rest.split_once(&close));
        rows.map(|(text, _)| text).filter(|text| !text.contains('<')).map(unescaped).collect()
    }

    /// The first of them.
    pub(super) fn first(&self, name: &str) -> Option<String> {
        self.all(name).into_iter().next()
    }

    /// The elements of another piece.
    pub(super) fn and(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }
}

/// A whole document: this element, with a namespace, around what is there.
pub(super) fn document(name: &str, namespace: &str, inner: &Xml) -> Vec<u8> {
    let namespace = if namespace.is_empty() { String::new() } else { format!(" xmlns=\"{namespace}\"") };
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{name}{namespace}>{}</{name}>", inner.0)
        .into_bytes()
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&#13;", "\r").replace("&amp;", "&")
}

/// A text as it may stand between tags. What XML 1.0 cannot carry at all becomes `?`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(letter),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => out.push('?'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Xml, document};

    #[test]
    fn texts_are_escaped_and_empty_elements_close_themselves() {
        let mut xml = Xml::default();
        xml.text("a", "x < y & z").text("b", "").set("c", [1, 2], |xml, n| {
            xml.text("n", n);
        });
        xml.set("d", Vec::<i32>::new(), |_, _| {}).some("e", None::<&str>).texts("f", ["\u{1}"]);
        assert_eq!(
            String::from_utf8(document("R", "http://x/", &xml)).unwrap_or_default(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<R xmlns=\"http://x/\"><a>x &lt; y &amp; z</a><b/>\
             <c><item><n>1</n></item><item><n>2</n></item></c><d/><f><item>?</item></f></R>"
        );
    }
}
