//! What a verb is: one declaration from which registration, checks, permissions, manual and tests come.

use super::argument::{Argument, Mismatch};
use super::call::Call;
use crate::cloud::provider::operations_of;
use crate::cloud::{Kind, Provider, Providers, Result, Ty, Value};
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

/// What a verb's body gives.
pub type Outcome<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

/// What running a verb does to the world; the gate goes by it.
#[derive(Debug, Clone, Copy)]
pub enum Effect {
    /// Nothing outside the script.
    Nothing,
    /// Asks a cloud and changes nothing.
    Reads,
    /// Waits, and looks while it waits.
    Waits,
    /// Changes what exists.
    Changes,
    /// Makes something.
    Creates,
    /// Deletes something.
    Destroys,
    /// Reads a file.
    ReadsFile,
    /// Writes a file.
    WritesFile,
    /// Reads an environment variable.
    ReadsEnvironment,
    /// Runs a program.
    RunsProgram,
    /// Asks a host.
    AsksHost,
    /// Sends something to a host.
    TellsHost,
    /// Reads the clock.
    Clock,
    /// Makes a random value.
    Random,
    /// Asks the person at the terminal.
    AsksPerson,
    /// Depends on the arguments: a GET through `api` reads.
    By(fn(&Call) -> Effect),
    /// Reads when it is called with its subject alone; with more arguments it does this.
    AloneReads(&'static Effect),
}

impl Effect {
    /// Whether a cloud is different afterwards.
    pub fn changes_cloud(self) -> bool {
        matches!(self, Effect::Changes | Effect::Creates | Effect::Destroys)
    }

    /// Whether it makes something in a cloud.
    pub fn creates(self) -> bool {
        matches!(self, Effect::Creates)
    }

    /// Whether it stays in the script's own world; what leaves it has a number in its branch.
    pub fn is_pure(self) -> bool {
        matches!(self, Effect::Nothing)
    }

    /// Whether something outside the script and its clouds may be different afterwards.
    pub fn changes_outside(self) -> bool {
        matches!(self, Effect::WritesFile | Effect::RunsProgram | Effect::TellsHost)
    }

    /// The words of the manual.
    pub fn words(self) -> &'static str {
        match self {
            Effect::Nothing | Effect::Clock | Effect::Random => "",
            Effect::Reads => "reads the cloud",
            Effect::Waits => "waits",
            Effect::Changes => "changes the cloud",
            Effect::Creates => "makes something in the cloud",
            Effect::Destroys => "deletes something in the cloud",
            Effect::ReadsFile => "reads a file",
            Effect::WritesFile => "writes a file",
            Effect::ReadsEnvironment => "reads the environment",
            Effect::RunsProgram => "runs a program",
            Effect::AsksHost => "asks another host",
            Effect::AsksPerson => "asks the person at the terminal",
            Effect::TellsHost => "tells another host",
            Effect::By(_) => "reads or changes the cloud",
            Effect::AloneReads(effect) => effect.words(),
        }
    }
}

/// A result for each member of an array, in order.
pub type Members = Vec<Result<Value>>;

/// How a verb's body is run.
#[derive(Clone, Copy)]
pub enum Run {
    /// Once for the call.
    Once(fn(Call) -> Outcome<Value>),
    /// Once for each resource: the first argument is one, or an array of them.
    Each(fn(Call) -> Outcome<Value>),
    /// Once for all resources together: a wait looks at all with one list call.
    Together(fn(Call, Vec<Value>) -> Outcome<Members>),
    /// By the language itself: the body is in the script room.
    Language,
}

/// The sections of the manual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Group {
    Clouds,
    Servers,
    Metadata,
    Waits,
    Images,
    Keypairs,
    Networks,
    Volumes,
    Stacks,
    Language,
    Arrays,
    Tests,
}

impl Group {
    /// The section's title.
    pub fn title(self) -> &'static str {
        match self {
            Group::Clouds => "Clouds",
            Group::Servers => "Servers",
            Group::Metadata => "Metadata",
            Group::Waits => "Waiting",
            Group::Images => "Images and flavors",
            Group::Keypairs => "Key pairs",
            Group::Networks => "Networks and firewalls",
            Group::Volumes => "Volumes",
            Group::Stacks => "Stacks",
            Group::Language => "Language",
            Group::Arrays => "Arrays",
            Group::Tests => "Tests",
        }
    }
}

