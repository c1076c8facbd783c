//! One cloud as it is asked for: an entry with its vendor's profile, the values of its region, and the variables that win over it.

use super::aws::AwsSettings;
use super::cloudstack::CloudStackSettings;
use super::document::{At, Data, Item};
use super::found::Found;
use super::note::Note;
use super::openstack::{self, Profile, bad_value};
use super::{merge, variables, vendor};
use crate::cloud::{Error, Kind, nearest};
use std::sync::Arc;

impl Found {
    /// The settings of an AWS cloud, in its own or another region.
    ///
    /// # Errors
    /// When there is none of this name, or what is said of it does not do.
    pub fn aws(&self, name: &str, region: Option<&str>) -> Result<AwsSettings, Error> {
        let original = self.original(name);
        if !self.aws.knows(original) {
            return Err(self.unknown(name, "the script"));
        }
        let mut settings = self.aws.settings(original, region, &self.environment);
        match &mut settings {
            Ok(settings) => settings.name = name.to_string(),
            Err(error) => {
                error.cloud.get_or_insert_with(|| name.to_string());
            }
        }
        settings
    }

    /// The settings of a CloudStack cloud, which has no regions.
    ///
    /// # Errors
    /// When there is none of this name, or what is said of it does not do.
    pub fn cloudstack(&self, name: &str, region: Option<&str>) -> Result<CloudStackSettings, Error> {
        let original = self.original(name);
        if !self.cloudstack.knows(original, &self.environment) {
            return Err(self.unknown(name, "the script"));
        }
        if let Some(region) = region {
            let message = format!("cloud `{name}` has no region `{region}`: CloudStack has none");
            let error = Error::new(Kind::NotFound, message).coded("config::unknown_cloud");
            return Err(error.help("leave it out, and name a `zone` where something is made"));
        }
        let mut settings = self.cloudstack.settings(original, &self.environment);
        match &mut settings {
            Ok(settings) => settings.name = name.to_string(),
            Err(error) => {
                error.cloud.get_or_insert_with(|| name.to_string());
            }
        }
        settings
    }

    /// The profile of an OpenStack cloud, with its vendor's and its region's values, and the variables where `OS_CLOUD` names it.
    ///
    /// # Errors
    /// When there is none of this name or no such region, or what is said of it does not do.
    pub fn openstack(&self, name: &str, region: Option<&str>) -> Result<Profile, Error> {
        let original = self.original(name);
        if let Some((_, slip)) = self.slips.iter().find(|(slipped, _)| slipped == original) {
            return Err(slip.clone());
        }
        let of_file = self.clouds.get(original);
        let of_variables = self.variables.as_ref().filter(|_| original == self.variables_name);
        if let (None, Some(misnamed)) = (of_variables, &self.misnamed) {
            return Err(misnamed.clone());
        }
        let (entry, mut found) = match (of_file, of_variables) {
            (Some(item), Some(_)) => {
                let message =
                    format!("`{name}` is a cloud at {} and the one that OS_* describe", item.at.line());
                return Err(bad_value(&item.at, message, "rename it, or set OS_CLOUD_NAME to another name"));
            }
            (Some(item), None) if !item.is_map() => {
                let message = format!("cloud `{name}` is no map of settings, at {}", item.at.line());
                return Err(bad_value(&item.at, message, "put `auth:` below it, indented"));
            }
            (Some(item), None) => (merge::underscores(item), item.at.line()),
            (None, Some(item)) => (item.clone(), "environment".to_string()),
            (None, None) => return Err(self.unknown(name, "the script")),
        };
        let mut notes = Vec::new();
        let mut base = Item { at: entry.at.clone(), data: Data::Map(Vec::new()) };
        let named = entry.get("profile").or(entry.get("cloud")).filter(|item| item.as_text().is_some());
        if let Some(named) = named {
            match self.vendor(named) {
                Some(profile) => merge::shallow(&mut base, &profile),
                None => notes.push(Note::Warning(format!(
                    "cloud `{name}` has the profile `{}`, which is not known, at {}; it is left out",
                    named.as_text().unwrap_or_default(),
                    named.at.line()
                ))),
            }
        }
        let regions = entry
            .get("regions")
            .or(entry.get("region_name"))
            .or(base.get("regions"))
            .or(base.get("region_name"))
            .cloned();
        let region = self.region(name, regions.as_ref(), region)?;
        merge::shallow(&mut base, &entry);
        base.take("regions");
        if let Some((region, values)) = region {
            base.set("region_name", region);
            if let Some(values) = values {
                merge::shallow(&mut base, &merge::underscores(&values));
            }
        }
        if self.merges(name) {
            let won = variables::lay_over(&mut base, &self.environment);
            if !won.is_empty() {
                let win = if won.len() == 1 { "wins" } else { "win" };
                let detail = format!("cloud `{name}`: {} {win} over {found}", won.join(", "));
                notes.push(Note::Detail(detail));
                found = format!("{found}, and {}, which {win} over it,", won.join(", "));
            }
        }
        let mut profile = openstack::profile(name, base, found, &self.environment);
        match &mut profile {
            Ok(profile) => profile.notes = notes,
            Err(error) => {
                error.cloud.get_or_insert_with(|| name.to_string());
            }
        }
        profile
    }

    /// Whether the variables win over the entry of this name: `OS_CLOUD` names it.
    fn merges(&self, name: &str) -> bool {
        let chosen = self.environment.get("OS_CLOUD");
        let original = self.original(name);
        original != self.variables_name && chosen.is_some_and(|chosen| chosen == name || chosen == original)
    }

