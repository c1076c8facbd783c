//! Answers as JSON, which boto 2 asks for: the same elements as objects, `member`s as lists.

use serde_json::{Map, Value};

/// The value of a piece of XML that has no attributes but a namespace.
pub(super) fn of(text: &str) -> Value {
    let (mut map, mut rows, mut rest) = (Map::new(), Vec::new(), text);
    while let Some((_, after)) = rest.split_once('<') {
        let Some((head, inner)) = after.split_once('>') else { break };
        let name = head.split([' ', '/']).next().unwrap_or_default();
        let (value, next) = if head.ends_with('/') {
            (Value::Null, inner)
        } else {
            let close = format!("</{name}>");
            let Some((own, next)) = inner.split_once(&close) else { break };
            (of(own), next)
        };
        if name == "member" {
            rows.push(value);
        } else {
            map.insert(name.to_owned(), value);
        }
        rest = next;
    }
    if !rows.is_empty() {
        return Value::Array(rows);
    }
    if !map.is_empty() {
        return Value::Object(map);
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&#13;", "\r").replace("&amp;", "&");
    Value::String(text)
}
