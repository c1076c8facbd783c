//! Reading what is to be let through: `IpPermissions` with their many sources, or the flat parameters of old.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::SystemTime;

use super::Way;
use crate::aws::group;
use crate::aws::params::Params;
use crate::aws::refused::{Outcome, Refused};
use crate::aws::scope::Region;
use crate::world::{Family, Rule, RuleSpec, Standing};

/// One rule as it is asked for.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) spec: RuleSpec,
}

impl Wish {
    /// The rule that this would be.
    pub(super) fn as_rule(&self, now: SystemTime) -> Rule {
        let spec = self.spec.clone();
        Rule {
            id: String::new(),
            number: 0,
            inward: spec.inward,
            family: spec.family,
            protocol: spec.protocol,
            first: spec.first,
            last: spec.last,
            cidr: spec.cidr,
            group: spec.group,
            standing: Standing::new(now, 0),
            first_day: false,
        }
    }

    pub(super) fn protocol(&self) -> String {
        super::protocol(&self.as_rule(SystemTime::UNIX_EPOCH))
    }

    pub(super) fn ports(&self) -> Option<(i64, i64)> {
        super::ports(&self.as_rule(SystemTime::UNIX_EPOCH))
    }

    pub(super) fn cidr(&self) -> Option<String> {
        super::cidr(&self.as_rule(SystemTime::UNIX_EPOCH))
    }

    pub(super) fn list(&self) -> Option<&str> {
        self.spec.cidr.as_deref().filter(|cidr| cidr.starts_with("pl-"))
    }

    /// As EC2 tells of it where it is there already.
    pub(super) fn words(&self) -> String {
        let peer = match (&self.spec.group, self.cidr()) {
            (Some(group), _) => crate::aws::ids::GROUP.id(group),
            (None, cidr) => cidr.or_else(|| self.list().map(str::to_owned)).unwrap_or_default(),
        };
        let protocol = self.spec.protocol.as_deref().map_or_else(|| "ALL".to_owned(), str::to_uppercase);
        match self.ports() {
            Some((first, last)) => format!("peer: {peer}, {protocol}, from port: {first}, to port: {last}"),
            None => format!("peer: {peer}, {protocol}"),
        }
    }
}

/// The protocol by the world's name, and its ports.
type Lane = (Option<String>, Option<i64>, Option<i64>);

fn lane(params: &Params) -> Outcome<Lane> {
    let name = params.need("IpProtocol")?.to_lowercase();
    let (first, last) = (params.number("FromPort")?, params.number("ToPort")?);
    let name = match name.as_str() {
        "-1" | "all" => return Ok((None, None, None)),
        "6" | "tcp" => "tcp",
        "17" | "udp" => "udp",
        "1" | "icmp" => "icmp",
        "58" | "icmpv6" => "ipv6-icmp",
        number if number.parse::<u8>().is_ok() => return Ok((Some(number.to_owned()), None, None)),
        other => {
            return Err(Refused::value(format!(
                "Invalid value '{other}' for IP protocol. Unknown protocol."
            )));
        }
    };
    if name.contains("icmp") {
        let some = |number: Option<i64>| number.filter(|number| *number >= 0);
        return Ok((Some(name.to_owned()), some(first), some(last)));
    }
    let (Some(first), Some(last)) = (first, last) else {
        let message = "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.";
        return Err(Refused::value(message));
    };
    let port = 0..=65_535;
    if !port.contains(&first) || !port.contains(&last) || first > last {
        let message =
            format!("Invalid value '{first}-{last}' for portRange. Must be between 0 and 65535, in order.");
        return Err(Refused::value(message));
    }
    Ok((Some(name.to_owned()), Some(first), Some(last)))
}

