//! People, projects, roles and tokens: who a caller is and what they may.

use std::time::{Duration, SystemTime};

use super::{World, fresh_hex, fresh_secret};

/// How long a token is good for.
const TOKEN_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Someone with a password.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) password: String,
    /// Project (or domain, or `system`) and role, both by id.
    pub(crate) grants: Vec<(String, String)>,
}

/// A project; the domain is always `default`.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
}

/// A role.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// What a token is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    Unscoped,
    Project(String),
    Domain,
    System,
}

/// A token that was given out.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) user: String,
    pub(crate) scope: Scope,
    pub(crate) roles: Vec<Role>,
    pub(crate) methods: Vec<String>,
    pub(crate) audit: Vec<String>,
    pub(crate) issued: SystemTime,
    pub(crate) expires: SystemTime,
    pub(crate) credential: Option<String>,
}

impl Token {
    /// The project that the token is scoped to, or nothing.
    pub(crate) fn project(&self) -> &str {
        match &self.scope {
            Scope::Project(id) => id,
            _ => "",
        }
    }

    pub(crate) fn is_admin(&self) -> bool {
        self.roles.iter().any(|role| role.name == "admin")
    }
}

/// A credential that an application signs in with: a name, a secret, a project.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) secret: String,
    pub(crate) user: String,
    pub(crate) project: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) unrestricted: Option<bool>,
    pub(crate) expires: Option<SystemTime>,
}

/// A key that Keystone keeps for a user in a project, to sign requests with.
#[derive(Debug, Clone)]
pub(crate) struct SigningKey {
    pub(crate) access: String,
    pub(crate) secret: String,
    pub(crate) user: String,
    pub(crate) project: String,
}

impl World {
    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn project(&self, id: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.id == id)
    }

    /// The roles of a user in a project (by id), the domain `default`, or `system`.
    pub(crate) fn roles_in(&self, user: &str, place: &str) -> Vec<Role> {
        let Some(user) = self.user(user) else { return Vec::new() };
        let held = |role: &&Role| user.grants.iter().any(|(at, id)| at == place && *id == role.id);
        self.roles.iter().filter(held).cloned().collect()
    }

    /// A new token; its text is the key to it.
    pub(crate) fn issue(
        &mut self,
        user: &str,
        scope: Scope,
        roles: Vec<Role>,
        methods: Vec<String>,
        from: Option<&Token>,
        credential: Option<String>,
    ) -> (String, Token) {
        let issued = self.now();
        let mut audit = vec![fresh_secret(22)];
        audit.extend(from.and_then(|token| token.audit.last().cloned()));
        let life = self.fault_settings.token_life.unwrap_or(TOKEN_LIFE);
        let expires = from.map_or(issued + life, |token| token.expires);
        let token = Token { user: user.into(), scope, roles, methods, audit, issued, expires, credential };
        let text = format!("gAAAAAB{}{}", fresh_hex(), fresh_secret(80));
        self.tokens.insert(text.clone(), token.clone());
        (text, token)
    }

    /// The token of this text, while it lasts.
    pub(crate) fn token(&self, text: &str) -> Option<&Token> {
        self.tokens.get(text).filter(|token| token.expires > self.now())
    }
}
