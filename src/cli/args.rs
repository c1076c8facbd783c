//! The command line: its options and subcommands. `run` takes a runbook's own parameters beside the options everywhere.

use super::lasting::Lasting;
use super::sharing::args::Sharing;
use crate::effects::CloudGrant;
use clap::{Args, CommandFactory, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// The sections of the options everywhere.
const REQUESTS: &str = "Clouds and requests";
const OUTPUT: &str = "What is written";
const PARAMETERS: &str = "A runbook's parameters";
const PERMISSIONS: &str = "What a script may do";
const RECORDS: &str = "The record of a run";

/// Cloud runbooks in Rhai
#[derive(Debug, Parser)]
#[command(name = "rhain", version, about = "Cloud runbooks in Rhai", disable_help_subcommand = true)]
pub struct Arguments {
    /// Evaluate an expression and print what it gives
    #[arg(short = 'e', long = "eval", value_name = "EXPR")]
    pub expression: Option<String>,

    /// The options everywhere.
    #[command(flatten)]
    pub options: Options,

    /// The subcommand.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// How results and errors are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
}

/// The options everywhere.
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// The cloud to work on; `sim` is the simulated one
    #[arg(long, global = true, value_name = "NAME", help_heading = REQUESTS)]
    pub cloud: Option<String>,
    /// How values and errors are written [default: table]
    #[serde(skip)]
    #[arg(long, global = true, help_heading = OUTPUT, value_enum, default_value = "table", hide_default_value = true, hide_possible_values = true, value_name = "table|json")]
    pub format: Format,
    /// The longest one request may take [default: 60s]
    #[arg(long, global = true, help_heading = REQUESTS, value_name = "DURATION", value_parser = duration)]
    pub timeout: Option<std::time::Duration>,
    /// Requests in flight [default: 32]
    #[arg(long, global = true, help_heading = REQUESTS, default_value_t = 32, hide_default_value = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub concurrency: u16,
    /// Requests a second to one endpoint, at the most
    #[arg(long, global = true, help_heading = REQUESTS, value_name = "N", value_parser = rate)]
    pub rate: Option<f64>,
    /// Log in, and look names up each time
    #[arg(long, global = true, help_heading = REQUESTS)]
    pub no_cache: bool,
    /// The most memory the program may hold [default: 1GiB]
    #[arg(long, global = true, help_heading = PERMISSIONS, value_name = "SIZE", value_parser = size, default_value = "1GiB", hide_default_value = true)]
    pub max_memory: usize,
    /// Say less: no progress, no notes
    #[serde(skip)]
    #[arg(short = 'q', long, global = true, help_heading = OUTPUT)]
    pub quiet: bool,
    /// Say each request, secrets masked
    #[serde(skip)]
    #[arg(short = 'v', long, global = true, help_heading = OUTPUT, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Write each request as a line of JSON
    #[serde(skip)]
    #[arg(long, global = true, help_heading = OUTPUT, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// Say at the end how much was asked
    #[serde(skip)]
    #[arg(long, global = true, help_heading = OUTPUT)]
    pub stats: bool,
    /// No colours
    #[serde(skip)]
    #[arg(long, global = true, help_heading = OUTPUT)]
    pub no_color: bool,
    /// Read parameters from a YAML or JSON file
    #[serde(skip)]
    #[arg(long, global = true, help_heading = PARAMETERS, value_name = "FILE")]
    pub params: Option<PathBuf>,
    /// A secret, from env:VAR, file:PATH or exec:PROGRAM
    #[serde(skip)]
    #[arg(long, global = true, help_heading = PARAMETERS, value_name = "NAME=SOURCE")]
    pub secret: Vec<String>,
    /// Answer every `confirm` with yes
    #[arg(long, global = true, help_heading = PERMISSIONS)]
    pub yes: bool,
    /// Refuse every verb that changes something
    #[arg(long, global = true, help_heading = PERMISSIONS)]
    pub read_only: bool,
    /// Print each change that would be sent, send none
    #[serde(skip)]
    #[arg(long, global = true, help_heading = PERMISSIONS)]
    pub dry_run: bool,
    /// Let the script read files: all, or these paths
    #[arg(long, global = true, help_heading = PERMISSIONS, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub allow_read: Vec<String>,
    /// Let the script write files: all, or these paths
    #[arg(long, global = true, help_heading = PERMISSIONS, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub allow_write: Vec<String>,
    /// Let the script read variables: all, or these names
    #[arg(long, global = true, help_heading = PERMISSIONS, value_name = "NAME", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub allow_env: Vec<String>,
    /// Let the script run programs: all, or these programs
    #[arg(long, global = true, help_heading = PERMISSIONS, value_name = "PROGRAM", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub allow_exec: Vec<String>,
    /// Let the script reach hosts: all, or these hosts
    #[arg(long, global = true, help_heading = PERMISSIONS, value_name = "HOST", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub allow_net: Vec<String>,
    /// Refuse reading files though it is allowed: all, or these paths
    #[arg(long, global = true, help_heading = PERMISSIONS, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub deny_read: Vec<String>,
    /// Refuse writing files: all, or these paths
    #[arg(long, global = true, help_heading = PERMISSIONS, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub deny_write: Vec<String>,
    /// Refuse reading variables: all, or these names
    #[arg(long, global = true, help_heading = PERMISSIONS, value_name = "NAME", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub deny_env: Vec<String>,
    /// Refuse running programs: all, or these programs
    #[arg(long, global = true, help_heading = PERMISSIONS, value_name = "PROGRAM", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub deny_exec: Vec<String>,
    /// Refuse reaching hosts: all, or these hosts
    #[arg(long, global = true, help_heading = PERMISSIONS, value_name = "HOST", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub deny_net: Vec<String>,
    /// Fetch no module: what was fetched once is enough
    #[arg(long, global = true, help_heading = PERMISSIONS)]
    pub offline: bool,
    /// Where fetched modules are kept, where the environment does not tell.
    #[serde(skip)]
    #[arg(skip)]
    pub modules: Option<PathBuf>,
    /// The clouds that the script's header leaves it.
    #[arg(skip)]
    pub clouds: Option<Vec<CloudGrant>>,
    /// Keep the journals of runs in this folder
    #[serde(skip)]
    #[arg(long, global = true, help_heading = RECORDS, value_name = "DIR")]
    pub journal: Option<PathBuf>,
    /// Keep no journal: the run cannot be resumed or undone
    #[serde(skip)]
    #[arg(long, global = true, help_heading = RECORDS, conflicts_with = "journal")]
    pub no_journal: bool,
}

