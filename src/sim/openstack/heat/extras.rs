//! What Heat tells beside stacks: of templates, of types, and of parts of a stack by themselves.

use serde_json::{Map, Value, json as v};

use super::asked;
use super::asked::body;
use super::entry::seen;
use super::refuse::{bad, fault, flawed};
use super::view::output as output_value;
use super::{Call, Outcome, json};
use crate::world::World;
use crate::world::stack::{Action, Definition, Files, Flaw, HOT_VERSIONS, Parameter, Shape, Side, Type};

pub(super) fn build(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"api": {"revision": "unknown"}, "engine": {"revision": "unknown"}})))
}

pub(super) fn services(_: &mut World, call: &Call<'_>) -> Outcome {
    if !call.admin() {
        return Err(fault(403, "Forbidden", "You are not authorized to use service:index."));
    }
    Ok(json(200, &v!({"services": []})))
}

pub(super) fn no_abandon(world: &mut World, call: &Call<'_>) -> Outcome {
    seen(world, call)?;
    Err(fault(400, "NotSupported", "Stack Abandon is not supported."))
}

pub(super) fn types(world: &mut World, call: &Call<'_>) -> Outcome {
    let wanted = call.query("name");
    let mut names: Vec<&str> = world
        .kinds
        .iter()
        .filter(|kind| kind.side == Side::Heat && wanted.is_none_or(|text| kind.name.contains(text)))
        .map(|kind| kind.name)
        .collect();
    names.sort_unstable();
    Ok(json(200, &v!({"resource_types": names})))
}

const fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::Text => "string",
        Shape::Integer => "integer",
        Shape::Number => "number",
        Shape::Flag => "boolean",
        Shape::List => "list",
        Shape::Map => "map",
        Shape::Any => "any",
    }
}

pub(super) fn kind(world: &mut World, call: &Call<'_>) -> Outcome {
    let name = call.param(0);
    let Some(kind) = world.kind(Side::Heat, name) else {
        return Err(fault(404, "EntityNotFound", &format!("The Resource Type ({name}) could not be found.")));
    };
    let properties: Map<String, Value> = kind
        .properties
        .iter()
        .filter(|own| own.name != "*")
        .map(|own| {
            let row = v!({"type": shape(own.shape), "required": own.required, "update_allowed": own.live,
                "immutable": false});
            (own.name.to_owned(), row)
        })
        .collect();
    let attributes: Map<String, Value> = kind
        .attributes
        .iter()
        .filter(|name| **name != "*")
        .map(|name| ((*name).to_owned(), v!({"type": "string", "description": ""})))
        .collect();
    let status = v!({"status": "SUPPORTED", "message": null, "version": null, "previous_status": null});
    Ok(json(
        200,
        &v!({"resource_type": name, "properties": properties, "attributes": attributes,
        "support_status": status}),
    ))
}

pub(super) fn template_versions(_: &mut World, _: &Call<'_>) -> Outcome {
    let mut rows = vec![
        v!({"version": "AWSTemplateFormatVersion.2010-09-09", "type": "cfn", "aliases": []}),
        v!({"version": "HeatTemplateFormatVersion.2012-12-12", "type": "cfn", "aliases": []}),
    ];
    rows.extend(HOT_VERSIONS.iter().filter(|version| version.starts_with("20")).map(
        |version| v!({"version": format!("heat_template_version.{version}"), "type": "hot", "aliases": []}),
    ));
    Ok(json(200, &v!({"template_versions": rows})))
}

pub(super) fn functions(_: &mut World, call: &Call<'_>) -> Outcome {
    let hot = [
        ("digest", "A function for performing digest operations."),
        ("get_attr", "A function for resolving resource attributes."),
        ("get_file", "A function for including a file inline."),
        ("get_param", "A function for resolving parameter references."),
        ("get_resource", "A function for resolving resource references."),
        ("list_join", "A function for joining one or more lists of strings."),
        ("map_merge", "A function for merging maps."),
        ("repeat", "A function for iterating over a list of items."),
        ("str_replace", "A function for performing string substitutions."),
        ("str_split", "A function for splitting delimited strings into a list."),
        ("if", "A function to return corresponding value based on condition evaluation."),
    ];
    let cfn = [
        ("Fn::GetAtt", "A function for resolving resource attributes."),
        ("Fn::Join", "A function for joining strings."),
        ("Fn::Select", "A function for selecting an item from a list or map."),
        ("Ref", "A function for resolving parameters or resource references."),
    ];
    let rows: &[(&str, &str)] = if call.param(0).starts_with("heat_template_version.") { &hot } else { &cfn };
    let rows: Vec<Value> =
        rows.iter().map(|(name, text)| v!({"functions": name, "description": text})).collect();
    Ok(json(200, &v!({"template_functions": rows})))
}

