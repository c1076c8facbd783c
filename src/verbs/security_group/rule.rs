//! A rule as scripts write it: a map, or protocol, ports and addresses in a row.

use super::{CIDR, FROM_PORT, GROUP, PROTOCOL, RULE, TO_PORT};
use crate::cloud::security_group::is_prefix_list;
use crate::cloud::{Direction, Error, Kind, Noun, Result, Rule, Ty, Value};
use crate::verbs::argument::{Argument, Mismatch, Name, Reference};
use crate::verbs::call::Call;
use crate::verbs::resolve::closest;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// The keys of a rule; the last three are those of a rule that was read, so that it can be given back.
const KEYS: [&str; 12] = [
    "protocol",
    "ports",
    "type",
    "code",
    "cidr",
    "group",
    "account",
    "direction",
    "ethertype",
    "from_port",
    "to_port",
    "id",
];

/// A rule with its source group still to be looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleMap {
    rule: Rule,
    group: Option<Reference>,
}

impl Argument for RuleMap {
    const TY: Ty = Ty::MapOf(&Ty::Any);
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        const GIVE: &str =
            "a rule: #{ protocol: \"tcp\", ports: 80, cidr: \"10.0.0.0/8\" } or #{ group: \"web\" }";
        let because = |what: String| Mismatch { give: GIVE.to_string(), because: Some(what) };
        let Value::Map(map) = value else { return Err(Mismatch { give: GIVE.to_string(), because: None }) };
        if let Some(key) = map.keys().find(|key| !KEYS.contains(&key.as_str())) {
            let near = closest(key, KEYS.into_iter());
            let near = near.first().map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            return Err(because(format!("a rule has no `{key}`{near}")));
        }
        let given = |key: &str| map.get(key).filter(|value| **value != Value::Unit);
        let direction = match given("direction") {
            None => Direction::Ingress,
            Some(Value::Text(text)) if &**text == "ingress" => Direction::Ingress,
            Some(Value::Text(text)) if &**text == "egress" => Direction::Egress,
            Some(_) => return Err(because("`direction` is \"ingress\" or \"egress\"".to_string())),
        };
        let protocol = given("protocol").map(protocol_of).transpose().map_err(because)?.flatten();
        let ports = ports(map, protocol.as_deref()).map_err(because)?;
        let cidr = match given("cidr") {
            None => None,
            Some(Value::Text(text)) => Some(cidr_of(text).map_err(because)?),
            Some(_) => return Err(because("`cidr` is text: \"10.0.0.0/8\"".to_string())),
        };
        let group = match given("group") {
            None => None,
            Some(Value::Text(text)) if !text.trim().is_empty() => Some(Reference::Text(text.clone())),
            Some(Value::Resource(resource)) if resource.noun() == Noun::SecurityGroup => {
                Some(Reference::Object(resource.clone()))
            }
            Some(_) => return Err(because("`group` is a security group, its id or its name".to_string())),
        };
        if cidr.is_some() && group.is_some() {
            return Err(because("`cidr` and `group` stand in rules of their own".to_string()));
        }
        if ports.is_some() && protocol.is_none() {
            return Err(because("`ports` needs a `protocol`".to_string()));
        }
        let ethertype = given("ethertype")
            .map(|word| ethertype_of(word, cidr.as_deref()))
            .transpose()
            .map_err(because)?;
        let account = match given("account") {
            None => None,
            Some(Value::Text(account)) if group.is_some() && !account.trim().is_empty() => {
                Some(account.to_string())
            }
            Some(_) => return Err(because("`account` is text, whose `group` it is".to_string())),
        };
        let id = match given("id") {
            Some(Value::Text(id)) if !id.trim().is_empty() => Some(id.to_string()),
            None => None,
            Some(_) => return Err(because("`id` is the id of a rule".to_string())),
        };
        // A range tells it itself.
        let ethertype = ethertype.filter(|_| cidr.as_deref().is_none_or(is_prefix_list));
        let rule = Rule { id, direction, protocol, ports, cidr, group: None, account, ethertype };
        Ok(RuleMap { rule, group })
    }
}

