//! `create_ec2_credential`, `ec2_credentials`: keys for the EC2 and CloudFormation APIs of an OpenStack cloud.

use crate::cloud::{Ec2Credential, Kind, Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

const ERRORS: &[Kind] = &[Kind::Unauthorized, Kind::Forbidden, Kind::Unsupported];

/// The declaration of `create_ec2_credential`.
pub static CREATE_EC2_CREDENTIAL: Verb = Verb {
    name: "create_ec2_credential",
    group: Group::Clouds,
    summary: "Make a pair of keys for this user and project: #{ access, secret, project }.",
    forms: &[Form::of(&[])],
    returns: Ty::MapOf(&Ty::Any),
    effect: Effect::Changes,
    examples: &[Example { code: r#"create_ec2_credential(); ec2_credentials().len"#, gives: "1" }],
    errors: ERRORS,
    see: &["ec2_credentials"],
    run: Run::Once(|call| Box::pin(async move { Ok(call.cloud()?.create_ec2_credential().await?.value()) })),
};

/// The declaration of `ec2_credentials`.
pub static EC2_CREDENTIALS: Verb = Verb {
    name: "ec2_credentials",
    group: Group::Clouds,
    summary: "The pairs of keys of this user: #{ access, secret, project } each.",
    forms: &[Form::of(&[])],
    returns: Ty::ArrayOf(&Ty::MapOf(&Ty::Any)),
    effect: Effect::Reads,
    examples: &[Example { code: r#"ec2_credentials().len"#, gives: "0" }],
    errors: ERRORS,
    see: &["create_ec2_credential"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let all = call.cloud()?.ec2_credentials().await?;
            Ok(Value::Array(all.iter().map(Ec2Credential::value).collect()))
        })
    }),
};