impl Default for Options {
    /// What an empty command line means.
    fn default() -> Self {
        Options {
            cloud: None,
            format: Format::Table,
            timeout: None,
            concurrency: 32,
            rate: None,
            // A session inside another program shares its memory with it.
            max_memory: usize::MAX,
            quiet: false,
            verbose: 0,
            trace: None,
            stats: false,
            no_color: false,
            yes: false,
            read_only: false,
            dry_run: false,
            allow_read: Vec::new(),
            allow_env: Vec::new(),
            allow_write: Vec::new(),
            allow_exec: Vec::new(),
            allow_net: Vec::new(),
            deny_read: Vec::new(),
            deny_write: Vec::new(),
            deny_env: Vec::new(),
            deny_exec: Vec::new(),
            deny_net: Vec::new(),
            offline: false,
            modules: None,
            clouds: None,
            no_cache: false,
            params: None,
            secret: Vec::new(),
            journal: None,
            no_journal: false,
        }
    }
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a script; `-` reads standard input
    Run {
        /// The script
        file: String,
        /// Its parameters: --name value
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "PARAMETERS")]
        parameters: Vec<String>,
    },
    /// Try things out, line by line; so does `rhain` alone
    Repl,
    /// Find what is wrong with scripts without running
    Check {
        /// The scripts
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// What writes, reads and shares scripts.
    #[command(flatten)]
    Sharing(Sharing),
    /// Run the tests of scripts on simulated clouds
    Test(TestOptions),
    /// Read about a verb, a noun, a word or a script
    Doc {
        /// Make one page for browsers of a folder of runbooks, `index.html` in this folder
        #[arg(long, value_name = "DIR")]
        html: Option<PathBuf>,
        /// A verb, a noun, words to search for, or a script
        #[arg(value_name = "TOPIC")]
        topic: Vec<String>,
    },
    /// Read what a diagnostic code means
    Explain {
        /// The code, such as cloud::over_quota
        code: Option<String>,
    },
    /// List the clouds found, and where
    Clouds {
        /// Ask each whether it answers
        #[arg(long)]
        check: bool,
    },
    /// Serve the simulated cloud to other programs
    Sim {
        /// The port; a free one where not given
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Write the clouds.yaml to this file once it listens, instead of printing it
        #[arg(long, value_name = "FILE")]
        clouds_yaml: Option<PathBuf>,
        /// Write the profiles of AWS's own tools to this file (`AWS_CONFIG_FILE`) once it listens
        #[arg(long, value_name = "FILE")]
        aws_config: Option<PathBuf>,
        /// Write the profiles of CloudStack's clients to this file (`CLOUDSTACK_CONFIG`) once it listens
        #[arg(long, value_name = "FILE")]
        cloudstack_config: Option<PathBuf>,
        /// Let go wrong what this file says, one fault a line
        ///
        /// A line names an operation (`server.create`, `ec2.RunInstances`, `server.*`, `*`), what goes wrong with it, how often (`times=3`, `times=always`)
        /// and from which call on (`after=10`): `server.create status=429 retry-after=2 times=3`. `rhain explain cli::faults` lists
        /// all that can go wrong.
        #[arg(long, value_name = "FILE")]
        faults: Option<PathBuf>,
    },
    /// What runs leave behind.
    #[command(flatten)]
    Lasting(Lasting),
    /// Serve editors: the language server on standard input
    Lsp,
    /// Print the man page
    #[command(hide = true)]
    Man,
    /// Print what teaches a shell to complete
    Completions {
        /// The shell
        #[arg(value_enum, value_name = "SHELL")]
        shell: Shell,
    },
}

