//! Calls: a request, the command that it names, who asks it, and what comes of it in CloudStack's shape.

use std::sync::PoisonError;

use serde_json::{Map, Value};

use super::TABLES;
use super::event;
use super::login;
use super::params::{self, Params, base};
use super::refused::{Outcome, Refused};
use super::scope::{Caller, Cloud};
use super::shape::{Shape, page};
use super::signature;
use super::state::{Ledger, Shared};
use super::table;
use crate::openstack::{Answer, Request};
use crate::world::{Pairs, World};

/// Where the API is.
const PATH: &str = "/client/api";
/// The longest request line and the largest form.
const LINE: usize = 8192;
const FORM: usize = 1 << 20;
/// What is said to whoever is not let in.
const UNKNOWN: &str = "unable to verify user credentials and/or request signature";

/// What a command answers, and which things it wrote.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) body: Value,
    pub(super) about: Vec<(String, String)>,
}

impl From<Value> for Told {
    fn from(body: Value) -> Self {
        Self { body, about: Vec::new() }
    }
}

impl Told {
    /// Says which thing was written.
    pub(super) fn about(mut self, id: &str, name: &str) -> Self {
        self.about.push((id.to_owned(), name.to_owned()));
        self
    }
}

pub(super) type Run = fn(&mut Cloud<'_>) -> Outcome<Told>;

/// One row of the tables.
pub(crate) struct Command {
    /// Such as `cloudstack.deployVirtualMachine`.
    pub(super) operation: &'static str,
    /// The parameters of CloudStack's list that are carried here.
    pub(super) takes: &'static [&'static str],
    pub(super) run: Run,
    writes: bool,
    /// Only for root administrators.
    pub(super) admin: bool,
}

impl Command {
    /// The command's own name.
    pub(super) fn name(&self) -> &'static str {
        self.operation.split_once('.').map_or(self.operation, |parts| parts.1)
    }

    /// The same, for root administrators alone.
    pub(super) const fn admin(self) -> Self {
        Self { admin: true, ..self }
    }
}

/// A command that changes nothing.
pub(super) const fn asks(operation: &'static str, takes: &'static [&'static str], run: Run) -> Command {
    Command { operation, takes, run, writes: false, admin: false }
}

/// A command that changes the world.
pub(super) const fn does(operation: &'static str, takes: &'static [&'static str], run: Run) -> Command {
    Command { operation, takes, run, writes: true, admin: false }
}

/// A request and the row it was matched to.
pub(crate) struct Call<'a> {
    request: &'a Request,
    /// None where the request cannot be read.
    params: Option<Params>,
    command: Option<&'static Command>,
    shape: Shape,
    project: String,
}

/// Whether a request speaks this protocol.
pub(crate) fn is_ours(request: &Request) -> bool {
    request.path == "/client" || request.path.starts_with("/client/")
}

/// The row of the tables that a request means.
pub(crate) fn find(request: &Request) -> Call<'_> {
    let mut params = params::read(request).map(|pairs| Params { pairs, command: String::new() });
    let name = params.as_ref().and_then(|params| params.exact("command")).map(str::to_owned);
    let named = |command: &&Command| Some(command.name()) == name.as_deref();
    let command = TABLES.iter().copied().flatten().find(named);
    let shape = Shape::asked(params.as_ref().and_then(|params| params.exact("response")));
    if let (Some(params), Some(name)) = (&mut params, &name) {
        params.command = table::told(name);
    }
    Call { request, params, command, shape, project: String::new() }
}

