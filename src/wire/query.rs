//! Nested parameters as the flat pairs of AWS's query protocols, and the form encoding they travel in.
//!
//! `{"Filter": [{"Name": "vpc-id", "Value": ["a"]}]}` is `Filter.1.Name=vpc-id`, `Filter.1.Value.1=a`.

use serde_json::Value;

/// How the members of a list are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lists {
    /// `InstanceId.1`: EC2.
    Flat,
    /// `Tags.member.1`: CloudFormation, STS. An empty list is said by `Tags=`.
    Member,
}

/// The pairs of a map of parameters, in its order. What is null is left out; an empty list is left out where lists are flat.
pub fn flatten(parameters: &Value, lists: Lists) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    if let Value::Object(fields) = parameters {
        for (name, value) in fields {
            add(name, value, lists, &mut pairs);
        }
    }
    pairs
}

fn add(name: &str, value: &Value, lists: Lists, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Bool(truth) => pairs.push((name.to_string(), truth.to_string())),
        Value::Number(number) => pairs.push((name.to_string(), number.to_string())),
        Value::String(text) => pairs.push((name.to_string(), text.clone())),
        Value::Array(items) => {
            if items.is_empty() && lists == Lists::Member {
                pairs.push((name.to_string(), String::new()));
            }
            for (at, item) in items.iter().enumerate() {
                let number = at + 1;
                let member = match lists {
                    Lists::Flat => format!("{name}.{number}"),
                    Lists::Member => format!("{name}.member.{number}"),
                };
                add(&member, item, lists, pairs);
            }
        }
        Value::Object(fields) => {
            for (field, value) in fields {
                add(&format!("{name}.{field}"), value, lists, pairs);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(parameters: Value, lists: Lists) -> String {
        let pairs = flatten(&parameters, lists);
        pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    #[test]
    fn lists_are_numbered_and_structures_dotted() {
        let parameters = json!({
            "InstanceId": ["i-1", "i-2"],
            "Filter": [{"Name": "tag:a", "Value": ["1", "2"]}],
            "IpPermissions": [{"FromPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
            "InstanceType": {"Value": "m5.large"},
            "DryRun": true, "Gone": null, "Empty": [], "None": {},
        });
        assert_eq!(
            text(parameters, Lists::Flat),
            "InstanceId.1=i-1&InstanceId.2=i-2&Filter.1.Name=tag:a&Filter.1.Value.1=1&Filter.1.Value.2=2\
             &IpPermissions.1.FromPort=80&IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0/0\
             &InstanceType.Value=m5.large&DryRun=true"
        );
    }

    #[test]
    fn members_are_said_by_name_where_the_service_wants_it() {
        let parameters = json!({"Tags": [{"Key": "a", "Value": ""}], "Capabilities": [], "StackName": "web"});
        assert_eq!(
            text(parameters, Lists::Member),
            "Tags.member.1.Key=a&Tags.member.1.Value=&Capabilities=&StackName=web"
        );
    }
}
