//! Where a call stands among the branches of a run, by its path alone.

use crate::effects::path::Path;

/// The branch and the number of a call.
pub(super) fn place(path: &str) -> Option<(String, u64)> {
    match path.parse::<Path>().ok()? {
        Path::Call { branch, number, .. } => Some((branch.to_string(), number)),
        _ => None,
    }
}

/// The call that a branch belongs to, and whether it is a handler of that call.
pub(super) fn opener(branch: &str) -> Option<(&str, bool)> {
    match branch.strip_suffix('!') {
        Some(call) => Some((call, true)),
        None => branch.rsplit_once(':').map(|(call, _)| (call, false)),
    }
}

/// Whether a branch is opened inside another.
pub(super) fn is_within(branch: &str, outer: &str) -> bool {
    branch.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a call is this one of a branch or a later one, or stands in a branch of those.
pub(super) fn follows(path: &str, branch: &str, number: u64) -> bool {
    let Some((own, at)) = place(path) else { return false };
    if own == branch {
        return at >= number;
    }
    match opener(&own) {
        Some((call, _)) => follows(call, branch, number),
        None => false,
    }
}
