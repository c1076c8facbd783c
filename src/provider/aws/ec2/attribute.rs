//! What an account may have: the few limits that EC2 itself tells; the rest is Service Quotas' and told by nobody here.

use super::super::call::Call;
use super::super::decode::{int, list, text};
use serde_json::{Value as Json, json};

/// EC2's names and the language's.
const NAMES: [(&str, &str); 2] = [("max-instances", "servers"), ("vpc-max-elastic-ips", "public_ips")];

/// Ask for the limits.
pub fn show() -> Call {
    let names: Vec<&str> = NAMES.iter().map(|(theirs, _)| *theirs).collect();
    Call::ec2("limits.show", "DescribeAccountAttributes").with("AttributeName", json!(names))
}

/// A limit, by the language's name; `None` of one that has none.
pub fn decode(attribute: &Json) -> Option<(&'static str, i64)> {
    let name = text(attribute, "attributeName")?;
    let (_, ours) = NAMES.iter().find(|(theirs, _)| *theirs == name)?;
    let value = list(attribute, "attributeValueSet").first()?;
    Some((*ours, int(value, "attributeValue")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_have_the_languages_names() {
        for (name, value, told) in [
            ("max-instances", "20", Some(("servers", 20))),
            ("default-vpc", "vpc-1", None),
            ("vpc-max-elastic-ips", "5", Some(("public_ips", 5))),
        ] {
            let one = json!({"attributeName": name, "attributeValueSet": [{"attributeValue": value}]});
            assert_eq!(decode(&one), told, "{name}");
        }
    }
}
