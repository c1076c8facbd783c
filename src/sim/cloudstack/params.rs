//! What a request asks for: pairs of the query and of a form, each name once with its last value, read as texts, numbers,
//! lists and maps.

use std::collections::BTreeMap;

use super::refused::{Outcome, Refused};
use super::table::Listed;
use crate::openstack::Request;
use crate::world::Pairs;

/// Parameters that hold ids: a name is none, and neither is anything else. Bare numbers are taken for internal ids.
const IDS: &[&str] = &[
    "affinitygroupid",
    "associatednetworkid",
    "diskofferingid",
    "domainid",
    "hostid",
    "ipaddressid",
    "isoid",
    "jobid",
    "networkid",
    "networkofferingid",
    "nicid",
    "ostypeid",
    "projectid",
    "securitygroupid",
    "serviceofferingid",
    "snapshotid",
    "templateid",
    "userid",
    "virtualmachineid",
    "vmsnapshotid",
    "volumeid",
    "vpcid",
    "vpcofferingid",
    "zoneid",
];

/// The names and values of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Params {
    /// As they were sent, the last of each name.
    pub(super) pairs: Pairs,
    /// What the command is called in its own error texts.
    pub(super) command: String,
}

/// The pairs of a request; `None` where an escape or its bytes cannot be read.
pub(super) fn read(request: &Request) -> Option<Pairs> {
    let mut pairs = Pairs::new();
    take(request.raw_query.as_bytes(), &mut pairs)?;
    let form = request
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if request.method == "POST" && form {
        take(&request.body, &mut pairs)?;
    }
    Some(pairs)
}

/// The pairs of texts, one after the other.
#[cfg(test)]
pub(super) fn pairs_of(texts: &[&str]) -> Option<Pairs> {
    let mut pairs = Pairs::new();
    for text in texts {
        take(text.as_bytes(), &mut pairs)?;
    }
    Some(pairs)
}

fn take(text: &[u8], pairs: &mut Pairs) -> Option<()> {
    for part in text.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
        let at = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
        let (name, value) = (decode(&part[..at])?, decode(part.get(at + 1..).unwrap_or_default())?);
        match pairs.iter_mut().find(|pair| pair.0 == name) {
            Some(pair) => pair.1 = value,
            None => pairs.push((name, value)),
        }
    }
    Some(())
}

/// Form decoding, strict about escapes and about UTF-8.
fn decode(text: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = rest.get(..2)?;
                let digits = std::str::from_utf8(digits)
                    .ok()
                    .filter(|text| text.chars().all(|c| c.is_ascii_hexdigit()))?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = &rest[2..];
            }
            other => bytes.push(*other),
        }
    }
    String::from_utf8(bytes).ok()
}

