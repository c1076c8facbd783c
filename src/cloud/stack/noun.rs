//! A stack as the cloud last described it.

use crate::cloud::described::{self, Described};
use crate::cloud::server::text_map;
use crate::cloud::stored::shared_text;
use crate::cloud::time::{Span, Time};
use crate::cloud::ty::{Field, Noun, Ty};
use crate::cloud::value::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every status that a stack can have, in the words that both services share.
pub const STACK_STATUSES: &[&str] = &[
    "CREATE_IN_PROGRESS",
    "CREATE_COMPLETE",
    "CREATE_FAILED",
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "DELETE_IN_PROGRESS",
    "DELETE_COMPLETE",
    "DELETE_FAILED",
    "SUSPEND_IN_PROGRESS",
    "SUSPEND_COMPLETE",
    "SUSPEND_FAILED",
    "RESUME_IN_PROGRESS",
    "RESUME_COMPLETE",
    "RESUME_FAILED",
    "CHECK_IN_PROGRESS",
    "CHECK_COMPLETE",
    "CHECK_FAILED",
    "SNAPSHOT_IN_PROGRESS",
    "SNAPSHOT_COMPLETE",
    "SNAPSHOT_FAILED",
    "RESTORE_IN_PROGRESS",
    "RESTORE_COMPLETE",
    "RESTORE_FAILED",
    "ADOPT_IN_PROGRESS",
    "ADOPT_COMPLETE",
    "ADOPT_FAILED",
    "IMPORT_IN_PROGRESS",
    "IMPORT_COMPLETE",
    "IMPORT_FAILED",
    "IMPORT_ROLLBACK_IN_PROGRESS",
    "IMPORT_ROLLBACK_COMPLETE",
    "IMPORT_ROLLBACK_FAILED",
    "REVIEW_IN_PROGRESS",
    "INIT_COMPLETE",
    "DELETED",
    "UNKNOWN",
];

/// The statuses in which a stack is at rest and good.
pub const GOOD: &[&str] = &[
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "RESUME_COMPLETE",
    "CHECK_COMPLETE",
    "SNAPSHOT_COMPLETE",
    "RESTORE_COMPLETE",
    "ADOPT_COMPLETE",
    "IMPORT_COMPLETE",
];

/// The tags of a stack: words alone, or words with values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StackTags {
    /// Heat's.
    Words(Vec<String>),
    /// CloudFormation's.
    Pairs(BTreeMap<String, String>),
}

impl StackTags {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        match self {
            StackTags::Words(words) => words.is_empty(),
            StackTags::Pairs(pairs) => pairs.is_empty(),
        }
    }

    fn value(&self) -> Value {
        match self {
            StackTags::Words(words) => Value::Array(words.iter().map(Value::text).collect()),
            StackTags::Pairs(pairs) => text_map(pairs),
        }
    }
}

/// A stack as the cloud last described it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stack {
    /// Its id: Heat's UUID, or the ARN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// CREATE_IN_PROGRESS …, in the words that both services share.
    pub status: String,
    /// The service's own word.
    pub provider_status: String,
    /// Why it has this status.
    pub reason: Option<String>,
    /// What its template says it is.
    pub description: Option<String>,
    /// Its outputs by name.
    pub outputs: BTreeMap<String, serde_json::Value>,
    /// Its parameters as text; hidden ones are masked by the service.
    pub parameters: BTreeMap<String, String>,
    /// Its tags.
    pub tags: StackTags,
    /// How long an operation may take, in minutes.
    pub timeout: Option<i64>,
    /// Whether a failed operation is rolled back.
    pub rollback: Option<bool>,
    /// The id of the stack that it is nested in.
    pub parent: Option<String>,
    /// When it was made.
    pub created: Option<Time>,
    /// When it was last updated.
    pub updated: Option<Time>,
    /// Whether it comes of a list, which tells neither outputs nor parameters: they are read when a script reads them.
    pub partial: bool,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// When it was read.
    pub read: Time,
    /// The cloud's own description of it.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

/// The fields that a list does not tell.
const UNLISTED: [&str; 5] = ["outputs", "parameters", "timeout", "rollback", "raw"];

impl Stack {
    /// The fields of a stack.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id: a UUID of Heat, an ARN of CloudFormation."),
        Field::shown("name", Ty::Text, "Its name."),
        Field::shown(
            "status",
            Ty::OneOf(STACK_STATUSES),
            "CREATE_COMPLETE, UPDATE_IN_PROGRESS and so on, in CloudFormation's words on every cloud.",
        ),
        Field::new("provider_status", Ty::Text, "The service's own word for it."),
        Field::shown("reason", Ty::Text, "Why it has this status, or ()."),
        Field::new("description", Ty::Text, "What its template says it is, or ()."),
        Field::new("outputs", Ty::MapOf(&Ty::Any), "Its outputs by name.").changed_by(&["update_stack"]),
        Field::new("parameters", Ty::MapOf(&Ty::Text), "Its parameters as text; hidden ones are masked.")
            .changed_by(&["update_stack"]),
        Field::new(
            "tags",
            Ty::Either(&Ty::ArrayOf(&Ty::Text), &Ty::MapOf(&Ty::Text)),
            "Its tags: an array of text on Heat, a map on CloudFormation.",
        )
        .changed_by(&["update_stack"]),
        Field::new("timeout", Ty::Duration, "How long an operation may take, or ()."),
        Field::new("rollback", Ty::Bool, "Whether a failed operation is rolled back, or ()."),
        Field::new("parent", Ty::Text, "The id of the stack that it is nested in, or ()."),
        Field::shown("created", Ty::Time, "When it was made."),
        Field::new("updated", Ty::Time, "When it was last updated, or ()."),
        Field::new("age", Ty::Duration, "How long ago it was made, when it was read."),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];

    /// Whether an operation is under way.
    pub fn is_busy(&self) -> bool {
        self.status.ends_with("_IN_PROGRESS") && self.status != "REVIEW_IN_PROGRESS"
    }

    /// Whether it is deleted.
    pub fn is_deleted(&self) -> bool {
        matches!(self.status.as_str(), "DELETE_COMPLETE" | "DELETED")
    }
}

impl Described for Stack {
    fn noun(&self) -> Noun {
        Noun::Stack
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn status(&self) -> &str {
        &self.status
    }

    fn cloud(&self) -> &Arc<str> {
        &self.cloud
    }

    fn field(&self, name: &str) -> Option<Value> {
        if self.partial && UNLISTED.contains(&name) {
            return Some(Value::Unread);
        }
        let text = Value::optional_text;
        Some(match name {
            "id" => Value::text(&self.id),
            "name" => text(Some(&self.name)),
            "status" => text(Some(&self.status)),
            "provider_status" => text(Some(&self.provider_status)),
            "reason" => text(self.reason.as_deref()),
            "description" => text(self.description.as_deref()),
            "outputs" => Value::Map(
                self.outputs.iter().map(|(key, value)| (key.clone(), Value::from_json(value))).collect(),
            ),
            "parameters" => text_map(&self.parameters),
            "tags" => self.tags.value(),
            // More than there can be is nothing that a cloud means.
            "timeout" => {
                let seconds = self.timeout.and_then(|minutes| minutes.checked_mul(60));
                seconds
                    .filter(|seconds| seconds.unsigned_abs() < 1 << 40)
                    .map_or(Value::Unit, |seconds| Value::Span(Span::from_secs(seconds)))
            }
            "rollback" => described::truth(self.rollback),
            "parent" => text(self.parent.as_deref()),
            "created" => described::time(self.created),
            "updated" => described::time(self.updated),
            "age" => described::age(self.created, self.read),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}
