//! What `--help` shows: everything on one screen for `rhain`, and what a subcommand alone takes for a subcommand.
//!
//! The options everywhere are told once, by the program itself; a subcommand's help points there.

use clap::{Arg, Command, CommandFactory as _};
use std::fmt::Write as _;

/// How many columns help has.
const WIDTH: usize = 80;
/// Where the words of an entry begin.
const WORDS: usize = 26;

/// The grammar with help that fits on a screen.
pub fn helpful(command: Command) -> Command {
    let page = page(&command);
    let names: Vec<String> = command.get_subcommands().map(|one| one.get_name().to_string()).collect();
    let mut command = command.max_term_width(WIDTH).override_help(page);
    // What a subcommand inherits is hidden there, not here: the page above tells of it.
    command = command.mut_args(|one| if one.is_global_set() { one.hide(true) } else { one });
    for name in names {
        command = command.mut_subcommand(name, |one| {
            one.after_help("The options everywhere, such as --cloud NAME: rhain --help")
        });
    }
    command
}

/// The program's own help without styles.
pub fn plain() -> String {
    let page = page(&super::args::Arguments::command());
    ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[4m"].iter().fold(page, |page, code| page.replace(code, ""))
}

/// The help of the program itself: its commands, and its options by section.
fn page(command: &Command) -> String {
    let mut text = String::new();
    if let Some(about) = command.get_about() {
        let _ = writeln!(text, "{about}.\n");
    }
    let _ = writeln!(text, "{} rhain [COMMAND | -e EXPR] [OPTIONS]", title("Usage"));
    let _ = writeln!(text, "\n{}", title("Commands"));
    for one in command.get_subcommands().filter(|one| !one.is_hide_set()) {
        let about = one.get_about().map(ToString::to_string).unwrap_or_default();
        entry(&mut text, &head(one), &about);
    }
    let _ = writeln!(text, "\n{}", title("Options"));
    for one in command.get_arguments().filter(|one| one.get_help_heading().is_none()) {
        entry(&mut text, &option(one), &told(one));
    }
    entry(&mut text, "-h, --help", "This page; of a command, what it takes");
    entry(&mut text, "-V, --version", "The version");
    let mut sections: Vec<&str> = Vec::new();
    for heading in command.get_arguments().filter_map(Arg::get_help_heading) {
        if !sections.contains(&heading) {
            sections.push(heading);
        }
    }
    for section in sections {
        let _ = writeln!(text, "\n{}", title(section));
        let own = |one: &&Arg| one.get_help_heading() == Some(section);
        for one in
            command.get_arguments().filter(own).filter(|one| !one.get_id().as_str().starts_with("deny"))
        {
            entry(&mut text, &option(one), &told(one));
        }
        if command.get_arguments().filter(own).any(|one| one.get_id() == "deny_read") {
            entry(&mut text, "--deny-read[=PATH]", "Refuse what is allowed; so --deny-write, --deny-env,");
            entry(&mut text, "", "--deny-exec, --deny-net");
        }
    }
    text
}

/// A section's title, as clap sets those of its own pages.
fn title(words: &str) -> String {
    format!("\u{1b}[1m\u{1b}[4m{words}:\u{1b}[0m")
}

/// A subcommand and what it takes.
pub(super) fn head(command: &Command) -> String {
    let takes = command.get_positionals().filter(|one| one.get_id() != "parameters").map(|one| {
        let name = one.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str());
        let more =
            if one.get_action().takes_values() && one.get_num_args().is_some_and(|n| n.max_values() > 1) {
                "..."
            } else {
                ""
            };
        if one.is_required_set() { format!(" {name}{more}") } else { format!(" [{name}]") }
    });
    format!("{}{}", command.get_name(), takes.collect::<String>())
}

/// An option and its value.
pub(super) fn option(one: &Arg) -> String {
    let long = one.get_long().unwrap_or_default();
    let short = one.get_short().map(|short| format!("-{short}, ")).unwrap_or_default();
    let value = match one.get_value_names().and_then(|names| names.first()) {
        Some(name) if one.is_require_equals_set() => format!("[={name}]"),
        Some(name) if one.get_action().takes_values() => format!(" {name}"),
        _ => String::new(),
    };
    format!("{short}--{long}{value}")
}

pub(super) fn told(one: &Arg) -> String {
    one.get_help().map(ToString::to_string).unwrap_or_default()
}

fn entry(text: &mut String, head: &str, words: &str) {
    let _ = writeln!(text, "  {head:width$}  {words}", width = WORDS - 4);
}

#[cfg(test)]
mod tests {
    use crate::cli::args::Arguments;
    use clap::CommandFactory as _;

    #[test]
    fn the_page_names_every_command_and_option() {
        let command = Arguments::command();
        let page = super::page(&command);
        for one in command.get_subcommands().filter(|one| !one.is_hide_set()) {
            assert!(page.contains(&format!("\n  {}", one.get_name())), "{}", one.get_name());
        }
        for one in command.get_arguments().filter_map(|one| one.get_long()) {
            assert!(page.contains(&format!("--{one}")), "{one}");
        }
    }
}
