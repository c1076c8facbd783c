//! Pages of what is no resource: times, durations, clouds, and the errors that `catch` gets.

use super::words::{WIDTH, wrap};
use crate::cloud::Kind;
use std::fmt::Write as _;

/// A kind of value.
pub(super) struct Described {
    /// Its name on its page.
    pub name: &'static str,
    /// What else it is looked up by.
    pub also: &'static [&'static str],
    /// What it is.
    pub summary: &'static str,
    /// Its fields and methods.
    pub fields: &'static [(&'static str, &'static str)],
    /// Code that shows it.
    pub examples: &'static [&'static str],
}

/// All of them.
pub(super) static VALUES: &[Described] = &[
    Described {
        name: "Cloud",
        also: &[],
        summary: "One of the clouds of the configuration; verbs can be called on it. In text it is its name.",
        fields: &[
            (".name", "Its name in the configuration."),
            (".provider", "openstack, aws or cloudstack."),
            (".region", "Its region, or ()."),
            (".supports(verb)", "Whether it has what a verb needs."),
        ],
        examples: &["cloud().supports(\"shelve\")", "cloud(\"sim\").servers()"],
    },
    Described {
        name: "Time",
        also: &["times", "date"],
        summary: "A moment, in UTC: now(), parse_time(text), a resource's .created and .updated. Time - time is a \
                  duration; time plus or minus a duration is a time.",
        fields: &[
            (".year .month .day", "Of the calendar; month and day from 1."),
            (".hour .minute .second", "Of the day."),
            (".weekday", "1 for Monday to 7 for Sunday."),
            (".format(pattern)", "Text, such as \"%Y-%m-%d %H:%M\"."),
        ],
        examples: &["now().format(\"%Y-%m-%d\")", "now() - server(\"web\").created < \"7d\""],
    },
    Described {
        name: "Duration",
        also: &["durations"],
        summary: "A length of time: \"500ms\", \"30s\", \"10m\", \"1h30m\", \"7d\", or a whole number of seconds. A \
                  duration compares with all its forms.",
        fields: &[(".seconds", "Whole seconds.")],
        examples: &[
            "server(\"web\").age < \"7d\"",
            "(parse_time(\"2030-01-02\") - parse_time(\"2030-01-01\")).seconds",
        ],
    },
    Described {
        name: "Error",
        also: &["errors", "catch", "try", "throw"],
        summary: "What `catch (e)` gets. An interruption (Ctrl-C) and `exit` are not caught; `throw e` passes one on.",
        fields: &[
            (".kind", "What to act on: one of the kinds below."),
            (".message", "What happened, with the cloud's own words."),
            (".verb", "The verb that was called."),
            (".cloud .provider .service", "Where it happened; () where that tells nothing."),
            (".status .code .request_id", "The HTTP status, the provider's code, the request's id."),
            (".retryable", "Whether trying again may succeed."),
            (".help", "What to do, or ()."),
            (".results .exists", "Of a bulk call: each member's result; what the call left behind."),
        ],
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
    let wide = one.fields.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, words) in one.fields {
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
