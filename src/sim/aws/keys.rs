//! Access keys: each person of the world has one, made of their name, for the project of their own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::world::{Asker, User, World};

/// An access key and the secret that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// The key of someone of this name.
pub(crate) fn key_of(name: &str) -> AccessKey {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    let mut secret = STANDARD.encode(Sha256::digest(format!("the simulated cloud's secret of {name}")));
    secret.truncate(40);
    AccessKey { id: format!("AKIASIMULATED{letters:0<7.7}"), secret }
}

/// Whose key this is: they, in the project of their name or else the first that they have a role in.
pub(super) fn owner(world: &World, id: &str, request: &str) -> Option<(Asker, AccessKey)> {
    let user = world.users.iter().find(|user| key_of(&user.name).id == id)?;
    let project = home(world, user)?;
    let admin = world.roles_in(&user.id, &project).iter().any(|role| role.name == "admin");
    let asker = Asker { request: request.to_owned(), user: user.id.clone(), project, admin };
    Some((asker, key_of(&user.name)))
}

fn home(world: &World, user: &User) -> Option<String> {
    let held = |id: &str| user.grants.iter().any(|(at, _)| at == id);
    let own = world.projects.iter().find(|project| project.name == user.name && held(&project.id));
    own.or_else(|| world.projects.iter().find(|project| held(&project.id))).map(|project| project.id.clone())
}

/// A project's account number: twelve digits of its id.
pub(crate) fn account(project: &str) -> String {
    let digits: String = project.chars().filter(char::is_ascii_hexdigit).take(12).collect();
    format!("{:012}", u64::from_str_radix(&digits, 16).unwrap_or_default() % 1_000_000_000_000)
}
