//! `wait_port`: a host, until something answers at a TCP port of it.
//!
//! The addresses of a simulated server lead nowhere: there every port answers once the server is ACTIVE.

use super::{TIMEOUT, timeout};
use crate::cloud::ports::Known;
use crate::cloud::{Error, Handle, Kind, Noun, Resource, Result, Span, Ty, Value};
use crate::verbs::argument::{AnyRef, Argument, Mismatch, Reference};
use crate::verbs::call::Call;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Role, Run, Verb};
use std::time::Duration;

/// A server, or text that is a host's name or address.
struct HostRef(Reference);

impl Argument for HostRef {
    const TY: Ty = Ty::AnyRef(&[Noun::Server]);
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        const GIVE: &str = "a server, or a host's name or address as text";
        let wrong = || Mismatch::give(GIVE);
        match AnyRef::read(value).map_err(|_| wrong())?.0 {
            Reference::Object(server) if server.noun() == Noun::Server => {
                Ok(HostRef(Reference::Object(server)))
            }
            Reference::Object(_) => Err(wrong()),
            Reference::Text(text) => Ok(HostRef(Reference::Text(text))),
        }
    }
}

/// A TCP port.
struct Port(u16);

impl Argument for Port {
    const TY: Ty = Ty::Int;
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        const GIVE: &str = "a port, 1 to 65535";
        match value {
            Value::Int(number) => match u16::try_from(*number) {
                Ok(port) if port > 0 => Ok(Port(port)),
                _ => Err(Mismatch::because(GIVE, format!("it is {number}"))),
            },
            _ => Err(Mismatch::give(GIVE)),
        }
    }
}

const HOST: Key<HostRef> = Key::required(
    "host",
    "A server or an array of them; text is a host's name or address, which needs --allow-net.",
)
.names(Role::HostOrServer);
const PORT: Key<Port> = Key::required("port", "The TCP port: 22.");

/// How long to wait between two looks.
const EVERY: Duration = Duration::from_secs(2);

/// The declaration.
pub static VERB: Verb = Verb {
    name: "wait_port",
    group: Group::Waits,
    summary: "Wait until a host answers at a TCP port; a simulated server does at every port once it is ACTIVE.",
    forms: &[Form::of(&[HOST.param(), PORT.param(), TIMEOUT.param()])],
    returns: Ty::Same,
    effect: Effect::By(effect),
    examples: &[Example { code: r#"server("web").wait_port(22, "5m").status"#, gives: "ACTIVE" }],
    errors: &[Kind::Timeout, Kind::Failed, Kind::Denied],
    see: &["wait_active", "wait_until"],
    run: Run::Each(|call| Box::pin(wait(call))),
};

/// A server of this session may always be asked.
fn effect(call: &Call) -> Effect {
    match call.subject() {
        Some(Value::Text(text)) if !call.host.is_own_address(text) => Effect::AsksHost,
        _ => Effect::Waits,
    }
}

async fn wait(call: Call) -> Result<Value> {
    let (port, timeout) = (call.get(&PORT)?.0, timeout(&call)?);
    let start = call.host.clock.elapsed();
    let mut looks = 0_u32;
    let subject = call.get(&HOST)?.0;
    loop {
        looks += 1;
        let (name, there) = match &subject {
            Reference::Text(host) => (host.to_string(), call.host.outside.answers(host, port).await),
            Reference::Object(server) => (server.name(), look(&call, server, port).await?),
        };
        if there {
            return Ok(match subject {
                Reference::Object(server) => Value::Resource(server),
                Reference::Text(_) => Value::Unit,
            });
        }
        let passed = call.host.clock.elapsed().saturating_sub(start);
        if passed >= timeout {
            let told = Span::from_std(timeout);
            return Err(Error::new(
                Kind::Timeout,
                format!("`{name}` did not answer at port {port} within {told}"),
            )
            .coded("cloud::timeout")
            .fact("seen", format!("no answer, {looks} looks")));
        }
        call.host.clock.sleep(EVERY.min(timeout.saturating_sub(passed))).await;
    }
}

/// Whether a server answers; it is read again as long as that tells more.
async fn look(call: &Call, server: &Handle, port: u16) -> Result<bool> {
    if server.is_gone() {
        return Err(call.gone(server, HOST.name));
    }
    let cloud = call.host.clouds.get(Some(server.cloud()))?;
    let known = call.host.clouds.known();
    let simulated = |known: &Known| known.provider == "simulated" && known.name == **server.cloud();
    let unreal = cloud.answers_at_every_port() || known.iter().any(simulated);
    if unreal || ip(server).is_none() {
        let Some(now) = cloud.server(server.id()).await? else {
            return Err(call.gone(server, HOST.name));
        };
        server.update(now.into());
        if server.status() == "ERROR" {
            let words = format!("`{}` is in ERROR", server.name());
            return Err(Error::new(Kind::Failed, words).coded("cloud::failed"));
        }
    }
    match ip(server) {
        _ if unreal => Ok(server.status() == "ACTIVE"),
        Some(ip) => Ok(call.host.outside.answers(&ip, port).await),
        None => Ok(false),
    }
}

fn ip(server: &Handle) -> Option<String> {
    match server.latest() {
        Resource::Server(server) => server.ip().map(str::to_string),
        _ => None,
    }
}
