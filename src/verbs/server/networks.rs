//! What `networks` of a new server can be.

use crate::cloud::server::{Nic, Nics};
use crate::cloud::{Noun, Ty, Value};
use crate::verbs::argument::{Argument, Mismatch};

/// What `networks` can be.
#[derive(Debug, Clone)]
pub(super) struct Networks(pub Nics);

impl Argument for Networks {
    const TY: Ty = Ty::Either(&Ty::ArrayOf(&Ty::Any), &Ty::OneOf(&["auto", "none"]));
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        let give = |because: Option<String>| Mismatch {
            give: "\"auto\", \"none\", or an array of networks, of ports or of #{network, ip, port}"
                .to_string(),
            because,
        };
        let items = match value {
            Value::Text(text) if &**text == "auto" => return Ok(Networks(Nics::Auto)),
            Value::Text(text) if &**text == "none" => return Ok(Networks(Nics::Absent)),
            Value::Text(text) => {
                return Err(give(Some(format!(
                    "`{text}` is neither; networks come in an array: [\"{text}\"]"
                ))));
            }
            Value::Array(items) if !items.is_empty() => items,
            Value::Array(_) => {
                return Err(give(Some("the array is empty; write \"none\" for no network".to_string())));
            }
            _ => return Err(give(None)),
        };
        let text = |value: &Value| match value {
            Value::Text(text) if !text.is_empty() => Some(text.to_string()),
            Value::Resource(resource) if resource.noun() == Noun::Network => Some(resource.id().to_string()),
            _ => None,
        };
        let port = |value: &Value| match value {
            Value::Resource(resource) if resource.noun() == Noun::Port => Some(resource.id().to_string()),
            _ => None,
        };
        let nics: Option<Vec<Nic>> = items
            .iter()
            .map(|item| match item {
                Value::Map(map) => {
                    if map.keys().any(|key| !matches!(key.as_str(), "network" | "ip" | "port"))
                        || map.is_empty()
                    {
                        return None;
                    }
                    let field = |name: &str| match map.get(name) {
                        None | Some(Value::Unit) => Some(None),
                        Some(value) => text(value).map(Some),
                    };
                    Some(Nic {
                        network: field("network")?,
                        ip: field("ip")?,
                        port: map
                            .get("port")
                            .and_then(port)
                            .map_or_else(|| field("port"), |id| Some(Some(id)))?,
                        ..Nic::default()
                    })
                }
                one if port(one).is_some() => Some(Nic { port: port(one), ..Nic::default() }),
                one => text(one).map(|network| Nic { network: Some(network), ..Nic::default() }),
            })
            .collect();
        nics.map(|nics| Networks(Nics::These(nics))).ok_or_else(|| {
            give(Some("a member is no network, no port, and no map of network, ip and port".to_string()))
        })
    }
}
