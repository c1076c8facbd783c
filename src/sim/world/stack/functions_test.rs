//! The functions of both forms of templates, each by its values.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::evaluate::{Scope, evaluate, holds};
use super::flaw::{Flaw, Outcome};
use super::template::Form;

/// A stack with a few of each.
struct Fake {
    form: Form,
    files: BTreeMap<String, String>,
}

impl Fake {
    fn of(form: Form) -> Self {
        Self { form, files: BTreeMap::from([("boot.sh".to_owned(), "#!/bin/sh\necho $x\n".to_owned())]) }
    }
}

impl Scope for Fake {
    fn form(&self) -> Form {
        self.form
    }

    fn parameter(&self, name: &str) -> Option<Value> {
        Some(match name {
            "n" => json!(3),
            "s" => json!("web"),
            "l" => json!(["a", "b", "c"]),
            "j" => json!({"k": [1, {"deep": "x"}]}),
            "b" => json!(true),
            "AWS::StackName" => json!("stack"),
            "AWS::Region" => json!("us-east-1"),
            _ => return None,
        })
    }

    fn reference(&self, resource: &str) -> Option<Value> {
        (resource == "r").then(|| json!("id-of-r"))
    }

    fn attribute(&self, resource: &str, path: &[Value], at: &str) -> Outcome<Value> {
        let name = super::as_text(path.first().unwrap_or(&Value::Null));
        if resource != "r" {
            return Err(Flaw::Reference(resource.to_owned(), at.to_owned()));
        }
        let value = match name.as_str() {
            "ip" => json!("10.0.0.1"),
            "nets" => json!({"private": ["10.0.0.1", "10.0.0.2"]}),
            _ => return Err(Flaw::Attribute(resource.to_owned(), name, at.to_owned())),
        };
        Ok(super::evaluate::follow(&value, &path[1..]))
    }

    fn file(&self, name: &str) -> Option<String> {
        self.files.get(name).cloned()
    }

    fn condition(&self, name: &str) -> Outcome<bool> {
        match name {
            "yes" => Ok(true),
            "no" => Ok(false),
            other => Err(Flaw::NoCondition(other.to_owned())),
        }
    }

    fn export(&self, name: &str) -> Option<Value> {
        (name == "stack-net").then(|| json!("subnet-1"))
    }

    fn mapping(&self, map: &str, first: &str, second: &str) -> Option<Value> {
        json!({"m": {"us-east-1": {"ami": "ami-1"}}}).get(map)?.get(first)?.get(second).cloned()
    }
}

fn hot(value: Value) -> Outcome<Value> {
    evaluate(&value, &Fake::of(Form::Hot), "at")
}

fn aws(value: Value) -> Outcome<Value> {
    evaluate(&value, &Fake::of(Form::Aws), "at")
}

#[test]
fn heat_s_functions_give_these_values() {
    let cases = [
        (json!({"get_param": "n"}), json!(3)),
        (json!({"get_param": ["j", "k", 1, "deep"]}), json!("x")),
        (json!({"get_resource": "r"}), json!("id-of-r")),
        (json!({"get_attr": ["r", "ip"]}), json!("10.0.0.1")),
        (json!({"get_attr": ["r", "nets", "private", 1]}), json!("10.0.0.2")),
        (json!({"get_file": "boot.sh"}), json!("#!/bin/sh\necho $x\n")),
        (
            json!({"str_replace": {"template": "$name-$names on $b", "params": {"$name": {"get_param": "s"},
                "$names": 7, "$b": {"get_param": "b"}}}}),
            json!("web-7 on True"),
        ),
        (
            json!({"str_replace": {"template": "v=%v%", "params": {"%v%": {"a": [1]}}}}),
            json!("v={\"a\":[1]}"),
        ),
        (json!({"list_join": [", ", {"get_param": "l"}, ["d", 1]]}), json!("a, b, c, d, 1")),
        (json!({"list_concat": [["a"], ["a", "b"]]}), json!(["a", "a", "b"])),
        (json!({"list_concat_unique": [["a"], ["a", "b"]]}), json!(["a", "b"])),
        (json!({"str_split": [",", "x,y,z", 1]}), json!("y")),
        (
            json!({"repeat": {"for_each": {"<%p%>": [80, 443], "<%s%>": ["a", "b"]},
                "template": {"port": "<%p%>", "name": "<%s%>-<%p%>"}}}),
            json!([{"port": 80, "name": "a-80"}, {"port": 80, "name": "b-80"}, {"port": 443, "name": "a-443"},
                {"port": 443, "name": "b-443"}]),
        ),
        (
            json!({"repeat": {"for_each": {"<%p%>": [1, 2], "<%s%>": ["a", "b"]}, "permutations": false,
                "template": "<%p%><%s%>"}}),
            json!(["1a", "2b"]),
        ),
        (json!({"map_merge": [{"a": 1, "b": 1}, {"b": 2}]}), json!({"a": 1, "b": 2})),
        (
            json!({"map_replace": [{"k": "v", "x": "y"}, {"keys": {"k": "K"}, "values": {"y": "Y"}}]}),
            json!({"K": "v", "x": "Y"}),
        ),
        (json!({"digest": ["md5", "abc"]}), json!("900150983cd24fb0d6963f7d28e17f72")),
        (json!({"digest": ["sha1", "abc"]}), json!("a9993e364706816aba3e25717850c26c9cd0d89d")),
        (json!({"if": ["yes", 1, 2]}), json!(1)),
        (json!({"if": [{"equals": [{"get_param": "s"}, "db"]}, 1, 2]}), json!(2)),
        (json!({"filter": [["b"], {"get_param": "l"}]}), json!(["a", "c"])),
        // A name that is no function is a map.
        (json!({"get_atr": ["r", "ip"]}), json!({"get_atr": ["r", "ip"]})),
        (json!({"Ref": "s"}), json!({"Ref": "s"})),
    ];
    for (asked, wanted) in cases {
        assert_eq!(hot(asked.clone()), Ok(wanted), "{asked}");
    }
}

