//! What `networks` of a new server can be.

use crate::cloud::nearest::nearest;
use crate::cloud::server::{Nic, Nics};
use crate::cloud::{Noun, Ty, Value};
use crate::verbs::argument::{Argument, Mismatch};
use std::net::IpAddr;

/// What `networks` can be.
#[derive(Debug, Clone)]
pub(super) struct Networks(pub Nics);

/// What a member of the array may say.
const KEYS: [&str; 3] = ["network", "ip", "port"];

/// The key that somebody means who writes another tool's.
fn meant(key: &str) -> String {
    let own = match key {
        "fixed_ip" | "v4-fixed-ip" | "v4_fixed_ip" | "address" | "ip_address" | "private_ip" => Some("ip"),
        "net" | "net-id" | "net_id" | "uuid" | "network_id" | "networkid" | "subnet" | "subnet_id" => {
            Some("network")
        }
        "port-id" | "port_id" | "nic" => Some("port"),
        _ => None,
    };
    match own.map(str::to_string).or_else(|| nearest(key, KEYS, 1).pop()) {
        Some(own) => format!("; did you mean `{own}`?"),
        None => String::new(),
    }
}

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
        // What a port is given beside it would be left out without a word.
        let (mut both, mut no_address, mut other_key) = (false, None, None);
        let nics: Option<Vec<Nic>> = items
            .iter()
            .map(|item| match item {
                Value::Map(map) => {
                    other_key = map.keys().find(|key| !KEYS.contains(&key.as_str())).cloned();
                    if other_key.is_some() || map.is_empty() {
                        return None;
                    }
                    let field = |name: &str| match map.get(name) {
                        None | Some(Value::Unit) => Some(None),
                        Some(value) => text(value).map(Some),
                    };
                    let (network, ip) = (field("network")?, field("ip")?.map(|ip| ip.trim().to_string()));
                    no_address = no_address.take().or(ip.clone().filter(|ip| ip.parse::<IpAddr>().is_err()));
                    let port =
                        map.get("port").and_then(port).map_or_else(|| field("port"), |id| Some(Some(id)))?;
                    if network.is_none() && ip.is_none() && port.is_none() {
                        return None;
                    }
                    both |= port.is_some() && (network.is_some() || ip.is_some());
                    Some(Nic { network, ip, port, ..Nic::default() })
                }
                one if port(one).is_some() => Some(Nic { port: port(one), ..Nic::default() }),
                one => text(one).map(|network| Nic { network: Some(network), ..Nic::default() }),
            })
            .collect();
        if both {
            let words =
                "a port is in its network and has its addresses: give `port` alone, or `network` and `ip`";
            return Err(give(Some(words.to_string())));
        }
        if let Some(ip) = no_address {
            return Err(give(Some(format!("`ip` is `{ip}`, which is no address"))));
        }
        nics.map(|nics| Networks(Nics::These(nics))).ok_or_else(|| {
            give(Some(match other_key {
                Some(key) => format!("a member has the key `{key}`{}", meant(&key)),
                None => "a member is no network, no port, and no map of network, ip and port".to_string(),
            }))
        })
    }
}
