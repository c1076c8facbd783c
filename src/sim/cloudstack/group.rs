//! Security groups, which are the world's.

use super::people::Account;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;

impl Cloud<'_> {
    /// The security groups that are asked for, by id.
    pub(super) fn groups_named(&self, owner: &Account) -> Outcome<Vec<String>> {
        let mut ids = Vec::new();
        for id in self.params.list("securitygroupids") {
            let group = self.world.group_by_id(&id).filter(|group| self.may(&group.project));
            ids.push(group.ok_or_else(|| self.params.unknown("securitygroupids", &id))?.id.clone());
        }
        for name in self.params.list("securitygroupnames") {
            let group =
                self.world.groups.iter().find(|group| group.project == owner.project && group.name == name);
            ids.push(
                group
                    .ok_or_else(|| Refused::value(format!("Unable to find group by name {name}")))?
                    .id
                    .clone(),
            );
        }
        Ok(ids)
    }
}