    /// The profile that an entry names, from clouds-public.yaml or our own knowledge; it may name a further one.
    fn vendor(&self, named: &Item) -> Option<Item> {
        let public = self.vendors.as_ref().and_then(|vendors| vendors.get("public-clouds"));
        let find = |name: &str| {
            public
                .and_then(|public| public.get(name))
                .map(merge::underscores)
                .or_else(|| vendor::profile(name))
        };
        let name = named.as_text().unwrap_or_default();
        let mut profile = find(name)?;
        if let Some(next) = profile.take("profile")
            && let Some(mut under) = next.as_text().filter(|next| *next != name).and_then(find)
        {
            merge::shallow(&mut under, &profile);
            return Some(under);
        }
        Some(profile)
    }

    /// The regions that are named for a cloud, with their own values.
    fn regions(&self, cloud: &str, regions: Option<&Item>) -> Result<Vec<(Item, Option<Item>)>, Error> {
        let Some(regions) = regions.filter(|regions| !regions.is_null()) else { return Ok(Vec::new()) };
        let list = match &regions.data {
            Data::List(items) => items.clone(),
            Data::Text { text, .. } => {
                text.split(',').map(|name| Item::text(regions.at.clone(), name.trim())).collect()
            }
            Data::Map(_) => vec![regions.clone()],
        };
        let mut all = Vec::new();
        for item in &list {
            let name = if item.is_map() { item.get("name") } else { Some(item) };
            match name.filter(|name| name.as_text().is_some()) {
                Some(name) => all.push((name.clone(), item.get("values").cloned())),
                None => {
                    let message = format!("a region of cloud `{cloud}` has no name, at {}", item.at.line());
                    return Err(bad_value(
                        &item.at,
                        message,
                        "write `- NAME`, or `- name: NAME` with `values:`",
                    ));
                }
            }
        }
        Ok(all)
    }

    /// The region of a cloud with its own values: the one that the script asks for, the one that `OS_REGION_NAME` names, or the
    /// first.
    fn region(
        &self,
        cloud: &str,
        regions: Option<&Item>,
        asked: Option<&str>,
    ) -> Result<Option<(Item, Option<Item>)>, Error> {
        let all = self.regions(cloud, regions)?;
        let names: Vec<String> =
            all.iter().filter_map(|(name, _)| name.as_text().map(str::to_string)).collect();
        // One `region_name` is a choice; `regions` is a list to choose from.
        let listed =
            all.len() > 1 || regions.is_some_and(|regions| !matches!(regions.data, Data::Text { .. }));
        if let Some(asked) = asked {
            let at = At::BuiltIn(Arc::from("the script"));
            let found = all.into_iter().find(|(name, _)| name.as_text() == Some(asked));
            return match found {
                None if listed => Err(no_region(cloud, asked, &names)),
                None => Ok(Some((Item::text(at, asked), None))),
                found => Ok(found),
            };
        }
        // With OS_AUTH_URL set, the variable describes another cloud, unless OS_CLOUD names this one.
        let applies = self.variables.is_none() || self.merges(cloud);
        let wanted = self.environment.get("OS_REGION_NAME").filter(|_| applies);
        let at = At::Variable(Arc::from("OS_REGION_NAME"));
        let Some(wanted) = wanted else { return Ok(all.into_iter().next()) };
        let found = all.into_iter().find(|(name, _)| name.as_text() == Some(wanted));
        match found {
            Some((name, values)) => Ok(Some((Item { at, ..name }, values))),
            None if !listed => Ok(Some((Item::text(at, wanted), None))),
            None => Err(bad_value(
                &at,
                format!("cloud `{cloud}` has no region `{wanted}`, which OS_REGION_NAME names"),
                format!("set OS_REGION_NAME to one of: {}", names.join(", ")),
            )),
        }
    }

    /// The regions that an OpenStack cloud's configuration names, the default first; none where it cannot be read.
    pub(super) fn region_names(&self, name: &str) -> Vec<String> {
        let original = self.original(name);
        let of_variables = self.variables.as_ref().filter(|_| original == self.variables_name);
        let Some(entry) = self.clouds.get(original).map(merge::underscores).or(of_variables.cloned()) else {
            return Vec::new();
        };
        let vendor = entry.get("profile").or(entry.get("cloud")).and_then(|named| self.vendor(named));
        let of = |item: &Item| item.get("regions").or(item.get("region_name")).cloned();
        let regions = of(&entry).or_else(|| vendor.as_ref().and_then(of));
        let all = self.regions(name, regions.as_ref()).unwrap_or_default();
        let mut names: Vec<String> =
            all.iter().filter_map(|(name, _)| name.as_text().map(str::to_string)).collect();
        if let Ok(Some((default, _))) = self.region(name, regions.as_ref(), None)
            && let Some(default) = default.as_text()
        {
            names.retain(|name| name != default);
            names.insert(0, default.to_string());
        }
        names
    }
}

/// The error for a region that a cloud does not have.
fn no_region(cloud: &str, region: &str, names: &[String]) -> Error {
    let mut error = Error::new(Kind::NotFound, format!("cloud `{cloud}` has no region `{region}`"))
        .coded("config::unknown_cloud")
        .help(format!("choose one of: {}", names.join(", ")));
    error.label = nearest::did_you_mean(region, names);
    error
}
