//! The agent that gives keys to a container: Amazon ECS's and EKS's, or any address that speaks like them.

use super::{KeyRing, keys_of, kind_of};
use crate::cloud::{Kind, Result};
use crate::wire::auth::source::Container;
use crate::wire::{Credentials, Intent, Method, Request};
use serde_json::Value;

/// Ask for keys. The token's file is read each time: it is replaced while the container runs.
pub(super) async fn fetch(ring: &KeyRing, container: &Container) -> Result<Credentials> {
    let cloud = &ring.cloud;
    let mut request =
        Request::new("credentials.container", Method::Get, &container.url).intent(Intent::Login);
    let token = match (&container.token_file, &container.token) {
        (Some(path), _) => Some(std::fs::read_to_string(path).map_err(|error| {
            let message =
                format!("`{cloud}` has no keys: the token file {} cannot be read: {error}", path.display());
            ring.none(Kind::Unauthorized, message, "check AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        })?),
        (None, token) => token.as_ref().map(|token| token.0.to_string()),
    };
    if let Some(token) = token.as_deref().map(str::trim).filter(|token| !token.is_empty()) {
        ring.wire.known().add(token);
        request = request.header("Authorization", token);
    }
    // The agent's address is the user's own configuration.
    ring.near.hosts().allow(&container.url);
    let help = "check the role of the task or pod, and the variables AWS_CONTAINER_…";
    let answer = ring.ask(&ring.near, &request, "the container's agent", help).await?;
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status != 200 {
        let message = format!("`{cloud}` has no keys: the container's agent refuses them");
        return Err(ring.refused(kind_of(answer.status), message, &answer, json["message"].as_str(), help));
    }
    keys_of(&json).map_err(|what| {
        let message =
            format!("`{cloud}` has no keys: the container's agent gives JSON that does not do: {what}");
        ring.refused(Kind::Protocol, message, &answer, None, help)
    })
}
