//! `update`: what a resource is called and described by, and what else of it can be changed in place.

use super::ACTION_ERRORS;
use super::changes::{Changes, MADE_OF, UPDATED, apply, keys};
use crate::cloud::update::Update;
use crate::cloud::{Error, Kind, Noun, Result, Ty, Value};
use crate::verbs::argument::{Argument, Mismatch, Name, Reference, one_of};
use crate::verbs::call::Call;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

/// What can be updated; text names a server.
#[derive(Debug, Clone, PartialEq)]
struct Updated(Reference);

impl Argument for Updated {
    const TY: Ty = Ty::AnyRef(&UPDATED);
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        const WHAT: &str = "a server, its id or its name, or an image, a volume, a snapshot, a backup, a network, a subnet, a \
                            router, a port, a security group or a public IP (text names a server: write volume(\"…\"))";
        one_of(value, &UPDATED, WHAT).map(Updated)
    }
}

const SUBJECT: Key<Updated> = Key::required(
    "resource",
    "A server, its id or unique name, or another resource that can be changed, or an array of them.",
);
const NAME: Key<Name> = Key::optional("name", "A new name.");
const DESCRIPTION: Key<String> = Key::optional("description", "A new description; not of an image.");
const ACCESS_IPV4: Key<String> =
    Key::optional("access_ipv4", "Of a server: the address shown as its IPv4 access address.");
const ACCESS_IPV6: Key<String> =
    Key::optional("access_ipv6", "Of a server: the address shown as its IPv6 access address.");
const VISIBILITY: Key<Name> =
    Key::optional("visibility", "Of an image: public, private, shared or community.");
const PROTECTED: Key<bool> =
    Key::optional("protected", "Of an image: whether it is kept from being deleted.");
const MIN_DISK: Key<i64> = Key::optional("min_disk", "Of an image: the smallest disk it boots from, GiB.");
const MIN_RAM: Key<i64> = Key::optional("min_ram", "Of an image: the least memory it boots with, MiB.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "update",
    group: Group::Servers,
    summary: "Change the name or description of a resource, a server's access addresses, or an image's fields.",
    forms: &[Form::with(
        &[SUBJECT.param()],
        &[
            NAME.param(),
            DESCRIPTION.param(),
            ACCESS_IPV4.param(),
            ACCESS_IPV6.param(),
            VISIBILITY.param(),
            PROTECTED.param(),
            MIN_DISK.param(),
            MIN_RAM.param(),
        ],
    )
    .made_of(&MADE_OF)],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"update("web", #{ name: "front" }).name"#, gives: "front" }],
    errors: ACTION_ERRORS,
    see: &["rename", "set_meta"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let resource = call.any(&call.get(&SUBJECT)?.0, SUBJECT.name).await?;
            let changes = asked(&call, resource.noun())?;
            apply(&call, resource, SUBJECT.name, changes).await
        })
    }),
};

/// What the options ask for, all of which the noun must have.
fn asked(call: &Call, noun: Noun) -> Result<Changes> {
    let (known, what) = (keys(noun), noun.with_article());
    let given: Vec<&str> = VERB
        .option_keys()
        .map(|key| key.name)
        .filter(|name| !matches!(call.value(name), None | Some(Value::Unit)))
        .collect();
    let give = format!("give one of: {}", known.join(", "));
    if let Some(name) = given.iter().find(|name| !known.contains(name)) {
        return Err(Error::new(Kind::InvalidArgument, format!("{what} has no `{name}` that can be changed"))
            .coded("call::invalid_argument")
            .help(give)
            .at(call.place(name), format!("not of {what}")));
    }
    if given.is_empty() {
        return Err(Error::new(Kind::InvalidArgument, "`update` is given nothing to change")
            .coded("call::missing_argument")
            .help(give));
    }
    Ok(Changes {
        name: call.find(&NAME)?.map(|name| name.0),
        description: call.find(&DESCRIPTION)?,
        access_ipv4: call.find(&ACCESS_IPV4)?,
        access_ipv6: call.find(&ACCESS_IPV6)?,
        of_image: Update {
            visibility: call.find(&VISIBILITY)?.map(|word| word.0),
            protected: call.find(&PROTECTED)?,
            min_disk: call.find(&MIN_DISK)?,
            min_ram: call.find(&MIN_RAM)?,
            ..Update::default()
        },
    })
}
