//! `validate_template`: what a template asks for, and what is wrong with it.

use super::spec::{self, OF_VALIDATION, TemplateText};
use crate::cloud::{Kind, TemplateSource, Ty};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const TEMPLATE: Key<TemplateText> =
    Key::required("template", "The template: text, or a map of its sections.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "validate_template",
    group: Group::Stacks,
    summary: "What a template asks for: #{ parameters, errors }; what the cloud refuses of it is in errors, not raised.",
    forms: &[Form::with(&[TEMPLATE.param()], OF_VALIDATION)],
    returns: Ty::MapOf(&Ty::Any),
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"validate_template("heat_template_version: 2018-08-31").errors"#,
        gives: "[]",
    }],
    errors: &[Kind::InvalidArgument],
    see: &["preview_stack", "create_stack"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let mut spec = spec::of(&call, "")?;
            spec.template = Some(TemplateSource::Text(call.get(&TEMPLATE)?.0));
            Ok(call.cloud()?.validate_template(&spec).await?.value())
        })
    }),
};
