//! `release_ip`: give a public address back.

use super::{IP, address};
use crate::cloud::{Error, Handle, Kind, Noun, Resource, Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const FORCE: Key<bool> = Key::optional("force", "Release it even where a server is using it.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "release_ip",
    group: Group::Networks,
    summary: "Give a public address back; it may go to somebody else.",
    forms: &[Form::with(&[IP.param()], &[FORCE.param()])],
    returns: Ty::Same,
    effect: Effect::Destroys,
    examples: &[Example { code: r#"let ip = allocate_ip(); ip.release_ip(); public_ips().len"#, gives: "0" }],
    errors: &[Kind::NotFound, Kind::Conflict],
    see: &["disassociate_ip", "public_ips"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let ip = address(&call, &IP).await?;
            let cloud = call.host.clouds.get(Some(&ip.cloud))?;
            // What the object says may be old: a server that hangs on the address is not to lose it.
            let force = call.find(&FORCE)?.unwrap_or(false);
            let now = cloud.one(Noun::PublicIp, &ip.id).await?;
            if let Some(Resource::PublicIp(now)) = &now
                && force
                && (now.server.is_some() || now.port.is_some())
            {
                cloud.disassociate_ip(now).await?;
            } else if let Some(Resource::PublicIp(now)) = &now
                && let Some(by) = now.server.as_deref().or(now.port.as_deref())
            {
                return Err(Error::new(
                    Kind::Conflict,
                    format!("the public IP `{}` is in use by `{by}`", now.address),
                )
                .coded("cloud::conflict")
                .help("write `disassociate_ip(ip)` first, or `release_ip(ip, #{ force: true })`")
                .at(call.place(IP.name), "in use"));
            }
            match cloud.delete(Noun::PublicIp, &ip.id, false).await? {
                true => {
                    let object = Handle::new(Resource::PublicIp(ip));
                    object.set_gone();
                    Ok(Value::Resource(object))
                }
                false => Err(Error::new(
                    Kind::NotFound,
                    format!("the public IP `{}` was gone already", ip.address),
                )
                .coded("cloud::not_found")
                .at(call.place(IP.name), "gone already")),
            }
        })
    }),
};
