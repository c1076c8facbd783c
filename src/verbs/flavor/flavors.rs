//! `flavors`: the sizes, smallest first.

use crate::cloud::{Kind, Noun, Ty, Value};
use crate::verbs::argument::Positive;
use crate::verbs::filter::NamePattern;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const NAME: Key<NamePattern> = Key::filter("name", "By name, with * and ?.");
const MIN_VCPUS: Key<i64> = Key::filter("min_vcpus", "At least this many virtual processors.");
const MIN_RAM: Key<i64> = Key::filter("min_ram", "At least this much memory, MiB.");
const MIN_DISK: Key<i64> = Key::filter("min_disk", "At least this much root disk, GiB.");
const LIMIT: Key<Positive> = Key::filter("limit", "At the most this many.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "flavors",
    group: Group::Images,
    summary: "The flavors, smallest first.",
    forms: &[Form::with(
        &[],
        &[NAME.param(), MIN_VCPUS.param(), MIN_RAM.param(), MIN_DISK.param(), LIMIT.param()],
    )],
    returns: Ty::ArrayOf(&Ty::Of(Noun::Flavor)),
    effect: Effect::Reads,
    examples: &[Example { code: r#"flavors(#{ min_ram: 2048 })[0].name"#, gives: "m1.small" }],
    errors: &[Kind::InvalidArgument],
    see: &["flavor", "resize"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let name = call.find(&NAME)?.map(|name| name.0);
            let vcpus = call.find(&MIN_VCPUS)?.unwrap_or(0);
            let ram = call.find(&MIN_RAM)?.unwrap_or(0);
            let disk = call.find(&MIN_DISK)?.unwrap_or(0);
            let limit =
                call.find(&LIMIT)?.map_or(usize::MAX, |limit| usize::try_from(limit.0).unwrap_or(usize::MAX));
            let all = call.cloud()?.flavors().await?;
            let fits = all.into_iter().filter(|flavor| {
                flavor.vcpus >= vcpus
                    && flavor.ram >= ram
                    && flavor.disk >= disk
                    && name.as_ref().is_none_or(|name| name.fits(&flavor.name))
            });
            Ok(Value::Array(fits.take(limit).map(Value::from).collect()))
        })
    }),
};
