//! Templates of CloudFormation: sent as they were written. For Heat's endpoint, which knows no short forms, those are written out.

use crate::base::yaml_tree::{self, Node};
use crate::cloud::stack::short_forms::written_out;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Bytes of a template that goes in a request, and of one that the service fetches.
pub const BODY: usize = 51_200;

/// What a template is, as far as it can be read.
pub struct Template {
    tree: Node,
}

impl Template {
    /// A template's text as a tree; `None` where it is none, which the service tells.
    pub fn read(text: &str) -> Option<Template> {
        yaml_tree::parse(text).ok().map(|tree| Template { tree })
    }

    /// The names of its parameters, and whether each is hidden.
    pub fn parameters(&self) -> Vec<(String, bool)> {
        let section = self.tree.get("Parameters").or_else(|| self.tree.get("parameters"));
        let one = |(name, about): &(Node, Node)| {
            let hidden = about.get("NoEcho").or_else(|| about.get("hidden")).and_then(Node::text);
            Some((
                name.text()?.to_string(),
                hidden.is_some_and(|text| {
                    // As YAML 1.1 writes it.
                    matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "on" | "y")
                }),
            ))
        };
        section.map(|section| section.fields().iter().filter_map(one).collect()).unwrap_or_default()
    }

    /// What its hidden parameters are where nothing is given.
    pub fn hidden_defaults(&self) -> Vec<Json> {
        let section = self.tree.get("Parameters").or_else(|| self.tree.get("parameters"));
        let hidden = self.parameters().into_iter().filter(|(_, hidden)| *hidden);
        let default = |name: &str| {
            let about = section?.get(name)?;
            Some(about.get("Default").or_else(|| about.get("default"))?.json())
        };
        hidden.filter_map(|(name, _)| default(&name)).collect()
    }

    /// The types of its resources by their names.
    pub fn types(&self) -> BTreeMap<String, String> {
        let section = self.tree.get("Resources").or_else(|| self.tree.get("resources"));
        let one = |(name, about): &(Node, Node)| {
            let kind = about.get("Type").or_else(|| about.get("type")).and_then(Node::text);
            Some((name.text()?.to_string(), kind?.to_string()))
        };
        section.map(|section| section.fields().iter().filter_map(one).collect()).unwrap_or_default()
    }

    /// Whether it has short forms: `!Ref`.
    pub fn has_short_forms(&self) -> bool {
        any(&self.tree, &|node| node.tag.is_some())
    }

    /// The line of the first `Fn::Sub`, in either form.
    pub fn sub(&self) -> Option<usize> {
        let mut line = None;
        any(&self.tree, &|node| node.tag.as_deref() == Some("Sub") || node.get("Fn::Sub").is_some())
            .then(|| find_sub(&self.tree, &mut line));
        line
    }

    /// As JSON, short forms written out.
    pub fn written_out(&self) -> String {
        written_out(&self.tree).to_string()
    }

    /// What it says, for comparing it with another.
    pub fn meaning(&self) -> Json {
        written_out(&self.tree)
    }
}

fn any(node: &Node, is: &impl Fn(&Node) -> bool) -> bool {
    is(node)
        || node.items().iter().any(|item| any(item, is))
        || node.fields().iter().any(|(_, value)| any(value, is))
}

fn find_sub(node: &Node, line: &mut Option<usize>) {
    if node.tag.as_deref() == Some("Sub") {
        line.get_or_insert(node.line);
    }
    for (key, value) in node.fields() {
        if key.text() == Some("Fn::Sub") {
            line.get_or_insert(key.line);
        }
        find_sub(value, line);
    }
    node.items().iter().for_each(|item| find_sub(item, line));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn short_forms_are_written_out() {
        let text = "AWSTemplateFormatVersion: 2010-09-09\nParameters:\n  Net: {Type: String, NoEcho: yes}\nOutputs:\n  A: {Value: !Ref Net}\n  B: {Value: !GetAtt Vpc.Cidr.x}\n  C: {Value: !Join [\"-\", [!Ref Net, b]]}\n  D: {Value: !Sub \"${Net}\"}\n";
        let template = Template::read(text).unwrap_or_else(|| panic!("a template"));
        assert!(template.has_short_forms());
        assert_eq!(template.sub(), Some(8));
        assert_eq!(template.parameters(), [("Net".to_string(), true)]);
        assert_eq!(
            template.meaning(),
            json!({"AWSTemplateFormatVersion": "2010-09-09", "Parameters": {"Net": {"Type": "String", "NoEcho": true}},
                "Outputs": {"A": {"Value": {"Ref": "Net"}}, "B": {"Value": {"Fn::GetAtt": ["Vpc", "Cidr.x"]}},
                    "C": {"Value": {"Fn::Join": ["-", [{"Ref": "Net"}, "b"]]}}, "D": {"Value": {"Fn::Sub": "${Net}"}}}})
        );
        let long =
            Template::read("Outputs: {A: {Value: {Ref: Net}}}").unwrap_or_else(|| panic!("a template"));
        assert!(!long.has_short_forms() && long.sub().is_none());
    }
}