/// What the text of a parameter or an option names outside the script, so that the session must allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing of that kind.
    Plain,
    /// A file or folder that is read.
    ReadsFile,
    /// A file that is written.
    WritesFile,
    /// The folder that a program runs in; who may run the program may run it anywhere.
    Folder,
    /// A program that is run.
    Program,
    /// An environment variable that is read.
    Variable,
    /// A host that is reached, by its URL, name or address.
    Host,
    /// The same; an address of a server of this session needs no permission.
    HostOrServer,
}

/// A parameter or an option key, its type erased.
#[derive(Clone, Copy)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Ty,
    /// What it is, with units.
    pub summary: &'static str,
    /// Whether a call must give it.
    pub required: bool,
    /// Whether a value is of the type.
    pub check: fn(&Value) -> std::result::Result<(), Mismatch>,
    /// Whether it narrows a listing: then an empty value is refused, for an empty filter never means everything.
    pub narrows: bool,
    /// What its text names outside the script.
    pub role: Role,
    /// Whether a name in it is sent as it was written, for the cloud takes names there too.
    pub as_written: bool,
    /// Whether a record of the call holds only a code of it: what it holds may be long, and secret.
    pub hashed: bool,
}

/// A typed parameter or option key: what is declared and what the body reads cannot differ.
pub struct Key<T> {
    /// Its name.
    pub name: &'static str,
    summary: &'static str,
    required: bool,
    narrows: bool,
    role: Role,
    as_written: bool,
    hashed: bool,
    read: PhantomData<fn() -> T>,
}

impl<T: Argument> Key<T> {
    /// One that a call must give.
    pub const fn required(name: &'static str, summary: &'static str) -> Key<T> {
        Key { required: true, ..Key::optional(name, summary) }
    }

    /// One that a call may leave out.
    pub const fn optional(name: &'static str, summary: &'static str) -> Key<T> {
        Key {
            name,
            summary,
            required: false,
            narrows: false,
            role: Role::Plain,
            as_written: false,
            hashed: false,
            read: PhantomData,
        }
    }

    /// A key of a filter: optional, and never empty.
    pub const fn filter(name: &'static str, summary: &'static str) -> Key<T> {
        Key { narrows: true, ..Key::optional(name, summary) }
    }

    /// The same, its text being the name of something outside the script.
    pub const fn names(self, role: Role) -> Key<T> {
        Key { role, ..self }
    }

    /// The same; a name in it is sent as it was written, and not looked up before the call begins.
    pub const fn as_written(self) -> Key<T> {
        Key { as_written: true, ..self }
    }

    /// The same; a record of the call holds only a code of it.
    pub const fn hashed(self) -> Key<T> {
        Key { hashed: true, ..self }
    }

    /// Its declaration.
    pub const fn param(&self) -> Param {
        Param {
            name: self.name,
            ty: T::TY,
            summary: self.summary,
            required: self.required,
            check: T::check,
            narrows: self.narrows,
            role: self.role,
            as_written: self.as_written,
            hashed: self.hashed,
        }
    }
}

/// One way of calling a verb.
#[derive(Clone, Copy)]
pub struct Form {
    /// The parameters, in order; optional ones last.
    pub params: &'static [Param],
    /// The keys of the options map that may come last; none where the verb takes no options.
    pub options: &'static [Param],
    /// The operations of which a cloud needs one, where they are not those of the verb's own word.
    pub made_of: Option<&'static [&'static str]>,
}

impl Form {
    /// Without options.
    pub const fn of(params: &'static [Param]) -> Form {
        Form { params, options: &[], made_of: None }
    }

    /// With an options map in last place.
    pub const fn with(params: &'static [Param], options: &'static [Param]) -> Form {
        Form { params, options, made_of: None }
    }

