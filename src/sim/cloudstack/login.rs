//! Logins by password: a session key and two cookies, all of which every later call needs.

use std::time::Duration;

use serde_json::json;

use super::params::Params;
use super::people::Person;
use super::refused::{Outcome, Refused};
use super::shape::Shape;
use super::state::{Ledger, Session};
use crate::openstack::{Answer, Request};
use crate::world::{World, fresh_secret};

/// How long an unused login lasts, in seconds.
const LIFE: u64 = 1800;

/// The value of a cookie.
pub(super) fn cookie<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let all = request.headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|pair| pair.0 == name).map(|pair| pair.1)
}

/// Logs in, by POST.
pub(super) fn login(
    request: &Request,
    params: &Params,
    shape: Shape,
    world: &World,
    ledger: &mut Ledger,
) -> Answer {
    let cookie = format!("node0{}", fresh_secret(24).to_lowercase());
    let jar = format!("JSESSIONID={cookie}; Path=/client");
    if request.method != "POST" {
        let text = "\"Please use HTTP POST to authenticate using this API\"";
        let kind = "application/json;charset=utf-8";
        return Answer { body: text.into(), kind, ..Answer::empty(405) }.with("Set-Cookie", jar);
    }
    if params.get("username").is_none() {
        let body = serde_json::Value::Null;
        let answer = Answer { body: body.to_string().into_bytes(), ..Answer::empty(531) };
        return answer.with("Set-Cookie", jar);
    }
    let person = match found(params, ledger) {
        Ok(person) => person.clone(),
        Err(refused) => return shape.refuse(Some("loginresponse"), &refused).with("Set-Cookie", jar),
    };
    let life = world.fault_settings.token_life.unwrap_or(Duration::from_secs(LIFE));
    let key = fresh_secret(27);
    let session = Session { cookie, key: key.clone(), person: person.id.clone(), until: world.now() + life };
    ledger.sessions.push(session);
    let account = ledger.account(&person.account);
    let body = json!({
        "username": person.name,
        "userid": person.id,
        "domainid": account.map(|account| account.domain.clone()),
        "timeout": life.as_secs(),
        "account": account.map(|account| account.name.clone()),
        "firstname": person.first,
        "lastname": person.last,
        "type": account.map(|account| account.role.number().to_string()),
        "timezone": "UTC",
        "timezoneoffset": "0.0",
        "registered": "false",
        "sessionkey": key,
        "is2faenabled": "false",
        "is2faverified": "true",
        "issuerfor2fa": "CloudStack",
        "managementserverid": ledger.server_id,
    });
    let sealed = format!("sessionkey={key};HttpOnly;SameSite=Lax");
    shape.answer(200, "loginresponse", &body, false).with("Set-Cookie", jar).with("Set-Cookie", sealed)
}

/// Who logs in with this name, password and domain.
fn found<'a>(params: &Params, ledger: &'a Ledger) -> Outcome<&'a Person> {
    let asked = params.get("domain").unwrap_or("/").trim_matches('/');
    let path = if asked.is_empty() { "ROOT".to_owned() } else { format!("ROOT/{asked}") };
    let by_id = params.get("domainId").and_then(|id| ledger.domain(id));
    let domain = by_id.or_else(|| ledger.domains.iter().find(|domain| domain.path == path));
    let unknown = || Refused::login(format!("Unable to find the domain from the path /{asked}/"));
    let domain = domain.ok_or_else(unknown)?;
    let name = params.get("username").unwrap_or_default();
    let wrong = || {
        Refused::login(format!(
            "Failed to authenticate user {name} in domain {}; please provide valid credentials",
            domain.number
        ))
    };
    let own = |person: &&Person| {
        person.name == name
            && ledger.account(&person.account).is_some_and(|account| account.domain == domain.id)
    };
    let person = ledger.people.iter().find(own).ok_or_else(wrong)?;
    if params.get("password") != Some(person.password.as_str()) {
        return Err(wrong());
    }
    match ledger.account(&person.account) {
        Some(account) if account.state == "enabled" => Ok(person),
        _ => Err(Refused::login(format!(
            "User UserAccount {{\"accountName\":\"{name}\",\"username\":\"{name}\"}}. (or their account) in domain Domain \
             {{\"id\":{},\"name\":\"{}\",\"uuid\":\"{}\"}} is disabled/locked. Please contact the administrator.",
            domain.number, domain.name, domain.id
        ))),
    }
}

/// Logs out.
pub(super) fn logout(request: &Request, shape: Shape, ledger: &mut Ledger) -> Answer {
    let Some(session) =
        cookie(request, "JSESSIONID").filter(|own| ledger.sessions.iter().any(|s| s.cookie == *own))
    else {
        let refused = Refused::param("Session not found for the logout process.");
        return shape.refuse(Some("logoutresponse"), &refused);
    };
    ledger.sessions.retain(|other| other.cookie != session);
    let gone = |name: &str| format!("{name}=; Expires=Thu, 01-Jan-1970 00:00:00 GMT; Max-Age=0");
    shape
        .answer(200, "logoutresponse", &json!({"description": "success"}), false)
        .with("Set-Cookie", gone("JSESSIONID"))
        .with("Set-Cookie", gone("sessionkey"))
}

/// Who is logged in by the cookies of a request; `None` where it has no login that lasts.
///
/// # Errors
/// When a part of the login is missing or wrong: the login is over then.
pub(super) fn session(
    request: &Request,
    params: &Params,
    world: &World,
    ledger: &mut Ledger,
) -> Outcome<Option<String>> {
    let now = world.now();
    ledger.sessions.retain(|session| session.until > now);
    let Some(own) = cookie(request, "JSESSIONID") else { return Ok(None) };
    let Some(place) = ledger.sessions.iter().position(|session| session.cookie == own) else {
        return Ok(None);
    };
    let session = &mut ledger.sessions[place];
    let right = params.exact("sessionkey") == Some(session.key.as_str())
        && cookie(request, "sessionkey") == Some(session.key.as_str());
    if !right {
        ledger.sessions.remove(place);
        return Err(Refused::unauthorized("unable to verify user credentials"));
    }
    let life = world.fault_settings.token_life.is_none().then(|| now + Duration::from_secs(LIFE));
    session.until = life.unwrap_or(session.until).max(session.until);
    Ok(Some(session.person.clone()))
}

/// Ends the login of a request.
pub(super) fn revoke(request: &Request, ledger: &mut Ledger) {
    let own = cookie(request, "JSESSIONID");
    ledger.sessions.retain(|session| Some(session.cookie.as_str()) != own);
}
