//! People as CloudStack groups them: domains, accounts in them, and those who log in.

use std::time::SystemTime;

/// A domain; the first is the root.
#[derive(Debug, Clone)]
pub(super) struct Domain {
    pub(super) id: String,
    pub(super) number: usize,
    pub(super) name: String,
    /// `ROOT`, `ROOT/acme`.
    pub(super) path: String,
    pub(super) parent: Option<String>,
}

/// What an account may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    User,
    Admin,
    DomainAdmin,
}

impl Role {
    /// The number of its type.
    pub(super) fn number(self) -> u8 {
        match self {
            Self::User => 0,
            Self::Admin => 1,
            Self::DomainAdmin => 2,
        }
    }

    /// Its type and its name.
    pub(super) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::User => ("User", "User"),
            Self::Admin => ("Admin", "Root Admin"),
            Self::DomainAdmin => ("DomainAdmin", "Domain Admin"),
        }
    }
}

/// An account, which owns things; in the world it is a project. A project is one without people of its own.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) role: Role,
    /// `enabled`, `locked` or `disabled`.
    pub(super) state: &'static str,
    /// The world's project and, for what belongs to people, its user.
    pub(super) project: String,
    pub(super) owner: String,
    pub(super) created: SystemTime,
    /// It stands for a project of this id.
    pub(super) of_project: Option<String>,
}

/// Someone who logs in.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) account: String,
    pub(super) name: String,
    pub(super) password: String,
    /// The API key and its secret, once registered.
    pub(super) key: Option<(String, String)>,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) email: String,
    pub(super) created: SystemTime,
}