fn declared(parameter: &Parameter) -> Value {
    let kind = match parameter.kind {
        Type::Text => "String",
        Type::Number => "Number",
        Type::List => "CommaDelimitedList",
        Type::Json => "Json",
        Type::Flag => "Boolean",
    };
    let label = parameter.label.clone().unwrap_or_else(|| parameter.name.clone());
    let mut row = v!({"Type": kind, "Description": parameter.description,
        "NoEcho": if parameter.hidden { "true" } else { "false" }, "Label": label});
    if let Some(default) = &parameter.default {
        row["Default"] = default.clone();
    }
    for (rule, wanted, description) in &parameter.constraints {
        match rule.as_str() {
            "allowed_values" => row["AllowedValues"] = wanted.clone(),
            "allowed_pattern" => row["AllowedPattern"] = wanted.clone(),
            "custom_constraint" => row["CustomConstraint"] = wanted.clone(),
            "length" => (row["MinLength"], row["MaxLength"]) = (wanted["min"].clone(), wanted["max"].clone()),
            "range" => (row["MinValue"], row["MaxValue"]) = (wanted["min"].clone(), wanted["max"].clone()),
            _ => {}
        }
        if let Some(description) = description {
            row["ConstraintDescription"] = description.clone().into();
        }
    }
    row
}

pub(super) fn validate(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = body(call)?;
    let Some(template) = asked::template(world, &body)? else { return Err(bad("No template specified")) };
    let files: Files = Files::new();
    let given = asked::environment(&body, &files)?;
    for resource in &template.resources {
        let named = [".yaml", ".template"].iter().any(|end| resource.kind.ends_with(end));
        if !named
            && given.stands_for(&resource.kind).is_none()
            && world.kind(Side::Heat, &resource.kind).is_none()
        {
            let message = format!("The Resource Type ({}) could not be found.", resource.kind);
            return Err(bad(&message));
        }
    }
    if template.resources.len() > 1000 {
        return Err(flawed(&Flaw::TooManyResources));
    }
    world.check_circle(Side::Heat, &template).map_err(|flaw| flawed(&flaw))?;
    let definition = Definition { environment: given, ..Definition::default() };
    let parameters: Map<String, Value> =
        template.parameters.iter().map(|own| (own.name.clone(), declared(own))).collect();
    let description = template.description.clone().unwrap_or_else(|| "No description".to_owned());
    Ok(json(
        200,
        &v!({"Description": description, "Parameters": parameters,
        "Environment": definition.shown_environment()}),
    ))
}

pub(super) fn template(world: &mut World, call: &Call<'_>) -> Outcome {
    let stack = seen(world, call)?;
    let mut raw = stack.definition.template.raw.clone();
    if stack.action == Action::Delete {
        let key = if raw.get("resources").is_some() { "resources" } else { "Resources" };
        raw[key] = v!({});
    }
    Ok(json(200, &raw))
}

pub(super) fn environment(world: &mut World, call: &Call<'_>) -> Outcome {
    let stack = seen(world, call)?;
    let mut told = stack.definition.shown_environment();
    told["encrypted_param_names"] = v!([]);
    Ok(json(200, &told))
}

pub(super) fn files(world: &mut World, call: &Call<'_>) -> Outcome {
    let stack = seen(world, call)?;
    Ok(json(200, &v!(*stack.definition.files)))
}

pub(super) fn outputs(world: &mut World, call: &Call<'_>) -> Outcome {
    let stack = seen(world, call)?;
    let rows: Vec<Value> = world
        .outputs(stack)
        .iter()
        .map(|output| {
            let mut row = output_value(output);
            row.as_object_mut().map(|row| row.remove("output_value"));
            row
        })
        .collect();
    Ok(json(200, &v!({"outputs": rows})))
}

pub(super) fn output(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = seen(world, call)?.id.clone();
    world.refresh_stack(&id);
    let (stack, name) = (seen(world, call)?, call.param(2));
    let rows = world.outputs(stack);
    let found = rows.iter().find(|output| output.name == name);
    let found = found.ok_or_else(|| flawed(&Flaw::NoOutput(name.to_owned())))?;
    Ok(json(200, &v!({"output": output_value(found)})))
}
