//! Answers in the two shapes that CloudStack has: JSON, or XML with the same names.

use serde_json::{Map, Value, json};

use super::refused::Refused;
use crate::openstack::Answer;

/// The release that this face says it is.
pub(super) const RELEASE: &str = "4.22.0.0-SNAPSHOT";

/// How an answer is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Json,
    Xml,
}

impl Shape {
    /// As `response=` asks for it; whatever is not JSON is XML.
    pub(super) fn asked(word: Option<&str>) -> Self {
        if word.is_some_and(|word| word.eq_ignore_ascii_case("json")) { Self::Json } else { Self::Xml }
    }

    /// An answer of a command under its key. A login's XML does not say the release.
    pub(super) fn answer(self, status: u16, key: &str, body: &Value, release: bool) -> Answer {
        let (text, kind) = match self {
            Self::Json => {
                let mut whole = Map::new();
                whole.insert(key.to_owned(), body.clone());
                (Value::Object(whole).to_string(), "application/json;charset=utf-8")
            }
            Self::Xml => {
                let release =
                    if release { format!(" cloud-stack-version=\"{RELEASE}\"") } else { String::new() };
                let mut text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><{key}{release}>");
                inner(body, &mut text);
                text.push_str(&format!("</{key}>"));
                (text, "text/xml;charset=utf-8")
            }
        };
        Answer { body: text.into_bytes(), kind, ..Answer::empty(status) }
    }

    /// A refusal under the key of its command.
    pub(super) fn refuse(self, key: Option<&str>, refused: &Refused) -> Answer {
        let about: Vec<Value> =
            refused.about.iter().map(|(id, text)| json!({"uuid": id, "description": text})).collect();
        let mut body = json!({"uuidList": about, "errorcode": refused.code});
        if let Some(inner) = refused.inner {
            body["cserrorcode"] = json!(inner);
        }
        body["errortext"] = json!(refused.text);
        let known = key.is_some() && refused.inner.is_some();
        let key = key.unwrap_or("errorresponse");
        let answer = self.answer(refused.code, key, &body, known);
        // The text is repeated in a header, but not where nobody is logged in.
        match refused.inner {
            Some(_) if refused.code >= 429 => answer.with("X-Description", header(&refused.text)),
            _ => answer,
        }
    }
}

/// A text as a header can carry it.
fn header(text: &str) -> String {
    text.chars().map(|c| if (' '..='~').contains(&c) { c } else { '?' }).collect()
}

/// The elements of an object.
fn inner(value: &Value, out: &mut String) {
    let Value::Object(fields) = value else { return out.push_str(&escaped(&plain(value))) };
    for (name, value) in fields {
        match value {
            Value::Array(items) => items.iter().for_each(|item| element(name, item, out)),
            other => element(name, other, out),
        }
    }
}

fn element(name: &str, value: &Value, out: &mut String) {
    out.push_str(&format!("<{name}>"));
    inner(value, out);
    out.push_str(&format!("</{name}>"));
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// A page of HTML, as the web server in front gives where a request is none.
pub(super) fn page(status: u16, path: &str, message: &str) -> Answer {
    let title = match status {
        404 => "Not Found",
        405 => "Method Not Allowed",
        414 => "URI Too Long",
        _ => "Bad Request",
    };
    let body = format!(
        "<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html;charset=ISO-8859-1\"/>\n\
         <title>Error {status} {title}</title>\n</head>\n<body><h2>HTTP ERROR {status} {title}</h2>\n<table>\n\
         <tr><th>URI:</th><td>{path}</td></tr>\n<tr><th>STATUS:</th><td>{status}</td></tr>\n\
         <tr><th>MESSAGE:</th><td>{message}</td></tr>\n</table>\n\n</body>\n</html>\n"
    );
    Answer {
        body: body.into_bytes(),
        kind: "text/html;charset=iso-8859-1",
        plain: true,
        ..Answer::empty(status)
    }
}

#[cfg(test)]
mod tests {
    use super::Shape;
    use serde_json::json;

    #[test]
    fn xml_has_the_names_of_json_and_lists_repeat_them() {
        let body = json!({"count": 2, "zone": [{"name": "a<b"}, {"name": "c", "tags": []}], "done": true});
        let answer = Shape::Xml.answer(200, "listzonesresponse", &body, true);
        assert_eq!(
            String::from_utf8(answer.body).unwrap_or_default(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><listzonesresponse cloud-stack-version=\"4.22.0.0-SNAPSHOT\">\
             <count>2</count><zone><name>a&lt;b</name></zone><zone><name>c</name></zone><done>true</done>\
             </listzonesresponse>"
        );
    }
}
