//! What can be wrong with a stack or its template, as reasons: each protocol finds its own words for them.

use super::yaml::Unreadable;

/// Why a stack, a template or an operation is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The name is taken.
    Exists(String),
    /// There is no stack of this name or id.
    Missing(String),
    /// The stack has no resource of this name: resource, stack.
    NoResource(String, String),
    /// No output of this name.
    NoOutput(String),
    /// No snapshot of this id.
    NoSnapshot(String),
    /// A stack cannot be called so.
    Name(String),
    Unreadable(Unreadable),
    /// The template is no map.
    NotMap,
    /// It does not say which version of the format it is in.
    NoVersion,
    /// A version that is not known: the section, what it says.
    Version(&'static str, String),
    /// The template has a section that there is not.
    Section(String),
    /// Nothing is in the template that could be made.
    NoResources,
    ParameterMissing(Vec<String>),
    ParameterUnknown(Vec<String>),
    /// A parameter's value is not allowed: its name, and why.
    Parameter(String, String),
    /// Resource, type.
    UnknownType(String, String),
    /// Resource, property.
    UnknownProperty(String, String),
    PropertyMissing(String, String),
    /// The place of a property and what is wrong with it.
    Property(String, String),
    /// A resource that is referred to and is not there: name, and where.
    Reference(String, String),
    /// Resource, attribute, where.
    Attribute(String, String, String),
    /// A parameter that is referred to and is not there: name, and where.
    NoParameter(String, String),
    /// A file that is not among those sent: name, and where.
    NoFile(String, String),
    /// A condition that is not there.
    NoCondition(String),
    /// No export of this name.
    NoExport(String),
    /// A function is used wrongly: where, and why.
    Function(String, String),
    /// Name and type of the resources that wait for each other.
    Circular(Vec<(String, String)>),
    /// A parameter and a resource have this name.
    Duplicate(String),
    TooManyResources,
    /// What is too long: its name, its bytes, the limit.
    TooLong(&'static str, usize, usize),
    /// A nested template that was not sent along.
    Fetch(String),
    /// The state does not allow it: what was asked, and the state.
    State(&'static str, String),
    /// There is nothing to change.
    NoChange,
    /// Names of capabilities that were not acknowledged.
    Capabilities(Vec<&'static str>),
    /// The stack may not be deleted.
    Protected(String),
    /// Another stack uses its export: the export, and the stacks.
    ExportUsed(String, Vec<String>),
    /// Anything else, in words.
    Other(String),
}

/// What is given, or why not.
pub(crate) type Outcome<T> = Result<T, Flaw>;
