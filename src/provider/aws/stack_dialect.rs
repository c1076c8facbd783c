//! Which CloudFormation an endpoint speaks: Amazon's, or Heat's.

use super::Aws;
use super::cloudformation::template::Template;
use super::cloudformation::{is_of_heat, stack};
use super::service::{DOMAINS, Service};
use crate::cloud::{Kind, Result, Stack};
use serde_json::{Map, Value as Json};

impl Aws {
    /// Whether the endpoint is Heat's. Amazon's own are not; of another one its ids tell, or what it says to a question of change sets.
    pub(super) async fn is_heat(&self) -> Result<bool> {
        let endpoint = self.session.endpoint(&Service::CloudFormation).unwrap_or_default();
        let host = url::Url::parse(&endpoint).ok().and_then(|url| url.host_str().map(str::to_string));
        let host = host.unwrap_or_default();
        if DOMAINS.iter().any(|domain| host.ends_with(domain)) {
            return Ok(false);
        }
        let ask = || async {
            match self.ask(&stack::probe()).await {
                Err(error) if error.code.as_deref() == Some("InvalidAction") => Ok(true),
                Err(error)
                    if matches!(
                        error.kind,
                        Kind::Network | Kind::Timeout | Kind::Unauthorized | Kind::Unavailable
                    ) =>
                {
                    Err(error)
                }
                _ => Ok(false),
            }
        };
        self.heat.get_or_try_init(ask).await.copied()
    }

    /// An id tells which dialect the endpoint speaks.
    pub(super) fn learn_dialect(&self, id: &str) {
        let _ = self.heat.set(is_of_heat(id));
    }

    /// Keep what a request's template is to make: Heat's endpoint tells nothing of what it has taken back.
    pub(super) async fn remember_types(&self, id: &str, parts: &Map<String, Json>) {
        let body = parts.get("TemplateBody").and_then(Json::as_str).filter(|_| is_of_heat(id));
        let Some(template) = body.and_then(Template::read) else { return };
        self.stack_types.lock().await.insert(id.to_string(), template.types());
    }

    /// Heat's endpoint says that a stack is deleted a moment before it gives the name free, at which the name still finds it.
    pub(super) async fn held_by_name(&self, mut stack: Stack) -> Result<Option<Stack>> {
        if !is_of_heat(&stack.id) {
            return Ok(None);
        }
        let held = self.described_stack(&stack.name).await?.is_some_and(|there| there.id == stack.id);
        stack.status = "DELETE_IN_PROGRESS".to_string();
        Ok(held.then_some(stack))
    }

    /// Heat says ROLLBACK of a create and of an update alike; after the first nothing is left.
    pub(super) async fn in_shared_words(&self, mut stack: Stack) -> Result<Stack> {
        let Some(rest) = stack.provider_status.strip_prefix("ROLLBACK_").filter(|_| is_of_heat(&stack.id))
        else {
            return Ok(stack);
        };
        let key = (stack.id.clone(), stack.updated);
        let known = self.rolled_updates.lock().await.get(&key).copied();
        let of_update = match known {
            Some(known) => known,
            None => {
                let there = self.resources_of(&stack).await?;
                let of_update = there.iter().any(|one| {
                    !one.status.starts_with("DELETE")
                        && !one.status.starts_with("CREATE_FAILED")
                        && one.status != "INIT_COMPLETE"
                });
                if rest == "COMPLETE" {
                    self.rolled_updates.lock().await.insert(key, of_update);
                }
                of_update
            }
        };
        if of_update {
            stack.status = format!("UPDATE_ROLLBACK_{rest}");
        }
        Ok(stack)
    }
}
