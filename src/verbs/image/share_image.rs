//! `share_image` and `unshare_image`: the projects that may use an image.

use crate::cloud::{Kind, Result, Ty, Value};
use crate::verbs::argument::{ImageRef, Name};
use crate::verbs::call::Call;
use crate::verbs::run::stale;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const IMAGE: Key<ImageRef> = Key::required("image", "An image, its id or unique name, or an array of them.");
const PROJECT: Key<Name> = Key::required(
    "project",
    "The other project's id (an administrator's session takes its name too); on EC2 the account's twelve digits; on CloudStack \
     a project or an account.",
);
const ERRORS: &[Kind] =
    &[Kind::NotFound, Kind::Conflict, Kind::Forbidden, Kind::InvalidArgument, Kind::Unsupported];

/// The declaration of `share_image`.
pub static SHARE: Verb = Verb {
    name: "share_image",
    group: Group::Images,
    summary: "Let another project use an image. On OpenStack that project has to accept it before its lists show it; a private one becomes shared.",
    forms: &[Form::of(&[IMAGE.param(), PROJECT.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"let other = if cloud().provider == "cloudstack" { "alt" } else { "123456789012" };
let i = snapshot("web", "base", #{ consistent: true }).wait_active();
i.share_image(other).name"#,
        gives: "base",
    }],
    errors: ERRORS,
    see: &["unshare_image", "images"],
    run: Run::Each(|call| Box::pin(share(call, true))),
};

/// The declaration of `unshare_image`.
pub static UNSHARE: Verb = Verb {
    name: "unshare_image",
    group: Group::Images,
    summary: "Let another project use an image no more.",
    forms: &[Form::of(&[IMAGE.param(), PROJECT.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"let other = if cloud().provider == "cloudstack" { "alt" } else { "123456789012" };
let i = snapshot("web", "base", #{ consistent: true }).wait_active();
i.share_image(other).unshare_image(other).name"#,
        gives: "base",
    }],
    errors: ERRORS,
    see: &["share_image"],
    run: Run::Each(|call| Box::pin(share(call, false))),
};

async fn share(call: Call, on: bool) -> Result<Value> {
    let image = call.one(&IMAGE).await?;
    let project = call.get(&PROJECT)?.0;
    let cloud = call.host.clouds.get(Some(image.cloud()))?;
    match on {
        true => cloud.share_image(image.id(), &project).await?,
        false => cloud.unshare_image(image.id(), &project).await?,
    }
    Ok(stale(&call, image))
}