    /// The same, made of one of these operations (see [`crate::cloud::OPERATIONS`]) instead of those of the verb's word.
    pub const fn made_of(self, operations: &'static [&'static str]) -> Form {
        Form { made_of: Some(operations), ..self }
    }

    /// The fewest arguments; an options map with a required key counts.
    pub fn fewest(&self) -> usize {
        let required = self.params.iter().filter(|param| param.required).count();
        required + usize::from(self.options.iter().any(|key| key.required))
    }

    /// The most arguments, the options map among them.
    pub fn most(&self) -> usize {
        self.params.len() + usize::from(!self.options.is_empty())
    }
}

/// An example that tests run on the simulated cloud.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// The code; `web` is a server that exists and is ACTIVE.
    pub code: &'static str,
    /// What its last expression gives, as text; empty where only success matters.
    pub gives: &'static str,
}

/// A verb of the language.
pub struct Verb {
    /// Its name.
    pub name: &'static str,
    /// Where the manual lists it.
    pub group: Group,
    /// One line, present tense.
    pub summary: &'static str,
    /// The ways of calling it.
    pub forms: &'static [Form],
    /// What it gives.
    pub returns: Ty,
    /// What it does to the world.
    pub effect: Effect,
    /// Examples.
    pub examples: &'static [Example],
    /// The kinds of error to expect.
    pub errors: &'static [Kind],
    /// Verbs to read about next.
    pub see: &'static [&'static str],
    /// How it runs.
    pub run: Run,
}

impl Verb {
    /// The operations of which a form needs one; none where it asks no cloud.
    pub fn operations(&self, form: &Form) -> &'static [&'static str] {
        form.made_of.unwrap_or_else(|| operations_of(self.name))
    }

    /// Whether by its form it makes something or changes it: what it is of may be put back, or come anew.
    pub fn is_restore(&self) -> bool {
        self.name == "restore_backup"
    }

    /// Whether it asks a cloud.
    pub fn asks_cloud(&self) -> bool {
        self.forms.iter().any(|form| !self.operations(form).is_empty())
    }

    /// Whether a provider has what one of its forms needs; every provider where no cloud is asked.
    pub fn is_on(&self, provider: &Provider) -> bool {
        !self.asks_cloud() || self.forms.iter().any(|form| provider.has_any(self.operations(form)))
    }

    /// The words of the providers that have it; none where no cloud is asked.
    pub fn on(&self, providers: &Providers) -> Vec<&'static str> {
        let asks = self.asks_cloud();
        providers.iter().filter(|provider| asks && self.is_on(provider)).map(Provider::as_str).collect()
    }

    /// Whether its first argument may be an array of resources.
    pub fn takes_many(&self) -> bool {
        matches!(self.run, Run::Each(_) | Run::Together(_))
    }

    /// Every option key of every form.
    pub fn option_keys(&self) -> impl Iterator<Item = &'static Param> {
        self.forms.iter().flat_map(|form| form.options.iter())
    }

    /// The ways to call a form, each in backticks: with nothing that may be left out, and with all of it.
    pub fn ways(&self, form: &Form) -> String {
        let required: Vec<&str> =
            form.params.iter().filter(|param| param.required).map(|param| param.name).collect();
        let mut all: Vec<&str> = form.params.iter().map(|param| param.name).collect();
        let mut least = required;
        if !form.options.is_empty() {
            all.push("#{…}");
            if form.options.iter().any(|key| key.required) {
                least.push("#{…}");
            }
        }
        let ways = [least, all].map(|words| format!("`{}({})`", self.name, words.join(", ")));
        if ways[0] == ways[1] { ways[0].clone() } else { ways.join(" or ") }
    }

    /// The signature of a form as the manual writes it: `resize(server, flavor)`.
    pub fn signature(&self, form: &Form) -> String {
        let mut words: Vec<String> = form
            .params
            .iter()
            .map(|param| if param.required { param.name.to_string() } else { format!("[{}]", param.name) })
            .collect();
        if !form.options.is_empty() {
            let required = form.options.iter().any(|key| key.required);
            words.push(if required { "#{…}".to_string() } else { "[#{…}]".to_string() });
        }
        format!("{}({})", self.name, words.join(", "))
    }
}

impl std::fmt::Debug for Verb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
