//! The reasons that stacks keep beside their states, as each service writes them.

use super::{Action, Flaw, Side, Stack};

/// Why something could not be done, and where inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The class of the error, as Heat names it first.
    pub(crate) class: String,
    /// Such as `resources.outer.resources.inner`.
    pub(crate) place: String,
    pub(crate) message: String,
}

impl Failure {
    /// The failure of a resource of the stack itself. A class may stand before the message.
    pub(super) fn of(logical: &str, message: &str) -> Self {
        let class = message.split_once(": ").filter(|(class, _)| {
            class.chars().all(|c| c.is_ascii_alphanumeric())
                && class.starts_with(|c: char| c.is_ascii_uppercase())
        });
        let (class, message) = class.unwrap_or(("ResourceInError", message));
        Self { class: class.to_owned(), place: format!("resources.{logical}"), message: message.to_owned() }
    }

    /// The same as the stack around it tells it.
    pub(super) fn within(&self, logical: &str) -> Self {
        Self { place: format!("resources.{logical}.{}", self.place), ..self.clone() }
    }

    pub(super) fn told(&self, side: Side) -> String {
        match side {
            Side::Heat => format!("{}: {}: {}", self.class, self.place, self.message),
            Side::Aws => self.message.clone(),
        }
    }
}

fn heat_name(action: Action) -> &'static str {
    match action {
        Action::UpdateRollback => "ROLLBACK",
        other => other.name(),
    }
}

/// What is said when an operation begins.
pub(super) fn begun(stack: &Stack, action: Action) -> String {
    match stack.side {
        Side::Heat => format!("Stack {} started", heat_name(action)),
        Side::Aws if stack.parent.is_some() => String::new(),
        Side::Aws => match action {
            Action::Create | Action::Update | Action::Delete => "User Initiated".to_owned(),
            _ => String::new(),
        },
    }
}

/// What is said when it has ended well.
pub(super) fn done(side: Side, action: Action) -> String {
    match side {
        Side::Heat => format!("Stack {} completed successfully", heat_name(action)),
        Side::Aws => String::new(),
    }
}

/// What is said of a resource that something is done to.
pub(super) fn plain(side: Side) -> String {
    match side {
        Side::Heat => "state changed".to_owned(),
        Side::Aws => String::new(),
    }
}

/// What is said when resources (by name) could not be made, changed or deleted.
pub(super) fn failed(side: Side, work: Action, names: &[String], failure: &Failure) -> String {
    match side {
        Side::Heat => format!("Resource {} failed: {}", work.name(), failure.told(side)),
        Side::Aws => {
            let verb = match work {
                Action::Update => "update",
                Action::Delete => "delete",
                _ => "create",
            };
            format!("The following resource(s) failed to {verb}: [{}]. ", names.join(", "))
        }
    }
}

/// A flaw that shows only when a resource is made, in short.
pub(super) fn flaw(flaw: &Flaw) -> String {
    match flaw {
        Flaw::UnknownProperty(_, name) => format!("Encountered unsupported property {name}"),
        Flaw::PropertyMissing(_, name) => format!("Property {name} cannot be empty."),
        Flaw::NoExport(name) => format!("No export named {name} found."),
        Flaw::Property(_, why) | Flaw::Function(_, why) | Flaw::Parameter(_, why) | Flaw::Other(why) => {
            format!("StackValidationFailed: {why}")
        }
        Flaw::Fetch(url) => format!("StackValidationFailed: Could not fetch remote template {url}"),
        other => format!("StackValidationFailed: {other:?}"),
    }
}
