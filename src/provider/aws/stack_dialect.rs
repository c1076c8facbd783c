//! Which CloudFormation an endpoint speaks: Amazon's, or Heat's.

use super::Aws;
use super::cloudformation::{is_of_heat, stack};
use super::service::{DOMAINS, Service};
use crate::cloud::{Kind, Result};

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
}
