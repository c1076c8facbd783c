//! `create_port`: a port that no server has yet.

use crate::cloud::port::AddressPair;
use crate::cloud::{Kind, Network, Noun, PortSpec, Result, SecurityGroup, Ty, Value};
use crate::verbs::argument::{Argument, Map, Mismatch, Name, Ref, Reference};
use crate::verbs::call::Call;
use crate::verbs::port::address::Address;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const NAME: Key<Name> = Key::required("name", "Its name.");
const NETWORK: Key<Ref<Network>> = Key::required("network", "The network it is in; on EC2 a subnet.");
const IP: Key<Address> = Key::optional("ip", "Its address; the cloud chooses one otherwise.");
const SECURITY_GROUPS: Key<Vec<Ref<SecurityGroup>>> = Key::optional(
    "security_groups",
    "Its security groups, by object, name or id; [] for none. The cloud's default otherwise.",
);
const PAIRS: Key<AddressPairs> = Key::optional(
    "allowed_address_pairs",
    "What it may send from beside its own address: an array of addresses or ranges, or of #{ip, mac}.",
);
const PROVIDER: Key<Map> = Key::optional("provider", "Merged into the provider's own request.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "create_port",
    group: Group::Networks,
    summary: "Make a port for a server that is booted with it; it outlives that server.",
    forms: &[Form::with(
        &[NAME.param()],
        &[NETWORK.param(), IP.param(), SECURITY_GROUPS.param(), PAIRS.param(), PROVIDER.param()],
    )],
    returns: Ty::Of(Noun::Port),
    effect: Effect::Creates,
    examples: &[Example {
        code: r#"let p = create_port("app", #{ network: "private" });
boot("app", #{ image: "cirros", flavor: "m1.tiny", networks: [p] }).wait_active().private_ip == p.ip"#,
        gives: "true",
    }],
    errors: &[Kind::NotFound, Kind::Conflict, Kind::InvalidArgument, Kind::OverQuota],
    see: &["ports", "boot", "associate_ip", "delete"],
    run: Run::Once(|call| Box::pin(create(call))),
};

async fn create(call: Call) -> Result<Value> {
    let network = call.get(&NETWORK)?;
    let security_groups = match call.find(&SECURITY_GROUPS)? {
        None => None,
        Some(groups) => {
            let mut ids = Vec::with_capacity(groups.len());
            for group in groups {
                ids.push(id_of(&call, &group.0, Noun::SecurityGroup, SECURITY_GROUPS.name).await?);
            }
            Some(ids)
        }
    };
    let spec = PortSpec {
        name: call.get(&NAME)?.0,
        network: id_of(&call, &network.0, Noun::Network, NETWORK.name).await?,
        ip: call.find(&IP)?.map(|ip| ip.0),
        security_groups,
        allowed_address_pairs: call.find(&PAIRS)?.map_or_else(Vec::new, |pairs| pairs.0),
        provider: call.find(&PROVIDER)?.map(|map| Value::Map(map).to_request()),
    };
    Ok(Value::from(call.cloud()?.create_port(&spec).await?))
}

/// The id of what an option names. An id needs no look: the cloud itself says when there is none of it.
async fn id_of(call: &Call, reference: &Reference, noun: Noun, key: &str) -> Result<String> {
    match reference {
        Reference::Text(text) if call.cloud()?.is_id(noun, text) => Ok(text.to_string()),
        other => Ok(call.resolve(other, noun, key).await?.id().to_string()),
    }
}

/// What a port may send from beside its own address.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AddressPairs(Vec<AddressPair>);

impl Argument for AddressPairs {
    const TY: Ty = Ty::ArrayOf(&Ty::Any);
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        const GIVE: &str = "an array of addresses or ranges, or of #{ip, mac}";
        let give = |because: String| Mismatch { give: GIVE.to_string(), because: Some(because) };
        let Value::Array(items) = value else {
            return Err(Mismatch { give: GIVE.to_string(), because: None });
        };
        let text = |value: &Value| match value {
            Value::Text(text) if !text.trim().is_empty() => Some(text.to_string()),
            _ => None,
        };
        let one = |item: &Value| match item {
            Value::Map(map) => {
                if let Some(other) = map.keys().find(|key| !matches!(key.as_str(), "ip" | "mac")) {
                    return Err(give(format!("`{other}` is neither ip nor mac")));
                }
                let ip =
                    map.get("ip").and_then(text).ok_or_else(|| give("a member has no ip".to_string()))?;
                let mac = match map.get("mac") {
                    None | Some(Value::Unit) => None,
                    Some(mac) => Some(text(mac).ok_or_else(|| give("a mac is no text".to_string()))?),
                };
                Ok(AddressPair { ip, mac })
            }
            other => match text(other) {
                Some(ip) => Ok(AddressPair { ip, mac: None }),
                None => Err(give(format!("a member is {}", other.kind()))),
            },
        };
        items.iter().map(one).collect::<std::result::Result<_, _>>().map(AddressPairs)
    }
}