/// The range as the world keeps it: with the bits of the network alone, as EC2 writes it too.
fn range(text: &str) -> Outcome<(Family, String)> {
    let malformed = || Refused::value(format!("CIDR block {text} is malformed"));
    let (address, bits) = text.split_once('/').ok_or_else(malformed)?;
    let bits: u32 = bits.parse().map_err(|_| malformed())?;
    if let Ok(address) = address.parse::<Ipv4Addr>() {
        let mask = u32::MAX.checked_shl(32_u32.checked_sub(bits).ok_or_else(malformed)?).unwrap_or(0);
        return Ok((Family::V4, format!("{}/{bits}", Ipv4Addr::from(u32::from(address) & mask))));
    }
    let address: Ipv6Addr = address.parse().map_err(|_| malformed())?;
    let mask = u128::MAX.checked_shl(128_u32.checked_sub(bits).ok_or_else(malformed)?).unwrap_or(0);
    Ok((Family::V6, format!("{}/{bits}", Ipv6Addr::from(u128::from(address) & mask))))
}

/// The group that a rule lets in.
fn source(region: &Region<'_>, record: &Params) -> Outcome<String> {
    let user = record.get("UserId").filter(|user| *user != region.account);
    let group = match (record.get("GroupId"), record.get("GroupName"), user) {
        (Some(id), _, Some(user)) => group::of_another(region, id, user)?,
        (Some(id), _, None) => group::by_id(region, id)?,
        (None, Some(name), Some(_)) => return Err(crate::aws::ids::GROUP.missing(&[name])),
        (None, Some(name), None) => group::by_name(region, name)?,
        (None, None, _) => return Err(Refused::missing("GroupId")),
    };
    Ok(group.id.clone())
}

/// The rules that a request asks for, one a source.
pub(super) fn wishes(region: &Region<'_>, way: Way) -> Outcome<Vec<Wish>> {
    let params = region.params;
    let mut wishes = Vec::new();
    let mut add =
        |lane: &Lane, family: Family, cidr: Option<String>, group: Option<String>, about: &Params| {
            let (protocol, first, last) = lane.clone();
            let description = about.get("Description").unwrap_or_default().to_owned();
            let inward = way == Way::In;
            wishes.push(Wish {
                spec: RuleSpec { inward, family, protocol, first, last, cidr, group, description },
            });
        };
    if let Some(name) = params.get("SourceSecurityGroupName") {
        if params.get("IpProtocol").is_some() || params.get("CidrIp").is_some() {
            let message =
                "The parameter 'sourceSecurityGroupName' may not be used in combination with 'ipProtocol'";
            return Err(Refused::combination(message));
        }
        let source = group::by_name(region, name)?.id.clone();
        add(&(None, None, None), Family::V4, None, Some(source), &Params::default());
    } else if params.get("IpProtocol").is_some() {
        let (family, cidr) = range(params.need("CidrIp")?)?;
        add(&lane(params)?, family, Some(cidr), None, &Params::default());
    }
    for permission in params.records("IpPermissions") {
        let lane = lane(&permission)?;
        let mut sources = 0;
        for (set, one) in [("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")] {
            for record in permission.records(set) {
                let (family, cidr) = range(record.need(one)?)?;
                if (family == Family::V4) != (set == "IpRanges") {
                    return Err(Refused::value(format!("CIDR block {cidr} is of the other version")));
                }
                add(&lane, family, Some(cidr), None, &record);
                sources += 1;
            }
        }
        for record in permission.records("Groups") {
            add(&lane, Family::V4, None, Some(source(region, &record)?), &record);
            sources += 1;
        }
        for record in permission.records("PrefixListIds") {
            add(&lane, Family::V4, Some(super::prefix_list::named(&record)?), None, &record);
            sources += 1;
        }
        if sources == 0 {
            let message = "A permission needs a source: IpRanges, Ipv6Ranges or Groups.";
            return Err(Refused::new("MissingParameter", message));
        }
    }
    if wishes.is_empty() {
        return Err(Refused::missing("IpPermissions"));
    }
    Ok(wishes)
}
