//! Which resource waits for which: by what it refers to, by what it says, and by what its type needs.

use std::collections::{BTreeMap, BTreeSet};

use super::Side;
use super::evaluate::references;
use super::flaw::{Flaw, Outcome};
use super::template::{Declared, Template};
use crate::world::World;

/// The resources that one needs, each once, as the template says.
///
/// # Errors
/// When it refers to one that is not there.
pub(super) fn needs(template: &Template, declared: &Declared) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    let at = format!("{}.Properties", declared.name);
    let mut within = Vec::new();
    references(&declared.properties, template.form, &at, &mut within);
    references(&declared.metadata, template.form, &format!("{}.Metadata", declared.name), &mut within);
    let known = |name: &str| {
        template.resource(name).is_some() || template.parameter(name).is_some() || name.contains("::")
    };
    if let Some((name, place)) = within.iter().find(|(name, _)| !known(name)) {
        return Err(Flaw::Reference(name.clone(), place.clone()));
    }
    let within = within.into_iter().map(|(name, _)| name);
    for name in declared.depends.iter().cloned().chain(within) {
        if template.resource(&name).is_some() && !found.contains(&name) {
            found.push(name);
        } else if template.resource(&name).is_none() && declared.depends.contains(&name) {
            return Err(Flaw::Reference(name, declared.name.clone()));
        }
    }
    Ok(found)
}

/// The needs of all resources of a template.
///
/// # Errors
/// When one is not there, or some wait for each other.
pub(super) fn all_needs(
    world: &World,
    side: Side,
    template: &Template,
) -> Outcome<BTreeMap<String, Vec<String>>> {
    let mut all = BTreeMap::new();
    for declared in &template.resources {
        all.insert(declared.name.clone(), needs(template, declared)?);
    }
    circle(template, &all)?;
    for declared in &template.resources {
        let Some(kind) = world.kind(side, &declared.kind) else { continue };
        for other in &template.resources {
            let after = kind.after.contains(&other.kind.as_str()) && other.name != declared.name;
            if after && !reaches(&all, &other.name, &declared.name) {
                let own = all.entry(declared.name.clone()).or_default();
                if !own.contains(&other.name) {
                    own.push(other.name.clone());
                }
            }
        }
    }
    Ok(all)
}

/// Whether one needs the other, whatever stands between.
fn reaches(all: &BTreeMap<String, Vec<String>>, from: &str, to: &str) -> bool {
    let (mut open, mut seen) = (vec![from], BTreeSet::new());
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            open.extend(all.get(name).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

fn circle(template: &Template, all: &BTreeMap<String, Vec<String>>) -> Outcome<()> {
    let mut left: Vec<&Declared> = template.resources.iter().collect();
    loop {
        let names: BTreeSet<&str> = left.iter().map(|declared| declared.name.as_str()).collect();
        let before = left.len();
        left.retain(|declared| all[&declared.name].iter().any(|need| names.contains(need.as_str())));
        if left.is_empty() {
            return Ok(());
        }
        if left.len() == before {
            let row = |declared: &Declared| (declared.name.clone(), declared.kind.clone());
            return Err(Flaw::Circular(left.into_iter().rev().map(row).collect()));
        }
    }
}

impl World {
    /// Refuses a template whose resources wait for each other.
    pub(crate) fn check_circle(&self, side: Side, template: &Template) -> Outcome<()> {
        match all_needs(self, side, template) {
            Err(flaw @ Flaw::Circular(_)) => Err(flaw),
            _ => Ok(()),
        }
    }
}
