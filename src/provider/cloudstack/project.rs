//! The session's project, which people give by id or name.

use super::call::Call;
use super::decode;
use super::session::Session;
use crate::cloud::{Kind, Result, nearest};
use serde_json::Value as Json;

impl Session {
    /// The session's project by id.
    async fn project_id(&self, wanted: &str) -> Result<Option<String>> {
        if decode::is_uuid(wanted) {
            return Ok(Some(wanted.to_string()));
        }
        let call = Call::read("project.list", "listProjects").with("name", wanted).with("listall", true);
        let answer = self.send(&call.anywhere()).await?;
        let call = Call::read("project.list", "listProjects");
        let body = self.read(&call, &answer)?;
        let named = |one: &&Json| decode::text(one, "name").as_deref() == Some(wanted);
        let found: Vec<String> = decode::list(&body, "project")
            .iter()
            .filter(named)
            .filter_map(|one| decode::text(one, "id"))
            .collect();
        match found.as_slice() {
            [one] => Ok(Some(one.clone())),
            [] => self.project_among_all(wanted).await.map(Some),
            many => Err(self
                .error(
                    Kind::Ambiguous,
                    format!("{} has {} projects named `{wanted}`", self.name(), many.len()),
                )
                .coded("cloud::ambiguous")
                .help(format!("give one by its id: {}", many.join(", ")))),
        }
    }

    /// The project of this id, which no name is; else the error with the nearest names.
    async fn project_among_all(&self, wanted: &str) -> Result<String> {
        let call = Call::read("project.list", "listProjects").with("listall", true);
        let answer = self.send(&call.clone().anywhere()).await?;
        let body = self.read(&call, &answer)?;
        let all = decode::list(&body, "project");
        if all.iter().any(|one| decode::text(one, "id").as_deref() == Some(wanted)) {
            return Ok(wanted.to_string());
        }
        let names: Vec<String> = all.iter().filter_map(|one| decode::text(one, "name")).collect();
        let near = nearest::nearest(wanted, names.iter().map(String::as_str), 1);
        let close = near.first().map(|name| format!("did you mean `{name}`? ")).unwrap_or_default();
        Err(self
            .error(Kind::NotFound, format!("{} has no project `{wanted}`", self.name()))
            .coded("cloud::not_found")
            .help(format!("{close}name one that this account is a member of in {}", self.found())))
    }

    /// The id of the session's project; `None` outside projects.
    pub(super) async fn project(&self) -> Result<Option<String>> {
        match &self.settings().project {
            Some(wanted) => self.project_cell().get_or_try_init(|| self.project_id(wanted)).await.cloned(),
            None => Ok(None),
        }
    }
}