#[test]
fn what_heat_s_functions_cannot_find_is_named_with_its_place() {
    assert_eq!(hot(json!({"a": {"get_param": "zz"}})), Err(Flaw::NoParameter("zz".into(), "at.a".into())));
    assert_eq!(hot(json!([{"get_resource": "zz"}])), Err(Flaw::Reference("zz".into(), "at[0]".into())));
    assert_eq!(hot(json!({"get_file": "no.sh"})), Err(Flaw::NoFile("no.sh".into(), "at".into())));
    let attribute = Err(Flaw::Attribute("r".into(), "zz".into(), "at.get_attr".into()));
    assert_eq!(hot(json!({"get_attr": ["r", "zz"]})), attribute);
    assert_eq!(hot(json!({"if": ["maybe", 1, 2]})), Err(Flaw::NoCondition("maybe".into())));
    assert!(matches!(hot(json!({"digest": ["crc32", "x"]})), Err(Flaw::Function(..))));
}

#[test]
fn conditions_hold_or_do_not() {
    let fake = Fake::of(Form::Hot);
    let truth = |value: Value| holds(&value, &fake, "c");
    assert_eq!(truth(json!({"and": ["yes", {"not": "no"}]})), Ok(true));
    assert_eq!(truth(json!({"or": ["no", {"equals": [{"get_param": "n"}, 3]}]})), Ok(true));
    assert_eq!(truth(json!({"and": ["yes", "no"]})), Ok(false));
    assert_eq!(truth(json!({"contains": ["b", {"get_param": "l"}]})), Ok(true));
    let aws = Fake::of(Form::Aws);
    let asked =
        json!({"Fn::And": [{"Condition": "yes"}, {"Fn::Not": [{"Fn::Equals": [{"Ref": "s"}, "db"]}]}]});
    assert_eq!(holds(&asked, &aws, "c"), Ok(true));
}

#[test]
fn cloudformation_s_functions_give_these_values() {
    let cases = [
        (json!({"Ref": "s"}), json!("web")),
        (json!({"Ref": "r"}), json!("id-of-r")),
        (json!({"Ref": "AWS::Region"}), json!("us-east-1")),
        (json!({"Fn::GetAtt": ["r", "ip"]}), json!("10.0.0.1")),
        (json!({"Fn::GetAtt": "r.ip"}), json!("10.0.0.1")),
        (json!({"Fn::Join": ["-", ["a", {"Ref": "AWS::StackName"}, {"Ref": "n"}]]}), json!("a-stack-3")),
        (
            json!({"Fn::Sub": "${s}-${r}-${r.ip}-${!kept}-${AWS::StackName}"}),
            json!("web-id-of-r-10.0.0.1-${kept}-stack"),
        ),
        (json!({"Fn::Sub": ["${own}/${s}", {"own": {"Ref": "n"}}]}), json!("3/web")),
        (json!({"Fn::If": ["no", 1, {"Ref": "n"}]}), json!(3)),
        (json!({"a": {"Fn::If": ["no", 1, {"Ref": "AWS::NoValue"}]}, "b": 2}), json!({"b": 2})),
        (json!([1, {"Ref": "AWS::NoValue"}, 2]), json!([1, 2])),
        (json!({"Fn::Select": ["1", ["a", "b"]]}), json!("b")),
        (json!({"Fn::Split": ["|", "a|b"]}), json!(["a", "b"])),
        (json!({"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-net"}}), json!("subnet-1")),
        (json!({"Fn::FindInMap": ["m", {"Ref": "AWS::Region"}, "ami"]}), json!("ami-1")),
        (json!({"Fn::Base64": "ab"}), json!("YWI=")),
        (json!({"Fn::GetAZs": ""}), json!(["us-east-1a"])),
    ];
    for (asked, wanted) in cases {
        assert_eq!(aws(asked.clone()), Ok(wanted), "{asked}");
    }
    assert_eq!(aws(json!({"Fn::ImportValue": "no"})), Err(Flaw::NoExport("no".into())));
    assert_eq!(aws(json!({"Ref": "zz"})), Err(Flaw::Reference("zz".into(), "at".into())));
    assert!(matches!(aws(json!({"Fn::Nope": 1})), Err(Flaw::Function(..))));
    assert!(matches!(aws(json!({"Fn::Select": [5, ["a"]]})), Err(Flaw::Function(..))));
}

#[test]
fn heat_does_not_know_all_of_cloudformation_s_functions() {
    let heat = |value: Value| evaluate(&value, &Fake::of(Form::HeatCfn), "at");
    let literal = json!({"Fn::Sub": "x-${AWS::StackName}"});
    assert_eq!(heat(literal.clone()), Ok(literal));
    assert_eq!(heat(json!({"Fn::Join": ["-", ["a", {"Ref": "s"}]]})), Ok(json!("a-web")));
}