/// The kind of address that a rule is for, which its range must be of.
fn ethertype_of(word: &Value, cidr: Option<&str>) -> std::result::Result<String, String> {
    let word = match word {
        Value::Text(text) if text.eq_ignore_ascii_case("ipv4") => "IPv4",
        Value::Text(text) if text.eq_ignore_ascii_case("ipv6") => "IPv6",
        _ => return Err("`ethertype` is \"IPv4\" or \"IPv6\"".to_string()),
    };
    match cidr {
        Some(cidr) if !is_prefix_list(cidr) && cidr.contains(':') != (word == "IPv6") => {
            Err(format!("`{cidr}` is no range of {word}"))
        }
        _ => Ok(word.to_string()),
    }
}

/// A protocol in small letters; `None` for all of them, which EC2 writes -1.
fn protocol_of(value: &Value) -> std::result::Result<Option<String>, String> {
    match value {
        Value::Int(-1) => Ok(None),
        Value::Int(number @ 0..=255) => Ok(Some(number.to_string())),
        Value::Text(text) => match text.trim().to_lowercase().as_str() {
            "" => Err("`protocol` is empty; leave it out for all traffic".to_string()),
            "-1" | "all" | "any" => Ok(None),
            "icmpv6" => Ok(Some("ipv6-icmp".to_string())),
            word => Ok(Some(word.to_string())),
        },
        _ => Err("`protocol` is \"tcp\", \"udp\", \"icmp\" or a number up to 255".to_string()),
    }
}

fn ports(
    map: &BTreeMap<String, Value>,
    protocol: Option<&str>,
) -> std::result::Result<Option<(i64, i64)>, String> {
    let given = |key: &str| map.get(key).filter(|value| **value != Value::Unit);
    let number = |key: &str| match given(key) {
        None => Ok(None),
        Some(Value::Int(port)) => Ok(Some(*port)),
        Some(_) => Err(format!("`{key}` is a whole number")),
    };
    let icmp = matches!(protocol, Some("icmp" | "ipv6-icmp" | "1" | "58"));
    if let Some((kind, code)) =
        number("type")?.map(|kind| number("code").map(|code| (kind, code))).transpose()?
    {
        return match (icmp, KEYS.iter().any(|key| key.contains("port") && given(key).is_some())) {
            (false, _) => Err("`type` and `code` go with `protocol: \"icmp\"`".to_string()),
            (true, true) => Err("`type` stands instead of ports".to_string()),
            (true, false) => icmp_type(kind, code).map(Some),
        };
    }
    if given("code").is_some() {
        return Err("`code` is a code of a `type`, which is not given".to_string());
    }
    let all = |ports: &Value| {
        matches!(ports, Value::Int(-1)) || matches!(ports, Value::Text(text) if &**text == "-1")
    };
    if icmp && given("ports").is_some_and(|ports| !all(ports)) {
        return Err("ICMP has no `ports`: write `type: 8`, and `code` where one is meant".to_string());
    }
    let (first, last) = match given("ports") {
        Some(ports) if all(ports) => (-1, -1),
        Some(Value::Int(port)) => (*port, *port),
        Some(Value::Text(text)) => {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            match (first.trim().parse(), last.trim().parse()) {
                (Ok(first), Ok(last)) => (first, last),
                _ => return Err(format!("`{text}` is no port and no range of ports such as \"8000-8010\"")),
            }
        }
        Some(_) => return Err("`ports` is a number, or text such as \"8000-8010\"".to_string()),
        None => match (number("from_port")?, number("to_port")?) {
            (None, None) => return Ok(None),
            (Some(first), Some(last)) => (first, last),
            (Some(one), None) | (None, Some(one)) => (one, one),
        },
    };
    range(protocol, first, last)
}

/// A type of ICMP with a code, or with every one.
fn icmp_type(kind: i64, code: Option<i64>) -> std::result::Result<(i64, i64), String> {
    match (kind, code.unwrap_or(-1)) {
        (0..=255, code @ -1..=255) => Ok((kind, code)),
        (0..=255, code) => Err(format!("the ICMP code {code} is not between 0 and 255")),
        _ => Err(format!("the ICMP type {kind} is not between 0 and 255")),
    }
}

/// Ports from EC2's or anybody's numbers: -1 and -1 are all of them; of ICMP, a type with -1 is all of its codes.
fn range(protocol: Option<&str>, first: i64, last: i64) -> std::result::Result<Option<(i64, i64)>, String> {
    let icmp = matches!(protocol, Some("icmp" | "ipv6-icmp" | "1" | "58"));
    match (first, last) {
        (-1, -1) => Ok(None),
        (0..=255, -1) if icmp => Ok(Some((first, last))),
        (0..=255, 0..=255) if icmp => Ok(Some((first, last))),
        (-1, _) | (_, -1) => Err("-1 for all ports stands in both places, or in neither".to_string()),
        (0..=65535, 0..=65535) if first <= last => Ok(Some((first, last))),
        (0..=65535, 0..=65535) => Err(format!("the ports {first}-{last} run backwards")),
        _ => Err(format!("the ports {first}-{last} are not between 0 and 65535")),
    }
}

