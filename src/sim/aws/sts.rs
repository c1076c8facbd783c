//! The Security Token Service, as far as it says who the caller is.

use super::call::{Action, Told, asks};
use super::keys::account;
use super::refused::Outcome;
use super::scope::Region;
use super::xml::Xml;

pub(super) static ACTIONS: &[Action] = &[asks("sts.GetCallerIdentity", &[], who)];

fn who(region: &mut Region<'_>) -> Outcome<Told> {
    let user = region.world.user(&region.asker.user);
    let (name, id) = user.map(|user| (user.name.clone(), user.id.clone())).unwrap_or_default();
    let account = account(&region.asker.project);
    let mut xml = Xml::default();
    xml.text("Arn", format!("arn:aws:iam::{account}:user/{name}"));
    let id: String = id.to_uppercase().chars().take(16).collect();
    xml.text("UserId", format!("AIDA{id}")).text("Account", account);
    Ok(xml.into())
}
