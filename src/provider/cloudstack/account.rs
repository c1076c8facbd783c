//! What is known of the account: who asks, what it has and may have.

use super::CloudStack;
use super::call::Call;
use super::decode::{int, text};
use super::session::Auth;
use crate::cloud::{Identity, Result};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The language's names of limits, and what an account calls them.
const LIMITS: [(&str, &str); 8] = [
    ("servers", "vm"),
    ("vcpus", "cpu"),
    ("ram_mib", "memory"),
    ("volumes", "volume"),
    ("volume_gib", "primarystorage"),
    ("snapshots", "snapshot"),
    ("public_ips", "ip"),
    ("networks", "network"),
];

impl CloudStack {
    pub(super) async fn who(&self) -> Result<Identity> {
        let project = self.session.settings().project.clone();
        if let Some(told) = self.session.identity().await? {
            return Ok(Identity {
                user: text(&told, "username"),
                project: project.or_else(|| text(&told, "account")),
                roles: role(&told).into_iter().collect(),
                expires: None,
            });
        }
        let call = Call::read("identity.show", "listUsers").anywhere();
        let users = self.every(&call, "user").await?;
        let Auth::Keys(keys) = &self.session.settings().auth else { return Ok(Identity::default()) };
        let own = |row: &&Json| text(row, "apikey").as_deref() == Some(&keys.access_key);
        // Who sees one user sees itself.
        let found = users.iter().find(own).or(if users.len() == 1 { users.first() } else { None });
        Ok(match found {
            Some(row) => Identity {
                user: text(row, "username"),
                project: project.or_else(|| text(row, "account")),
                roles: text(row, "rolename").or_else(|| text(row, "roletype")).into_iter().collect(),
                expires: None,
            },
            None => Identity { project, ..Identity::default() },
        })
    }

    /// What there is of each thing beside what there may be; what is unlimited or not told is `None`.
    pub(super) async fn all_limits(&self) -> Result<BTreeMap<String, Option<i64>>> {
        let others = ["ports", "security_groups", "keypairs"];
        let names = LIMITS.iter().map(|(name, _)| *name).chain(others);
        let mut limits: BTreeMap<String, Option<i64>> =
            names.flat_map(|name| [(name.to_string(), None), (format!("{name}_used"), None)]).collect();
        limits.insert("server_meta".to_string(), None);
        limits.insert("personality".to_string(), None);
        let row = match self.session.project().await? {
            Some(project) => {
                let call = Call::read("limits.show", "listProjects").with("id", &project).anywhere();
                self.one(&call, "project", &project).await?
            }
            None => self.own_account().await?,
        };
        let Some(row) = row else { return Ok(limits) };
        for (name, theirs) in LIMITS {
            // "Unlimited" is no number, and -1 is none either.
            let limit = int(&row, &format!("{theirs}limit")).filter(|limit| *limit >= 0);
            limits.insert(name.to_string(), limit);
            limits.insert(format!("{name}_used"), int(&row, &format!("{theirs}total")));
        }
        Ok(limits)
    }

    async fn own_account(&self) -> Result<Option<Json>> {
        let call = Call::read("limits.show", "listAccounts").anywhere();
        let rows = self.every(&call, "account").await?;
        if rows.len() == 1 {
            return Ok(rows.into_iter().next());
        }
        let own = self.who().await?.project;
        Ok(rows.into_iter().find(|row| text(row, "name") == own))
    }
}

/// The role of an account's type, as the login tells it.
fn role(told: &Json) -> Option<String> {
    let role = match text(told, "type")?.as_str() {
        "0" => "User",
        "1" => "Root Admin",
        "2" => "Domain Admin",
        other => return Some(other.to_string()),
    };
    Some(role.to_string())
}