/// An address range; one address is a range of itself. A prefix list goes by its id.
fn cidr_of(text: &str) -> std::result::Result<String, String> {
    if is_prefix_list(text.trim()) {
        return Ok(text.trim().to_string());
    }
    let wrong = || format!("`{text}` is no address range such as \"10.0.0.0/8\"");
    let (address, length) = match text.trim().split_once('/') {
        Some((address, length)) => (address, Some(length.parse::<u8>().map_err(|_| wrong())?)),
        None => (text.trim(), None),
    };
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    let whole = if address.is_ipv4() { 32 } else { 128 };
    let length = length.unwrap_or(whole);
    if length > whole {
        return Err(wrong());
    }
    let start = network(address, length);
    match start == address {
        true => Ok(format!("{address}/{length}")),
        false => Err(format!("`{text}` begins at `{start}/{length}`: write that, or a longer prefix")),
    }
}

/// The first address of a range.
fn network(address: IpAddr, length: u8) -> IpAddr {
    let length = u32::from(length);
    match address {
        IpAddr::V4(four) => {
            let mask = u32::MAX.checked_shl(32 - length.min(32)).unwrap_or(0);
            IpAddr::from((u32::from(four) & mask).to_be_bytes())
        }
        IpAddr::V6(six) => {
            let mask = u128::MAX.checked_shl(128 - length.min(128)).unwrap_or(0);
            IpAddr::from((u128::from(six) & mask).to_be_bytes())
        }
    }
}

/// The rule that a call writes, in either form, its source group resolved to its id.
pub async fn rule_of(call: &Call) -> Result<Rule> {
    if call.value(RULE.name).is_none() {
        let refuse = |name: &str, why: String| {
            Error::new(Kind::InvalidArgument, why).coded("call::wrong_type").at(call.place(name), "here")
        };
        let protocol = protocol_of(&Value::text(call.get(&PROTOCOL)?.0));
        let protocol = protocol.map_err(|why| refuse(PROTOCOL.name, why))?;
        let ports = range(protocol.as_deref(), call.get(&FROM_PORT)?, call.get(&TO_PORT)?);
        let ports = ports.map_err(|why| refuse(FROM_PORT.name, why))?;
        if ports.is_some() && protocol.is_none() {
            let why = "a rule for all traffic has no ports: write -1 for both, or name the protocol";
            return Err(refuse(PROTOCOL.name, why.to_string()));
        }
        let Name(cidr) = call.get(&CIDR)?;
        return Ok(Rule {
            protocol,
            ports,
            cidr: Some(cidr_of(&cidr).map_err(|why| refuse(CIDR.name, why))?),
            ..Rule::default()
        });
    }
    let RuleMap { mut rule, group } = call.get(&RULE)?;
    if let Some(group) = group {
        rule.group = Some(match (&group, call.subject()) {
            // A group that lets its own members in is there already.
            (Reference::Text(text), Some(Value::Resource(own)))
                if own.name() == **text || own.id() == &**text =>
            {
                own.id().to_string()
            }
            // Another account's, which nobody here can look up, is the cloud's to judge.
            (Reference::Text(text), _) if call.cloud()?.takes_as_written(Noun::SecurityGroup, text) => {
                text.to_string()
            }
            _ => call.resolve(&group, Noun::SecurityGroup, RULE.name).await?.id().to_string(),
        });
    }
    Ok(rule)
}