impl Call<'_> {
    /// The name of what is asked, as faults and the journal know it.
    pub(crate) fn operation(&self) -> &'static str {
        self.command.map_or("unknown", |command| command.operation)
    }

    /// Whether it is meant to change the world.
    pub(crate) fn writes(&self) -> bool {
        self.command.is_some_and(|command| command.writes)
    }

    /// The project of the caller, once known.
    pub(crate) fn project(&self) -> &str {
        &self.project
    }

    /// An error that was planned; its code is the inner number.
    pub(crate) fn error(&self, status: u16, code: Option<&str>, message: &str) -> Answer {
        let inner = code.and_then(|code| code.parse().ok()).unwrap_or(9999);
        self.refuse(&Refused::with(status, inner, message))
    }

    /// Ends the login that this call came with.
    pub(crate) fn revoke(&self, shared: &Shared) {
        login::revoke(self.request, &mut shared.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn refuse(&self, refused: &Refused) -> Answer {
        let name = self.params.as_ref().and_then(|params| params.exact("command"));
        let known = name.filter(|name| table::find(name).is_some()).map(table::key);
        let missing = name.is_none() && self.shape == Shape::Json;
        let key = if missing { Some("null".to_owned()) } else { known };
        let key = if refused.code == 432 { None } else { key };
        self.shape.refuse(key.as_deref(), refused)
    }

    /// Answers it. The project of the caller, once known, is left in the call.
    pub(crate) fn run(&mut self, world: &mut World, shared: &Shared) -> Answer {
        let request = self.request;
        if request.path.trim_end_matches('/') != PATH {
            return page(404, &request.path, "Not Found");
        }
        if request.path.len() + request.raw_query.len() > LINE {
            return page(414, &request.path, "URI Too Long");
        }
        if !matches!(request.method.as_str(), "GET" | "POST" | "HEAD") {
            return page(405, &request.path, "HTTP method is not supported by this URL");
        }
        let Some(params) = self.params.take().filter(|_| request.body.len() <= FORM) else {
            return page(404, &request.path, "Not Found");
        };
        let mut ledger = shared.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.seed(world);
        ledger.base.clone_from(&request.base);
        if ledger.enforced() && params.exact("command").is_none() {
            return Answer { kind: "application/json;charset=utf-8", ..Answer::empty(200) };
        }
        let answer = match params.exact("command") {
            Some("login") => login::login(request, &params, self.shape, world, &mut ledger),
            Some("logout") => login::logout(request, self.shape, &mut ledger),
            _ => {
                let done = self.answered(&params, world, &mut ledger, shared);
                self.params = Some(params);
                return done.unwrap_or_else(|refused| self.refuse(&refused));
            }
        };
        self.params = Some(params);
        answer
    }

    fn answered(
        &mut self,
        params: &Params,
        world: &mut World,
        ledger: &mut Ledger,
        shared: &Shared,
    ) -> Outcome<Answer> {
        let person = match login::session(self.request, params, world, ledger)? {
            Some(person) => person,
            None => signer(&params.pairs, world, ledger)?,
        };
        let name = params.exact("command").unwrap_or_default().to_owned();
        let listed = table::find(&name).ok_or_else(|| Refused::unauthorized(UNKNOWN))?;
        let caller = Caller::of(ledger, &person).ok_or_else(|| Refused::unauthorized(UNKNOWN))?;
        self.project.clone_from(&caller.account.project);
        if ledger.enforced() && self.request.method != "POST" && !reads(&name) {
            let text = format!("State changing command {name} needs to be sent using POST request");
            return Err(Refused::with(400, 9999, text));
        }
        super::throttle::count(ledger, &caller, world.now())?;
        let command = self.command.filter(|command| !command.admin || caller.admin()).ok_or_else(|| {
            Refused::unavailable(match self.command {
                Some(_) => format!(
                    "The API [{name}] does not exist or is not available for the account for user id [{person}]."
                ),
                None => format!("The API [{name}] is not carried by the simulated cloud."),
            })
        })?;
        written(params, listed)?;
        let zones = ledger.zones.iter().map(|zone| zone.id.as_str());
        params.check_ids(listed, zones)?;
        carried(params, listed, command)?;
        let mut cloud = Cloud {
            world,
            ledger,
            shared,
            params,
            caller,
            request: &self.request.id,
            got: self.request.method != "POST",
        };
        let told = (command.run)(&mut cloud)?;
        let now = cloud.now();
        if command.writes {
            event::keep(cloud.ledger, &cloud.caller, &name, &told, now);
        }
        let key = table::key(&name);
        let body = if told.body.is_null() { Value::Object(Map::new()) } else { told.body };
        Ok(Answer { about: told.about, ..self.shape.answer(200, &key, &body, true) })
    }
}

/// Commands that may be sent by GET where posts are enforced.
fn reads(name: &str) -> bool {
    ["list", "get", "query", "find"].iter().any(|start| name.starts_with(start)) || name == "quotaIsEnabled"
}

/// Whose key signed it.
fn signer(pairs: &Pairs, world: &World, ledger: &Ledger) -> Outcome<String> {
    let key = signature::field(pairs, "apiKey");
    let own =
        |person: &&super::people::Person| person.key.as_ref().is_some_and(|own| Some(own.0.as_str()) == key);
    let person = ledger.people.iter().find(own);
    let enabled = |account: &str| ledger.account(account).is_some_and(|account| account.state == "enabled");
    let right = person.filter(|person| {
        let secret = person.key.as_ref().map_or("", |own| own.1.as_str());
        enabled(&person.account) && signature::holds(pairs, secret, world.now(), ledger.enforced())
    });
    right.map(|person| person.id.clone()).ok_or_else(|| Refused::unauthorized(UNKNOWN))
}

/// Whether every value can be one, and all that must be there is.
fn written(params: &Params, listed: &table::Listed) -> Outcome<()> {
    for (name, value) in &params.pairs {
        let own = listed.takes(base(name))
            || ["page", "pagesize"].iter().any(|word| name.eq_ignore_ascii_case(word));
        if own
            && value.chars().any(|c| c.is_control() && c != '\n')
            && !base(name).eq_ignore_ascii_case("userdata")
        {
            let text = format!(
                "Received value containing illegal ASCII non-printable characters for parameter {name}"
            );
            return Err(Refused::param(text));
        }
    }
    let missing = listed.required.iter().find(|name| !params.has(name) || params.raw(name) == Some(""));
    missing.map_or(Ok(()), |name| Err(params.missing(name)))
}

/// Refuses what CloudStack has and this cloud does not carry: it must not look as if it had been heard.
fn carried(params: &Params, listed: &table::Listed, command: &Command) -> Outcome<()> {
    for (name, _) in &params.pairs {
        let own = base(name);
        let taken = command.takes.iter().any(|word| word.eq_ignore_ascii_case(own));
        if listed.takes(own) && !taken {
            let text =
                format!("The parameter {own} of {} is not carried by the simulated cloud.", listed.name);
            return Err(Refused::value(text));
        }
    }
    Ok(())
}