/// What `test` takes.
#[derive(Debug, Clone, Default, Args)]
pub struct TestOptions {
    /// Files `…_test.rhai`, scripts with examples in their comments, or folders that
    /// hold some [default: this folder]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only tests whose file or name holds this text
    #[arg(short = 'k', value_name = "TEXT")]
    pub filter: Option<String>,
    /// List the tests, run none
    #[arg(long)]
    pub list: bool,
    /// Stop at the first that fails
    #[arg(long)]
    pub fail_fast: bool,
    /// What ids and other random values follow from [default: 0]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub seed: u64,
    /// Write the output that tests keep anew
    #[arg(long)]
    pub update: bool,
    /// Write the results as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Tell which lines ran; with a file, as lcov too
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-")]
    pub coverage: Option<PathBuf>,
    /// Run each again with faults at each of its requests
    #[arg(long)]
    pub chaos: bool,
}

/// The shells that can complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

fn duration(text: &str) -> Result<std::time::Duration, String> {
    let span = match text.parse::<i64>() {
        Ok(seconds) if seconds > 0 => Some(crate::cloud::Span::from_secs(seconds)),
        _ => crate::cloud::Span::parse(text),
    };
    let span = span.filter(|span| span.nanos() > 0);
    span.map(crate::cloud::Span::to_std).ok_or_else(|| "give a duration such as 30s, 5m or 1h".to_string())
}

fn size(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: usize = match &text[digits.len()..] {
        "" | "B" => 1,
        "KiB" | "K" => 1 << 10,
        "MiB" | "M" => 1 << 20,
        "GiB" | "G" => 1 << 30,
        _ => 0,
    };
    let bytes = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
    let bytes = bytes.filter(|bytes| *bytes >= LEAST_MEMORY);
    bytes.ok_or_else(|| "give a size of 32MiB or more, such as 512MiB or 2GiB".to_string())
}

/// Less than this the program itself would not fit in.
const LEAST_MEMORY: usize = 32 << 20;

fn rate(text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|rate| rate.is_finite() && *rate > 0.0)
        .ok_or_else(|| "give a number above 0".to_string())
}

/// The arguments, the options everywhere taken out of what stands behind the script's name.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Arguments, clap::Error> {
    let words: Vec<OsString> = words.into_iter().collect();
    let plain = words.iter().any(|word| word == "--no-color");
    let mut command = super::help::helpful(Arguments::command());
    if plain {
        command = command.color(clap::ColorChoice::Never);
    }
    let mut matches = command.try_get_matches_from(reordered(words))?;
    Arguments::from_arg_matches_mut(&mut matches)
}

/// The names of the options everywhere, and whether each takes a value as a word of its own.
fn known_options() -> Vec<(Vec<String>, bool)> {
    let command = Arguments::command();
    command
        .get_arguments()
        .filter(|argument| argument.is_global_set())
        .map(|argument| {
            let mut names: Vec<String> =
                argument.get_long().map(|long| format!("--{long}")).into_iter().collect();
            names.extend(argument.get_short().map(|short| format!("-{short}")));
            let takes = argument.get_action().takes_values() && !argument.is_require_equals_set();
            (names, takes)
        })
        .collect()
}

/// Whether a word is an option everywhere, and whether the next word is its value.
fn takes_value(known: &[(Vec<String>, bool)], word: &str) -> Option<bool> {
    let name = word.split('=').next().unwrap_or(word);
    if name == "-vv" || name == "-vvv" {
        return Some(false);
    }
    let (_, takes) = known.iter().find(|(names, _)| names.iter().any(|known| known == name))?;
    Some(*takes && !word.contains('='))
}

