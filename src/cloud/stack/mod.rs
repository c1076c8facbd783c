//! Stacks: what is made together from a template, on Heat and CloudFormation alike.
//!
//! [`noun`] is the stack itself, [`parts`] what is read of one (resources, events, changes), [`spec`] what one is made and
//! updated from, [`operation`] what can be asked of one and how an operation goes,
//! [`short_forms`] how a template may be abbreviated.

pub mod noun;
pub mod operation;
pub mod parts;
pub mod short_forms;
pub mod spec;

pub use noun::{Stack, StackTags};
pub use operation::{StackAccepted, StackAction, StackDeletion, StackFailure, StackNews, StackTrack};
pub use parts::{StackChange, StackEvent, StackResource, TemplateReport};
pub use spec::{EnvironmentSource, ReadFile, StackSpec, TemplateSource};
