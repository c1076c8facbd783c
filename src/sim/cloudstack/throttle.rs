//! The limit on calls of one account in a time, which is off until a setting turns it on. Root administrators are exempt.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::call::{Command, Told, asks, does};
use super::refused::{Outcome, Refused};
use super::scope::{Caller, Cloud};
use super::state::Ledger;

pub(super) static COMMANDS: &[Command] = &[
    asks("cloudstack.getApiLimit", &[], show),
    does("cloudstack.resetApiLimit", &["account"], reset).admin(),
];

/// The calls of an account since its interval began.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    account: String,
    since: SystemTime,
    calls: i64,
}

fn limits(ledger: &Ledger) -> (bool, i64, Duration) {
    let number = |name: &str, default: &str| ledger.setting(name, default).parse::<i64>().unwrap_or(25);
    let seconds = u64::try_from(number("api.throttling.interval", "1")).unwrap_or(1);
    let on = ledger.setting("api.throttling.enabled", "false") == "true";
    (on, number("api.throttling.max", "25"), Duration::from_secs(seconds))
}

/// Counts a call.
///
/// # Errors
/// When the account has made as many as it may.
pub(super) fn count(ledger: &mut Ledger, caller: &Caller, now: SystemTime) -> Outcome<()> {
    let (on, most, interval) = limits(ledger);
    if !on || caller.admin() {
        return Ok(());
    }
    let account = &caller.account.id;
    ledger.counted.retain(|counted| now.duration_since(counted.since).is_ok_and(|passed| passed < interval));
    let place = ledger.counted.iter().position(|counted| counted.account == *account).unwrap_or_else(|| {
        ledger.counted.push(Counted { account: account.clone(), since: now, calls: 0 });
        ledger.counted.len() - 1
    });
    let counted = &mut ledger.counted[place];
    counted.calls += 1;
    if counted.calls <= most {
        return Ok(());
    }
    let left = (counted.since + interval).duration_since(now).unwrap_or_default().as_millis();
    let text =
        format!("The given user has reached his/her account api limit, please retry after [{left}] ms.");
    Err(Refused::with(429, 9999, text))
}

fn show(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (_, most, interval) = limits(cloud.ledger);
    let account = &cloud.caller.account;
    let own = cloud.ledger.counted.iter().find(|counted| counted.account == account.id);
    let issued = own.map_or(0, |counted| counted.calls);
    let passed = own.and_then(|counted| cloud.now().duration_since(counted.since).ok()).unwrap_or_default();
    let left = i64::try_from(interval.saturating_sub(passed).as_millis()).unwrap_or(i64::MAX);
    let body = json!({"apilimit": {
        "accountid": account.id,
        "account": account.name,
        "apiIssued": issued,
        "apiAllowed": most - issued,
        "expireAfter": left,
    }});
    Ok(body.into())
}

fn reset(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let asked = cloud.params.get("account").map(str::to_owned);
    cloud.ledger.counted.retain(|counted| asked.as_ref().is_some_and(|id| counted.account != *id));
    Ok(json!({"success": true}).into())
}