/// `run book.rhai --zone a --cloud lab` means `--cloud` as an option: options everywhere go before the script, what
/// is left behind it are its parameters. After `--` all are parameters.
fn reordered(words: Vec<OsString>) -> Vec<OsString> {
    let known = known_options();
    let find = |word: &str| takes_value(&known, word);
    let mut before = Vec::new();
    let mut words = words.into_iter();
    let mut script: Vec<OsString> = Vec::new();
    let mut in_run = false;
    before.extend(words.next());
    while let Some(word) = words.next() {
        let text = word.to_string_lossy().into_owned();
        if text == "--" {
            script.extend(words.by_ref());
            break;
        }
        match find(&text) {
            Some(takes) => {
                before.push(word);
                if takes {
                    before.extend(words.next());
                }
            }
            None if !in_run && (text == "run" || text == "plan") => {
                in_run = true;
                script.push(word);
            }
            // The one option of `plan` may stand behind the script too.
            None if script.first().is_some_and(|first| first == "plan") && text == "--out" => {
                script.splice(1..1, [word].into_iter().chain(words.next()));
            }
            None if script.first().is_some_and(|first| first == "plan") && text.starts_with("--out=") => {
                script.insert(1, word);
            }
            // A runbook's own help is its page.
            None if in_run && script.len() > 1 && (text == "--help" || text == "-h") => {
                before.push(OsString::from("doc"));
                before.extend(script.into_iter().nth(1));
                return before;
            }
            None if in_run => script.push(word),
            None => before.push(word),
        }
    }
    before.extend(script);
    before
}

/// A runbook's parameters as they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    /// Name and text; `true` for those without a value.
    pub given: BTreeMap<String, String>,
    /// Those without a value.
    pub bare: Vec<String>,
}

/// A runbook's parameters from the words behind its name: `--name value`, `--name=value`, or `--flag` for true.
pub fn parameters(words: &[String]) -> Result<Parameters, String> {
    let mut given = BTreeMap::new();
    let mut bare = Vec::new();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let Some(name) = word.strip_prefix("--").filter(|name| !name.is_empty()) else {
            return Err(format!("`{word}` is no parameter; write it as --name value"));
        };
        let (name, value, alone) = match name.split_once('=') {
            Some((name, value)) => (name, value.to_string(), false),
            None => {
                // A value may begin with a single dash: a negative number is one.
                let value = words.next_if(|next| !next.starts_with("--"));
                let alone = value.is_none();
                (name, value.cloned().unwrap_or_else(|| "true".to_string()), alone)
            }
        };
        let name = name.replace('_', "-");
        bare.extend(alone.then(|| name.clone()));
        if given.insert(name.clone(), value).is_some() {
            return Err(format!("`--{name}` is given twice"));
        }
    }
    Ok(Parameters { given, bare })
}

/// The names of the options everywhere, without dashes.
pub fn everywhere() -> Vec<String> {
    let command = Arguments::command();
    let all = command.get_arguments().filter(|argument| argument.is_global_set());
    all.filter_map(|argument| argument.get_long().map(str::to_string)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn options_everywhere_may_stand_behind_the_script() {
        let parsed = parse(words("rhain run book.rhai --zone a --cloud lab -v --batch-size=3 --allow-read"));
        let arguments = parsed.expect("fits");
        assert_eq!(arguments.options.cloud.as_deref(), Some("lab"));
        assert_eq!(arguments.options.verbose, 1);
        assert_eq!(arguments.options.allow_read, [""]);
        let Some(Command::Run { file, parameters: rest }) = arguments.command else { panic!("no run") };
        assert_eq!(file, "book.rhai");
        let given = parameters(&rest).expect("fits").given;
        assert_eq!(given.get("zone").map(String::as_str), Some("a"));
        assert_eq!(given.get("batch-size").map(String::as_str), Some("3"));
    }

    #[test]
    fn parameters_are_names_and_values() {
        let texts = |text: &str| text.split_whitespace().map(str::to_string).collect::<Vec<_>>();
        let read = parameters(&texts("--dry --n -3 --a=b=c")).expect("fits");
        assert_eq!(read.bare, ["dry"]);
        let given = read.given;
        assert_eq!(given.get("dry").map(String::as_str), Some("true"));
        assert_eq!(given.get("n").map(String::as_str), Some("-3"));
        assert_eq!(given.get("a").map(String::as_str), Some("b=c"));
        assert!(parameters(&texts("stray")).is_err());
        assert!(parameters(&texts("--a 1 --a 2")).is_err());
    }
}