/// A rule that would open a group to everybody without saying so.
pub fn says_where(call: &Call, rule: &Rule) -> Result<()> {
    if rule.cidr.is_some() || rule.group.is_some() {
        return Ok(());
    }
    Err(Error::new(
        Kind::InvalidArgument,
        "the rule does not say from where: it has no `cidr` and no `group`",
    )
    .coded("call::missing_argument")
    .help("write `cidr: \"0.0.0.0/0\"` where everybody is meant")
    .at(call.place(if call.value(RULE.name).is_some() { RULE.name } else { GROUP.name }), "from where?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, Value)]) -> std::result::Result<Rule, String> {
        let map = pairs.iter().map(|(key, value)| (key.to_string(), value.clone())).collect();
        RuleMap::read(&Value::Map(map)).map(|map| map.rule).map_err(|no| no.because.unwrap_or(no.give))
    }

    #[test]
    fn rules_are_read_in_each_of_their_forms() {
        let web = read(&[
            ("protocol", Value::text("TCP")),
            ("ports", Value::text("8000-8010")),
            ("cidr", Value::text("10.1.2.3")),
        ]);
        let web = web.unwrap();
        assert_eq!(web.words(), "tcp 8000-8010 from 10.1.2.3/32");
        let Value::Map(back) = web.value() else { panic!("a map") };
        let pairs: Vec<(&str, Value)> =
            back.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        assert_eq!(read(&pairs).unwrap(), web);
        let ping =
            [("protocol", Value::text("icmp")), ("ports", Value::Int(-1)), ("cidr", Value::text("::/0"))];
        assert_eq!(read(&ping).unwrap().words(), "icmp from ::/0");
        assert_eq!(range(Some("icmp"), 8, -1), Ok(Some((8, -1))));
        let echo = |more: &[(&str, Value)]| {
            let rule =
                [("protocol", Value::text("icmp")), ("type", Value::Int(8)), ("cidr", Value::text("::/0"))];
            read(&[&rule, more].concat()).map(|rule| rule.ports)
        };
        assert_eq!((echo(&[]), echo(&[("code", Value::Int(0))])), (Ok(Some((8, -1))), Ok(Some((8, 0)))));
        assert_eq!(
            echo(&[("code", Value::Int(256))]),
            Err("the ICMP code 256 is not between 0 and 255".into())
        );
        assert_eq!(echo(&[("ports", Value::Int(8))]), Err("`type` stands instead of ports".into()));
        let listed = read(&[("cidr", Value::text("pl-63a5400a"))]).unwrap();
        assert_eq!(listed.words(), "all traffic from pl-63a5400a");
        let other = [("group", Value::text("sg-2")), ("account", Value::text("222222222222"))];
        assert_eq!(read(&other).unwrap().account.as_deref(), Some("222222222222"));
        let six = [("ethertype", Value::text("ipv6")), ("group", Value::text("g"))];
        assert_eq!(read(&six).unwrap().family(), Some("IPv6"));
    }

    #[test]
    fn what_is_no_rule_says_why() {
        let wrong = |pairs: &[(&str, Value)]| read(pairs).unwrap_err();
        assert_eq!(wrong(&[("port", Value::Int(80))]), "a rule has no `port`; did you mean `ports`?");
        assert_eq!(wrong(&[("ports", Value::Int(80))]), "`ports` needs a `protocol`");
        let typed = [("protocol", Value::text("tcp")), ("type", Value::Int(8))];
        assert_eq!(wrong(&typed), "`type` and `code` go with `protocol: \"icmp\"`");
        let ports = [("protocol", Value::text("icmp")), ("ports", Value::text("8-0"))];
        assert_eq!(wrong(&ports), "ICMP has no `ports`: write `type: 8`, and `code` where one is meant");
        let code = [("protocol", Value::text("icmp")), ("code", Value::Int(0))];
        assert_eq!(wrong(&code), "`code` is a code of a `type`, which is not given");
        let kind = [("ethertype", Value::text("IPv6")), ("cidr", Value::text("10.0.0.0/8"))];
        assert_eq!(wrong(&kind), "`10.0.0.0/8` is no range of IPv6");
        let backwards = [("protocol", Value::text("tcp")), ("ports", Value::text("90-80"))];
        assert_eq!(wrong(&backwards), "the ports 90-80 run backwards");
        let far = [("protocol", Value::text("tcp")), ("ports", Value::Int(70000))];
        assert_eq!(wrong(&far), "the ports 70000-70000 are not between 0 and 65535");
        assert!(range(Some("tcp"), -1, 22).unwrap_err().starts_with("-1 for all ports"));
        let wide = [("cidr", Value::text("10.1.2.3/0"))];
        assert_eq!(wrong(&wide), "`10.1.2.3/0` begins at `0.0.0.0/0`: write that, or a longer prefix");
        assert!(cidr_of("2001:db8::1/64").unwrap_err().contains("`2001:db8::/64`"));
        let long = [("cidr", Value::text("10.0.0.0/33"))];
        assert_eq!(wrong(&long), "`10.0.0.0/33` is no address range such as \"10.0.0.0/8\"");
    }
}
