//! `cloud`: a cloud of the session, to call verbs on.

use crate::cloud::{Kind, Ty, Value};
use crate::verbs::argument::Name;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const NAME: Key<Name> =
    Key::optional("name", "Its name, as `clouds()` lists it; the session's default where not given.");

const REGION: Key<String> =
    Key::optional("region", "One of its regions, as `rhain clouds` lists them; its default where not given.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "cloud",
    group: Group::Clouds,
    summary: "A cloud by name, or the session's default: .name .provider .region .supports(verb); verbs can be called on it.",
    forms: &[Form::with(&[NAME.param()], &[REGION.param()])],
    returns: Ty::Cloud,
    effect: Effect::Nothing,
    examples: &[
        Example { code: r#"cloud().provider"#, gives: "openstack" },
        Example { code: r#"cloud("sim").server("web").name"#, gives: "web" },
        Example { code: r#"cloud("sim", #{ region: "RegionOne" }) == cloud("sim")"#, gives: "true" },
        Example { code: r#"cloud().supports("resize")"#, gives: "true" },
    ],
    errors: &[Kind::NotFound, Kind::InvalidArgument],
    see: &["clouds"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let name = call.find(&NAME)?.map(|name| name.0);
            let cloud = match call.find(&REGION)? {
                Some(region) => call
                    .host
                    .clouds
                    .in_region(name.as_deref(), &region)
                    .map_err(|error| call.placed(error, REGION.name))?,
                None => {
                    call.host.clouds.get(name.as_deref()).map_err(|error| call.placed(error, NAME.name))?
                }
            };
            Ok(Value::Cloud(cloud.name().clone()))
        })
    }),
};
