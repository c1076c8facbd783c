//! Rules about public addresses and networks: those of a firewall and forwarded ports are kept, listed and taken away alike.

use serde_json::{Map, Value, json};

use super::call::Told;
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use super::state::Ledger;
use super::volume::begun;

/// What their lists take.
pub(super) const LIST: &[&str] = &[
    "account",
    "domainid",
    "id",
    "ipaddressid",
    "isrecursive",
    "keyword",
    "listall",
    "networkid",
    "page",
    "pagesize",
    "projectid",
    "tags",
];

/// A kind of rule.
pub(super) trait Rule: Clone + Send + 'static {
    /// What answers call it.
    const NOUN: &'static str;
    /// What errors call it.
    const PURPOSE: &'static str;

    fn held(ledger: &Ledger) -> &Vec<Self>;
    fn held_mut(ledger: &mut Ledger) -> &mut Vec<Self>;
    fn id(&self) -> &str;
    fn number(&self) -> usize;
    fn project(&self) -> &str;
    /// The address that it is about; none: a network's way out.
    fn address(&self) -> Option<&str>;
    fn network(&self) -> &str;
    /// Its ports, or type and code, in words.
    fn range(&self) -> String;
    fn view(&self, cloud: &Cloud<'_>) -> Value;
}

/// A number for a new rule.
pub(super) fn next_number(cloud: &mut Cloud<'_>) -> usize {
    cloud.ledger.rule_count += 1;
    cloud.ledger.rule_count
}

/// The refusal of a range that meets that of another rule.
pub(super) fn conflict<R: Rule>(range: &str, other: &R) -> Refused {
    let told = format!(
        "FirewallRule {{\"id\":{},\"networkId\":208,\"purpose\":\"{}\",\"state\":\"Active\",\"uuid\":\"{}\"}}",
        other.number(),
        R::PURPOSE,
        other.id()
    );
    let text =
        format!("The range specified, {range}, conflicts with rule {told} which has {}", other.range());
    Refused::with(537, 4360, text)
}

/// Keeps a new rule; its job shows it.
pub(super) fn keep<R: Rule>(cloud: &mut Cloud<'_>, rule: R) -> Told {
    let id = rule.id().to_owned();
    cloud.ledger.others.insert(id.clone(), rule.project().to_owned());
    R::held_mut(cloud.ledger).push(rule.clone());
    let plan = Plan::after(400, move |cloud| {
        let shown = Map::from_iter([(R::NOUN.to_owned(), rule.view(cloud))]);
        Ok(Value::Object(shown))
    });
    let job = cloud.start(plan.on("FirewallRule", &id));
    begun(&id, "", &job)
}

pub(super) fn delete<R: Rule>(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let id = cloud.params.need("id")?.to_owned();
    let found = R::held(cloud.ledger).iter().find(|rule| rule.id() == id);
    let rule = found.ok_or_else(|| cloud.params.unknown("id", &id))?;
    if !cloud.may(rule.project()) {
        return Err(Cloud::forbidden());
    }
    let own = id.clone();
    let plan = Plan::after(400, move |cloud| {
        R::held_mut(cloud.ledger).retain(|rule| rule.id() != own);
        cloud.ledger.others.remove(&own);
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan).about(&id, ""))
}

pub(super) fn list<R: Rule>(cloud: &mut Cloud<'_>, egress: bool) -> Outcome<Told> {
    let reach = cloud.reach()?;
    let is = |name: &str, own: Option<&str>| cloud.params.get(name).is_none_or(|wanted| own == Some(wanted));
    let narrowed = cloud.params.get("ipaddressid").or(cloud.params.get("networkid")).is_some();
    let fits = |rule: &&R| {
        rule.address().is_none() == egress
            && (reach.covers(rule.project()) || narrowed && cloud.may(rule.project()))
            && cloud.wanted(rule.id())
            && is("ipaddressid", rule.address())
            && is("networkid", Some(rule.network()))
    };
    let rows = R::held(cloud.ledger).iter().filter(fits).map(|rule| rule.view(cloud)).collect();
    cloud.listed(R::NOUN, rows)
}
