//! A template: what it declares, in the two forms that it may be written in.

use serde_json::{Map, Value};

use super::flaw::{Flaw, Outcome};
use super::parameter::Parameter;
use super::yaml::{Tags, read};

/// The form of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Form {
    /// `heat_template_version`.
    #[default]
    Hot,
    /// `AWSTemplateFormatVersion` or `HeatTemplateFormatVersion`, as Heat reads it.
    HeatCfn,
    /// CloudFormation's own.
    Aws,
}

/// The versions of the first form.
pub(crate) const HOT_VERSIONS: [&str; 17] = [
    "2013-05-23",
    "2014-10-16",
    "2015-04-30",
    "2015-10-15",
    "2016-04-08",
    "2016-10-14",
    "2017-02-24",
    "2017-09-01",
    "2018-03-02",
    "2018-08-31",
    "2021-04-16",
    "newton",
    "ocata",
    "pike",
    "queens",
    "rocky",
    "wallaby",
];

/// A resource as it is declared.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Declared {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) properties: Value,
    pub(crate) metadata: Value,
    pub(crate) depends: Vec<String>,
    pub(crate) condition: Option<Value>,
    /// `delete`, `retain` or `snapshot`, in small letters.
    pub(crate) deletion: String,
    pub(crate) description: String,
}

/// An output as it is declared.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) value: Value,
    pub(crate) condition: Option<Value>,
    pub(crate) export: Option<Value>,
}

/// A template as it was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Template {
    pub(crate) form: Form,
    pub(crate) text: String,
    pub(crate) raw: Value,
    pub(crate) description: Option<String>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) mappings: Value,
    pub(crate) conditions: Map<String, Value>,
    pub(crate) resources: Vec<Declared>,
    pub(crate) outputs: Vec<Output>,
}

/// The largest template that Heat takes, in bytes.
const HEAT_LIMIT: usize = 524_288;

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

impl Template {
    /// Reads a template that was sent to Heat, as text or as a map.
    pub(crate) fn for_heat(given: &Value) -> Outcome<Self> {
        let (text, raw) = match given {
            Value::String(text) => {
                if text.len() > HEAT_LIMIT {
                    return Err(Flaw::TooLong("Template", text.len(), HEAT_LIMIT));
                }
                (text.clone(), read(text, Tags::Refused).map_err(Flaw::Unreadable)?)
            }
            other => (other.to_string(), other.clone()),
        };
        let Some(sections) = raw.as_object() else { return Err(Flaw::NotMap) };
        let version = |key: &str| sections.get(key).map(self::text);
        let form = if let Some(found) = version("heat_template_version") {
            if !HOT_VERSIONS.contains(&found.as_str()) {
                return Err(Flaw::Version("heat_template_version", found));
            }
            Form::Hot
        } else if let Some(found) = version("AWSTemplateFormatVersion") {
            if found != "2010-09-09" {
                return Err(Flaw::Version("AWSTemplateFormatVersion", found));
            }
            Form::HeatCfn
        } else if let Some(found) = version("HeatTemplateFormatVersion") {
            if found != "2012-12-12" {
                return Err(Flaw::Version("HeatTemplateFormatVersion", found));
            }
            Form::HeatCfn
        } else {
            return Err(Flaw::NoVersion);
        };
        Self::of(form, text, raw)
    }

    /// Reads a template that was sent to CloudFormation.
    pub(crate) fn for_aws(text: &str) -> Outcome<Self> {
        let raw = read(text, Tags::Functions).map_err(Flaw::Unreadable)?;
        if !raw.is_object() {
            return Err(Flaw::NotMap);
        }
        Self::of(Form::Aws, text.to_owned(), raw)
    }

    fn of(form: Form, text: String, raw: Value) -> Outcome<Self> {
        let hot = form == Form::Hot;
        let key = |hot_name: &'static str, cfn: &'static str| if hot { hot_name } else { cfn };
        let known: &[&str] = if hot {
            &[
                "heat_template_version",
                "description",
                "parameter_groups",
                "parameters",
                "resources",
                "outputs",
                "conditions",
            ]
        } else {
            &[
                "AWSTemplateFormatVersion",
                "HeatTemplateFormatVersion",
                "Description",
                "Metadata",
                "Parameters",
                "Rules",
                "Mappings",
                "Conditions",
                "Transform",
                "Resources",
                "Outputs",
            ]
        };
        if let Some(odd) = map(&raw).keys().find(|name| !known.contains(&name.as_str())) {
            return Err(Flaw::Section(odd.clone()));
        }
        let mut template = Self {
            form,
            text,
            description: raw[key("description", "Description")].as_str().map(str::to_owned),
            mappings: raw["Mappings"].clone(),
            conditions: map(&raw[key("conditions", "Conditions")]),
            ..Self::default()
        };
        for (name, value) in map(&raw[key("parameters", "Parameters")]) {
            template.parameters.push(Parameter::read(&name, &value, hot)?);
        }
        for (name, value) in map(&raw[key("resources", "Resources")]) {
            template.resources.push(declared(&name, &value, hot)?);
        }
        for (name, value) in map(&raw[key("outputs", "Outputs")]) {
            template.outputs.push(output(&name, &value, hot));
        }
        template.raw = raw;
        let doubled = |name: &&str| template.resources.iter().any(|resource| resource.name == **name);
        if let Some(name) = template.parameters.iter().map(|own| own.name.as_str()).find(|name| doubled(name))
        {
            return Err(Flaw::Duplicate(name.to_owned()));
        }
        Ok(template)
    }

    /// The resource that is declared under this name.
    pub(crate) fn resource(&self, name: &str) -> Option<&Declared> {
        self.resources.iter().find(|resource| resource.name == name)
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

fn declared(name: &str, value: &Value, hot: bool) -> Outcome<Declared> {
    let key = |hot_name: &'static str, cfn: &'static str| if hot { hot_name } else { cfn };
    let kind = text(&value[key("type", "Type")]);
    if !value.is_object() || kind.is_empty() {
        return Err(Flaw::Other(format!("Resource {name} type is not defined")));
    }
    let depends = match &value[key("depends_on", "DependsOn")] {
        Value::Array(rows) => rows.iter().map(text).collect(),
        Value::Null => Vec::new(),
        one => vec![text(one)],
    };
    let condition = value.get(key("condition", "Condition")).cloned();
    Ok(Declared {
        name: name.to_owned(),
        kind,
        properties: value[key("properties", "Properties")].clone(),
        metadata: value[key("metadata", "Metadata")].clone(),
        depends,
        condition,
        deletion: text(&value[key("deletion_policy", "DeletionPolicy")]).to_lowercase(),
        description: text(&value[key("description", "Description")]),
    })
}

fn output(name: &str, value: &Value, hot: bool) -> Output {
    let key = |hot_name: &'static str, cfn: &'static str| if hot { hot_name } else { cfn };
    Output {
        name: name.to_owned(),
        description: value[key("description", "Description")].as_str().map(str::to_owned),
        value: value[key("value", "Value")].clone(),
        condition: value.get(key("condition", "Condition")).cloned(),
        export: value["Export"].get("Name").cloned(),
    }
}
