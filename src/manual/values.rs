//! Pages of what is no resource: times, durations, clouds, and the errors that `catch` gets.

use super::words::{WIDTH, wrap};
use crate::cloud::members::{self, Method};
use crate::cloud::{Field, Kind};
use std::fmt::Write as _;

/// A kind of value.
pub(super) struct Described {
    /// Its name on its page.
    pub name: &'static str,
    /// What else it is looked up by.
    pub also: &'static [&'static str],
    /// What it is.
    pub summary: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
    /// The functions that are called on it.
    pub methods: &'static [Method],
    /// Code that shows it.
    pub examples: &'static [&'static str],
}

/// All of them.
pub(super) static VALUES: &[Described] = &[
    Described {
        name: "Cloud",
        also: &[],
        summary: "One of the clouds of the configuration; verbs can be called on it. In text it is its name.",
        fields: members::CLOUD,
        methods: members::CLOUD_METHODS,
        examples: &["cloud().supports(\"shelve\")", "cloud(\"sim\").servers()"],
    },
    Described {
        name: "Time",
        also: &["times", "date"],
        summary: "A moment, in UTC: now(), parse_time(text), a resource's .created and .updated. Time - time is a \
                  duration; time plus or minus a duration is a time.",
        fields: members::TIME,
        methods: members::TIME_METHODS,
        examples: &["now().format(\"%Y-%m-%d\")", "now() - server(\"web\").created < \"7d\""],
    },
    Described {
        name: "Duration",
        also: &["durations"],
        summary: "A length of time: \"500ms\", \"30s\", \"10m\", \"1h30m\", \"7d\", or a whole number of seconds. A \
                  duration compares with all its forms.",
        fields: members::DURATION,
        methods: &[],
        examples: &[
            "server(\"web\").age < \"7d\"",
            "(parse_time(\"2030-01-02\") - parse_time(\"2030-01-01\")).seconds",
        ],
    },
    Described {
        name: "Error",
        also: &["errors", "catch", "try", "throw"],
        summary: "What `catch (e)` gets. An interruption (Ctrl-C) and `exit` are not caught; `throw e` passes one on.",
        fields: members::ERROR,
        methods: &[],
        examples: &["try { server(\"none\") } catch (e) { print(e.kind) }"],
    },
];

/// The one that a word means.
pub(super) fn called(word: &str) -> Option<&'static Described> {
    VALUES.iter().find(|one| {
        one.name.eq_ignore_ascii_case(word) || one.also.iter().any(|also| also.eq_ignore_ascii_case(word))
    })
}

/// The page.
pub(super) fn of_value(one: &Described) -> String {
    let mut text = format!("{}\n  {}\n\n", one.name, wrap(one.summary, 2, WIDTH));
    let fields = one.fields.iter().map(|field| (format!(".{}", field.name), field.summary));
    let methods =
        one.methods.iter().map(|method| (format!(".{}({})", method.name, method.param), method.summary));
    let lines: Vec<(String, &str)> = fields.chain(methods).collect();
    let wide = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, words) in &lines {
        let _ = writeln!(text, "  {name:wide$}  {}", wrap(words, wide + 4, WIDTH));
    }
    if one.name == "Error" {
        let _ = writeln!(text, "\nkinds");
        for kind in Kind::ALL {
            let _ = writeln!(text, "  {:16}  {}", kind.as_str(), wrap(of_kind(kind), 20, WIDTH));
        }
    }
    text.push('\n');
    for example in one.examples {
        let _ = writeln!(text, "  {example};");
    }
    text
}

/// What a kind means.
fn of_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::NotFound => "Nothing of that id, and nothing of exactly that name.",
        Kind::Ambiguous => "Several things of that name; the ids are listed.",
        Kind::Unauthorized => "The cloud does not know who is asking.",
        Kind::Forbidden => "The cloud knows who is asking and does not allow it.",
        Kind::Denied => "This session does not allow it: --read-only, or no --allow-…",
        Kind::InvalidArgument => "An argument or an option that cannot be right.",
        Kind::Conflict => "The thing is in a state in which this cannot be done.",
        Kind::OverQuota => "The project has used up what it may have.",
        Kind::RateLimited => "The cloud was asked too often.",
        Kind::Timeout => "What was waited for did not come about in time.",
        Kind::Unavailable => "The service answers that it cannot answer.",
        Kind::Network => "No answer came, or the connection broke.",
        Kind::Protocol => "An answer that makes no sense.",
        Kind::Unsupported => "This cloud does not have this.",
        Kind::Failed => "The cloud took the request, and it went wrong.",
        Kind::Script => "What the script throws, and mistakes of the language.",
        Kind::Cancelled => "The run was interrupted; seen in reports only.",
    }
}
