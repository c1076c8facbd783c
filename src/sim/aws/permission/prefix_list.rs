//! Prefix lists: ranges of addresses under one id, which a rule may name instead of a range. The simulated cloud has those of two
//! services, and nobody makes others.

use crate::aws::REGION;
use crate::aws::call::Told;
use crate::aws::filter::Filters;
use crate::aws::params::Params;
use crate::aws::refused::{Outcome, Refused};
use crate::aws::scope::Region;
use crate::aws::xml::Xml;
use crate::world::Rule;

pub(super) const TAKES: &[&str] = &["PrefixListId", "Filter", "MaxResults", "NextToken"];

/// The lists of addresses that are everybody's: id, name and ranges.
pub(super) const PREFIX_LISTS: [(&str, &str, &[&str]); 2] = [
    ("pl-63a5400a", "s3", &["198.51.100.0/25", "198.51.100.128/26"]),
    ("pl-02cd2c6b", "dynamodb", &["203.0.113.128/26"]),
];

/// The list that a rule is to be for.
pub(super) fn named(record: &Params) -> Outcome<String> {
    let list = record.need("PrefixListId")?;
    match PREFIX_LISTS.iter().any(|(id, ..)| *id == list) {
        true => Ok(list.to_owned()),
        false => {
            let message = format!("The prefix list ID '{list}' does not exist");
            Err(Refused::new("InvalidPrefixListID.NotFound", message))
        }
    }
}

/// Those that are asked for.
pub(super) fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let ids = region.params.list("PrefixListId");
    let filters = Filters::read(region.params, &["prefix-list-id", "prefix-list-name"])?;
    let name = |service: &str| format!("com.amazonaws.{REGION}.{service}");
    let rows = PREFIX_LISTS.iter().filter(|(id, service, _)| {
        let value =
            |part: &str| vec![if part == "prefix-list-id" { (*id).to_owned() } else { name(service) }];
        (ids.is_empty() || ids.iter().any(|own| own == id)) && filters.fit(&Default::default(), value)
    });
    let mut xml = Xml::default();
    xml.set("prefixListSet", rows, |xml, (id, service, ranges)| {
        xml.text("prefixListId", id).text("prefixListName", name(service));
        xml.texts("cidrSet", *ranges);
    });
    Ok(xml.into())
}

/// The prefix list that a rule is for.
pub(super) fn list_of(rule: &Rule) -> Option<&str> {
    rule.cidr.as_deref().filter(|cidr| cidr.starts_with("pl-"))
}
