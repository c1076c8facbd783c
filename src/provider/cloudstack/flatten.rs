//! Parameters as people write them, in maps and arrays, as the API wants them: `ids=a,b`, `details[0].cpuNumber=2`,
//! `tags[0].key=env&tags[0].value=prod`.

use serde_json::Value as Json;

/// Maps whose entries have a key and a value of their own; the names of all others stand in the key.
const ENTRIES: [&str; 3] = ["tags", "resourcedetails", "details_of_resource"];

/// The pairs of a parameter. Nothing is left of what is null or empty.
pub fn pairs(command: &str, name: &str, value: &Json) -> Vec<(String, String)> {
    match value {
        Json::Null => Vec::new(),
        Json::Object(fields) if is_entries(command, name) => {
            let mut out = Vec::new();
            for (index, (key, value)) in fields.iter().enumerate() {
                out.push((format!("{name}[{index}].key"), key.clone()));
                out.extend(scalar(value).map(|text| (format!("{name}[{index}].value"), text)));
            }
            out
        }
        Json::Object(fields) => fields
            .iter()
            .filter_map(|(key, value)| Some((format!("{name}[0].{key}"), scalar(value)?)))
            .collect(),
        Json::Array(items) if items.iter().any(Json::is_object) => {
            let mut out = Vec::new();
            for (index, item) in items.iter().enumerate() {
                for (key, value) in item.as_object().into_iter().flatten() {
                    out.extend(scalar(value).map(|text| (format!("{name}[{index}].{key}"), text)));
                }
            }
            out
        }
        Json::Array(items) => {
            let all: Vec<String> = items.iter().filter_map(scalar).collect();
            if all.is_empty() { Vec::new() } else { vec![(name.to_string(), all.join(","))] }
        }
        other => scalar(other).map(|text| (name.to_string(), text)).into_iter().collect(),
    }
}

fn is_entries(command: &str, name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ENTRIES.contains(&lower.as_str()) || command == "addResourceDetail" && lower == "details"
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(truth) => Some(truth.to_string()),
        Json::Array(items) => Some(items.iter().filter_map(scalar).collect::<Vec<_>>().join(","))
            .filter(|text| !text.is_empty()),
        Json::Null | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn maps_and_lists_have_the_apis_shapes() {
        let told = |command: &str, name: &str, value: Json| {
            let all = pairs(command, name, &value);
            all.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
        };
        assert_eq!(told("listVirtualMachines", "ids", json!(["a", "b"])), "ids=a,b");
        assert_eq!(
            told("scaleVirtualMachine", "details", json!({"cpuNumber": 2, "memory": 512})),
            "details[0].cpuNumber=2&details[0].memory=512"
        );
        assert_eq!(told("createTags", "tags", json!({"env": "prod"})), "tags[0].key=env&tags[0].value=prod");
        assert_eq!(
            told("addResourceDetail", "details", json!({"a": "b"})),
            "details[0].key=a&details[0].value=b"
        );
        assert_eq!(
            told(
                "deployVirtualMachine",
                "iptonetworklist",
                json!([{"networkid": "n", "ip": "10.0.0.5"}, {"networkid": "m"}])
            ),
            "iptonetworklist[0].networkid=n&iptonetworklist[0].ip=10.0.0.5&iptonetworklist[1].networkid=m"
        );
        assert_eq!(told("x", "startvm", json!(false)), "startvm=false");
        assert_eq!(told("x", "ids", json!([])), "");
        assert_eq!(told("x", "name", Json::Null), "");
    }
}