impl Params {
    /// The value under exactly this name.
    pub(super) fn exact(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.as_str())
    }

    /// The value under this name in any case, empty or not.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|pair| pair.0.eq_ignore_ascii_case(name)).map(|pair| pair.1.as_str())
    }

    /// The value under this name in any case; an empty one counts as none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// A value that must be there.
    pub(super) fn need(&self, name: &str) -> Outcome<&str> {
        self.get(name).ok_or_else(|| self.missing(name))
    }

    /// That a parameter is missing.
    pub(super) fn missing(&self, name: &str) -> Refused {
        Refused::param(format!(
            "Unable to execute API command {} due to missing parameter {name}",
            self.command
        ))
    }

    /// That a value is none of its kind.
    pub(super) fn invalid(&self, name: &str, value: &str) -> Refused {
        Refused::param(format!(
            "Unable to execute API command {} due to invalid value {value} for parameter {name}",
            self.command
        ))
    }

    /// That nothing has this id.
    pub(super) fn unknown(&self, name: &str, value: &str) -> Refused {
        Refused::param(format!(
            "Unable to execute API command {} due to invalid value. Invalid parameter {name} value={value} due to incorrect \
             long value format, or entity does not exist or due to incorrect parameter annotation for the field in api cmd \
             class.",
            self.command
        ))
    }

    /// Refuses names where ids belong, and zones that are not there.
    pub(super) fn check_ids<'a>(
        &self,
        listed: &Listed,
        zones: impl Iterator<Item = &'a str> + Clone,
    ) -> Outcome<()> {
        for name in IDS.iter().filter(|name| listed.takes(name)) {
            let Some(value) = self.get(name) else { continue };
            let number = value.parse::<i64>().is_ok();
            let unknown = *name == "zoneid" && !number && !zones.clone().any(|zone| zone == value);
            if unknown || !number && uuid::Uuid::try_parse(value).is_err() {
                return Err(self.unknown(name, value));
            }
        }
        Ok(())
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str) -> Outcome<Option<i64>> {
        let Some(text) = self.get(name) else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| self.invalid(name, text))
    }

    /// Whether it says `true`, in any case; every other word is false.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).map(|text| text.eq_ignore_ascii_case("true"))
    }

    /// Values with commas between them.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let texts = self.get(name).unwrap_or_default().split(',').map(str::trim);
        texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
    }

    /// Whether there is a parameter of this name, or a part of such a map.
    pub(super) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|pair| base(&pair.0).eq_ignore_ascii_case(name))
    }

    /// A map whose entries are numbered: `name[0].key=…`, in the order of their numbers.
    pub(super) fn records(&self, name: &str) -> Vec<Pairs> {
        let mut found: BTreeMap<u64, Pairs> = BTreeMap::new();
        for (key, value) in &self.pairs {
            let Some((own, rest)) = key.split_once('[') else { continue };
            if !own.eq_ignore_ascii_case(name) {
                continue;
            }
            if let Some((number, inner)) = rest.split_once(']')
                && let (Ok(number), Some(inner)) = (number.parse(), inner.strip_prefix('.'))
            {
                found.entry(number).or_default().push((inner.to_owned(), value.clone()));
            }
        }
        found.into_values().collect()
    }

    /// A map of which each entry gives a key and its value: `name[0].key=a&name[0].value=b`. None at all is an empty one.
    pub(super) fn keyed(&self, name: &str) -> Outcome<Pairs> {
        if self.get(name).is_some() {
            return Err(self.invalid(name, self.get(name).unwrap_or_default()));
        }
        let mut pairs = Pairs::new();
        for record in self.records(name) {
            let inner = |word: &str| record.iter().find(|pair| pair.0 == word).map(|pair| pair.1.clone());
            let key = inner("key").ok_or_else(|| self.missing(name))?;
            pairs.push((key, inner("value").unwrap_or_default()));
        }
        Ok(pairs)
    }

    /// A map whose entries carry their names: `details[0].cpuNumber=2`.
    pub(super) fn named(&self, name: &str) -> Pairs {
        self.records(name).into_iter().flatten().collect()
    }
}

/// The name of a parameter without what indexes it.
pub(super) fn base(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::{Params, decode, take};
    use crate::world::Pairs;

    fn params(text: &str) -> Params {
        let mut pairs = Pairs::new();
        assert!(take(text.as_bytes(), &mut pairs).is_some());
        Params { pairs, command: "x".to_owned() }
    }

    #[test]
    fn the_last_value_counts_and_names_come_in_any_case() {
        let params = params("name=a&Name=c&name=b&ids=1,2,,3&flag=TRUE&n=7&x");
        assert_eq!(params.exact("name"), Some("b"));
        assert_eq!(params.list("IDS"), ["1", "2", "3"]);
        assert_eq!((params.flag("flag"), params.flag("none")), (Some(true), None));
        assert_eq!(params.number("n").ok().flatten(), Some(7));
        assert_eq!((params.raw("x"), params.get("x")), (Some(""), None));
    }

    #[test]
    fn maps_have_two_shapes() {
        let params = params(
            "tags[1].key=b&tags[1].value=2&tags[0].key=a&details[0].cpuNumber=2&details[0].memory=512",
        );
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(params.keyed("tags").ok(), Some(vec![pair("a", ""), pair("b", "2")]));
        assert_eq!(params.named("details"), [pair("cpuNumber", "2"), pair("memory", "512")]);
    }

    #[test]
    fn broken_escapes_and_other_encodings_are_no_texts() {
        assert_eq!(decode(b"a+b%2B%c3%a9"), Some("a b+\u{e9}".to_owned()));
        for wrong in [&b"100%"[..], b"%zz", b"%e9", b"\xe9"] {
            assert_eq!(decode(wrong), None, "{wrong:?}");
        }
    }
}
