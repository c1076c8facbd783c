//! What tells a cloud from others: a run goes on, and is undone, only where it began.

use super::clouds::Plan;
use crate::provider::openstack::session::{Auth, Named, Scope};
use serde_json::{Value as Json, json};

/// What tells a cloud from others, as far as its configuration knows.
pub(super) fn place(plan: &Plan, simulated: bool) -> Json {
    let named = |named: &Named| named.name.clone().or_else(|| named.id.clone());
    match plan {
        _ if simulated => json!({ "provider": "simulated" }),
        Plan::OpenStack(settings) => {
            let user = match &settings.auth {
                Auth::Password { user, .. } => named(user),
                Auth::ApplicationCredential { credential, .. } => named(credential),
                Auth::Token(_) | Auth::Fixed { .. } => None,
            };
            let project = match &settings.scope {
                Scope::Project(project) | Scope::Domain(project) => named(project),
                _ => None,
            };
            let endpoint = match &settings.auth {
                Auth::Fixed { endpoint, .. } => endpoint.clone().unwrap_or_default(),
                _ => settings.auth_url.trim_end_matches('/').to_string(),
            };
            json!({ "provider": "openstack", "endpoint": endpoint, "project": project, "user": user, "region": settings.region })
        }
        Plan::Aws(settings) => {
            let endpoint = settings.endpoints.of("ec2").or(settings.endpoints.of("cloudformation"));
            json!({ "provider": "aws", "endpoint": endpoint, "user": settings.name, "region": settings.region })
        }
        Plan::CloudStack(settings) => {
            let user = match &settings.auth {
                crate::config::cloudstack::Auth::Keys(keys) => keys.access_key.to_string(),
                crate::config::cloudstack::Auth::Password { username, domain, .. } => {
                    format!("{domain}/{username}")
                }
            };
            json!({ "provider": "cloudstack", "endpoint": settings.endpoint, "project": settings.project, "user": user })
        }
    }
}
