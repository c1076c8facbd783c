//! `release_ip`: give a public address back.

use super::{IP, address};
use crate::cloud::{Cloud, Error, Handle, Kind, Noun, PublicIp, Resource, Result, Ty, Value};
use crate::verbs::call::Call;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};
use std::sync::Arc;

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
            let force = call.find(&FORCE)?.unwrap_or(false);
            match release(&call, &cloud, &ip, force, IP.name).await? {
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

/// Give an address back, where it is free or `force` frees it first; `false` where it was gone already. `name` is the argument
/// that gave it.
///
/// # Errors
/// `conflict` where it is in use.
pub async fn release(
    call: &Call,
    cloud: &Arc<dyn Cloud>,
    ip: &PublicIp,
    force: bool,
    name: &str,
) -> Result<bool> {
    // What the object says may be old: a server that hangs on the address is not to lose it.
    if let Some(Resource::PublicIp(now)) = cloud.one(Noun::PublicIp, &ip.id).await?
        && let Some(by) = now.server.as_deref().or(now.port.as_deref())
    {
        if !force {
            let message = format!("the public IP `{}` is in use by `{by}`", now.address);
            return Err(Error::new(Kind::Conflict, message)
                .coded("cloud::conflict")
                .help(format!(
                    "write `disassociate_ip(ip)` first, or `{}(ip, #{{ force: true }})`",
                    call.verb.name
                ))
                .at(call.place(name), "in use"));
        }
        cloud.disassociate_ip(&now).await?;
    }
    cloud.delete(Noun::PublicIp, &ip.id, false).await
}
