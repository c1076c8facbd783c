//! `rhain man`: the man page, made from the grammar; `docs/rhain.1` keeps it.

use super::args::Arguments;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

/// How a run can end.
const EXIT: &[(&str, &str)] = &[
    ("0", "Done."),
    ("1", "The script failed."),
    ("2", "It was not run: bad usage, syntax, an import or a parameter."),
    ("3", "The chosen cloud is unknown, has no credentials, or refuses them."),
    ("130, 143", "Interrupted, terminated."),
    ("n", "What the script gives to exit(n)."),
];

/// What is read of the environment.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("RHAIN_CLOUD", "The cloud to work on, where --cloud is not given."),
    ("OS_CLOUD, OS_AUTH_URL and further OS_*", "As for other OpenStack clients."),
    ("OS_CLIENT_CONFIG_FILE", "The clouds.yaml to read."),
    ("NO_COLOR", "No colours."),
];

/// What is read of the user's files.
const FILES: &[(&str, &str)] = &[
    ("~/.config/openstack/clouds.yaml", "The user's clouds; secure.yaml beside it holds what is secret."),
    (
        "~/.config/rhain/config.toml",
        "Which cloud is the default, clouds of one's own, and other names for clouds.",
    ),
];

/// The page.
pub fn page() -> String {
    let command = Arguments::command().long_about(
        "rhain runs cloud runbooks: scripts that boot, wait for, resize, snapshot and delete servers. `rhain doc` is \
         the reference of the language, `rhain explain CODE` tells what a diagnostic code means.",
    );
    let man = Man::new(command.clone()).manual("rhain").source(concat!("rhain ", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    let drawn = man
        .render_title(&mut page)
        .and_then(|()| man.render_name_section(&mut page))
        .and_then(|()| synopsis().to_writer(&mut page))
        .and_then(|()| man.render_description_section(&mut page))
        .and_then(|()| commands(&command).to_writer(&mut page))
        .and_then(|()| man.render_options_section(&mut page))
        .and_then(|()| listed("EXIT STATUS", EXIT).to_writer(&mut page))
        .and_then(|()| listed("ENVIRONMENT", ENVIRONMENT).to_writer(&mut page))
        .and_then(|()| listed("FILES", FILES).to_writer(&mut page));
    // Writing to memory does not go wrong.
    let _ = drawn;
    String::from_utf8_lossy(&page).into_owned()
}

fn synopsis() -> Roff {
    let mut roff = Roff::default();
    roff.control("SH", ["SYNOPSIS"]);
    roff.text([bold("rhain"), roman(" [COMMAND | -e EXPR] [OPTIONS]")]);
    roff
}

/// Each command with what it takes.
fn commands(command: &Command) -> Roff {
    let mut roff = Roff::default();
    roff.control("SH", ["COMMANDS"]);
    for one in command.get_subcommands().filter(|one| !one.is_hide_set()) {
        roff.control("TP", []);
        roff.text([bold(format!("rhain {}", super::help::head(one)))]);
        roff.text([roman(one.get_about().map(ToString::to_string).unwrap_or_default())]);
        for option in one.get_arguments().filter(|option| !option.is_positional() && !option.is_global_set())
        {
            roff.control("br", []);
            roff.text([
                italic(super::help::option(option)),
                roman(format!(": {}", super::help::told(option))),
            ]);
        }
    }
    roff
}

fn listed(title: &str, entries: &[(&str, &str)]) -> Roff {
    let mut roff = Roff::default();
    roff.control("SH", [title]);
    for (name, words) in entries {
        roff.control("TP", []);
        roff.text([bold(*name)]);
        roff.text([roman(*words)]);
    }
    roff
}
