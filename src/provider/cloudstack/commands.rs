//! Every command with its parameters: which are reads, which have a job, what each takes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What is known of a command.
#[derive(Debug, Clone)]
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// Whether its answer carries a job.
    pub is_async: bool,
    /// The parameters that must be there.
    pub required: Vec<&'static str>,
    /// The parameters that may be.
    pub optional: Vec<&'static str>,
}

impl Command {
    /// Its parameters.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.required.iter().chain(&self.optional).copied()
    }

    /// Whether it takes a parameter; names are taken in any case.
    pub fn takes(&self, name: &str) -> bool {
        self.parameters().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Whether it is a list that comes in pages.
    pub fn is_paged(&self) -> bool {
        self.takes("page") && self.takes("pagesize")
    }

    /// Whether it looks and changes nothing.
    pub fn is_read(&self) -> bool {
        is_read(self.name)
    }
}

/// Whether a command of this name looks and changes nothing: what servers take by GET when they enforce POST for all else.
pub fn is_read(name: &str) -> bool {
    let begins = ["list", "get", "query", "find"].iter().any(|word| {
        name.strip_prefix(word).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    });
    // These look and are called otherwise; these begin so and make something.
    let others = [
        "isAccountAllowedToCreateOfferingsWithTags",
        "quotaIsEnabled",
        "quotaTariffList",
        "verifyOAuthCodeAndGetUser",
    ];
    let make = ["getUploadParamsForIso", "getUploadParamsForTemplate", "getUploadParamsForVolume"];
    (begins && !make.contains(&name)) || others.contains(&name)
}

static COMMANDS: LazyLock<BTreeMap<&'static str, Command>> = LazyLock::new(|| {
    let lines = include_str!("commands.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(read).map(|command| (command.name, command)).collect()
});

fn read(line: &'static str) -> Option<Command> {
    let mut columns = line.split('\t');
    let (name, is_async) = (columns.next()?, columns.next()? == "1");
    let mut names = || -> Vec<&'static str> {
        let column = columns.next().unwrap_or_default().trim();
        column.split(',').filter(|name| !name.is_empty()).collect()
    };
    let (required, optional) = (names(), names());
    (!name.is_empty()).then_some(Command { name, is_async, required, optional })
}

/// The command of this name, which is exact.
pub fn named(name: &str) -> Option<&'static Command> {
    COMMANDS.get(name)
}

/// Every name.
pub fn names() -> impl Iterator<Item = &'static str> {
    COMMANDS.keys().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_commands_parameters_and_jobs() {
        let deploy = named("deployVirtualMachine").expect("a command");
        assert!(deploy.is_async && !deploy.is_read() && deploy.takes("serviceOfferingId"));
        let list = named("listVirtualMachines").expect("a command");
        assert!(!list.is_async && list.is_read() && list.is_paged() && list.takes("projectid"));
        assert!(named("listvirtualmachines").is_none());
        assert!(
            is_read("queryAsyncJobResult") && !is_read("getUploadParamsForTemplate") && !is_read("listen")
        );
        assert!(names().count() > 700);
    }
}
