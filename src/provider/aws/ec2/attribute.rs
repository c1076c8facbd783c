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

/// The limits that are told, by the language's names.
pub fn decode(body: &Json) -> Vec<(&'static str, i64)> {
    let told = |attribute: &Json| {
        let name = text(attribute, "attributeName")?;
        let (_, ours) = NAMES.iter().find(|(theirs, _)| *theirs == name)?;
        let value = list(attribute, "attributeValueSet").first()?;
        Some((*ours, int(value, "attributeValue")?))
    };
    list(body, "accountAttributeSet").iter().filter_map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_have_the_languages_names() {
        let body = json!({"accountAttributeSet": [
            {"attributeName": "max-instances", "attributeValueSet": [{"attributeValue": "20"}]},
            {"attributeName": "default-vpc", "attributeValueSet": [{"attributeValue": "vpc-1"}]},
            {"attributeName": "vpc-max-elastic-ips", "attributeValueSet": [{"attributeValue": "5"}]}]});
        assert_eq!(decode(&body), [("servers", 20), ("public_ips", 5)]);
    }
}
