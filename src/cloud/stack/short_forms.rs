//! CloudFormation's short forms of YAML: `!Ref x` is `{Ref: x}`, `!GetAtt a.b` is `{Fn::GetAtt: [a, b]}`.

use crate::base::yaml_tree::{Data, Node};
use serde_json::{Map, Value as Json, json};

/// A template as JSON, its short forms written out.
pub fn written_out(node: &Node) -> Json {
    let bare = match &node.data {
        Data::Scalar(..) => Node { tag: None, ..node.clone() }.json(),
        Data::List(items) => Json::Array(items.iter().map(written_out).collect()),
        Data::Map(fields) => {
            let mut map = Map::new();
            for (key, value) in fields {
                map.insert(key.text().unwrap_or_default().to_string(), written_out(value));
            }
            Json::Object(map)
        }
    };
    match node.tag.as_deref() {
        None => bare,
        Some("Ref") => json!({ "Ref": node.text() }),
        Some("Condition") => json!({ "Condition": node.text() }),
        Some("GetAtt") => match node.text().and_then(|text| text.split_once('.')) {
            Some((resource, attribute)) => json!({ "Fn::GetAtt": [resource, attribute] }),
            None => json!({ "Fn::GetAtt": bare }),
        },
        Some(name) => json!({ format!("Fn::{name}"): bare }),
    }
}
