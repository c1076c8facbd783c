//! Where a call stands in a run, whatever else runs at the time: its number in its branch, and the way to that branch.
//!
//! `7` is call 7 of the script; `7#3` member 3 of its array; `7:3/1` the first call of item 3 of the `parallel` at 7, of attempt 3
//! of the `retry` there, or of round 3 of the `wait_until`; `9!/1` the first call of the handler registered at 9; `r4/1` of input 4
//! of a session that is typed, `p/1` what is looked up for the parameters before the script begins. `7@volume/ID` is the read of an object that call 7 had marked as
//! out of date, when a field of it is read. `@lab/flavor/42` has no number:
//! it is known by what it asks. Two runs of one script that see the same answers have the same paths.

use std::cell::RefCell;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The place of a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Path {
    /// A call that is counted in its branch.
    Call {
        /// The branch's name; empty for the script itself.
        branch: Arc<str>,
        /// From 1.
        number: u64,
        /// Which member of its array, from 0.
        member: Option<usize>,
    },
    /// The read of an object that a call had marked as out of date: the call, and the object as `volume/ID`.
    Reread(Box<Path>, Arc<str>),
    /// A read that is known by what it asks: `lab/flavor/42`.
    Lookup(Arc<str>),
}

impl Path {
    /// A read that is known by what it asks.
    pub fn lookup(read: &str) -> Path {
        Path::Lookup(Arc::from(read))
    }

    /// One member of this call's array, from 0.
    pub fn member(&self, index: usize) -> Path {
        match self {
            Path::Call { branch, number, .. } => {
                Path::Call { branch: branch.clone(), number: *number, member: Some(index) }
            }
            other => other.clone(),
        }
    }

    /// Which member of an array it is, from 0.
    pub fn member_index(&self) -> Option<usize> {
        match self {
            Path::Call { member, .. } => *member,
            _ => None,
        }
    }

    /// The read of an object, `volume/ID`, that this call had marked as out of date.
    pub fn reread(&self, object: &str) -> Path {
        Path::Reread(Box::new(self.clone()), Arc::from(object))
    }

    /// A read as it is reported: of an object that a call had marked (`7@volume/ID`), or else one that is known by what it asks.
    pub fn of_read(read: &str) -> Path {
        read.parse()
            .ok()
            .filter(|path| matches!(path, Path::Reread(..)))
            .unwrap_or_else(|| Path::lookup(read))
    }

    /// The branch of item, attempt or round `index` of this call.
    pub fn item(&self, index: usize) -> Arc<Branch> {
        Branch::named(format!("{self}:{index}"))
    }

    /// The branch of the handler that this call registered.
    pub fn handler(&self) -> Arc<Branch> {
        Branch::named(format!("{self}!"))
    }

    /// The branch that it is counted in; `None` for what has no number.
    pub fn branch(&self) -> Option<&str> {
        match self {
            Path::Call { branch, .. } => Some(branch),
            Path::Reread(call, _) => call.branch(),
            Path::Lookup(_) => None,
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Call { branch, number, member } => {
                if !branch.is_empty() {
                    write!(f, "{branch}/")?;
                }
                write!(f, "{number}")?;
                member.map_or(Ok(()), |member| write!(f, "#{member}"))
            }
            Path::Reread(call, object) => write!(f, "{call}@{object}"),
            Path::Lookup(read) => write!(f, "@{read}"),
        }
    }
}

/// Text that is no path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPath(pub String);

impl fmt::Display for NoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no path of a call", self.0)
    }
}

impl FromStr for Path {
    type Err = NoPath;

    fn from_str(text: &str) -> Result<Path, NoPath> {
        let wrong = || NoPath(text.to_string());
        if let Some(read) = text.strip_prefix('@') {
            return if read.is_empty() { Err(wrong()) } else { Ok(Path::lookup(read)) };
        }
        if let Some((call, object)) = text.split_once('@') {
            let call = call.parse().ok().filter(|call| matches!(call, Path::Call { .. }));
            return call
                .filter(|_| !object.is_empty())
                .map(|call: Path| call.reread(object))
                .ok_or_else(wrong);
        }
        let (branch, last) = text.rsplit_once('/').unwrap_or(("", text));
        if text.starts_with('/') || !is_branch(branch) {
            return Err(wrong());
        }
        let (number, member) = match last.split_once('#') {
            Some((number, member)) => (number, Some(count(member, 0).ok_or_else(wrong)?)),
            None => (last, None),
        };
        let number = count(number, 1).ok_or_else(wrong)?;
        let member = member.map(usize::try_from).transpose().map_err(|_| wrong())?;
        Ok(Path::Call { branch: Arc::from(branch), number, member })
    }
}

/// Whether a name is one that branches have: empty, or `7:3`, `9!`, `r4`, `p` and what is inside those.
fn is_branch(name: &str) -> bool {
    name.is_empty() || name.split('/').enumerate().all(|(depth, part)| is_part(part, depth == 0))
}

fn is_part(part: &str, outermost: bool) -> bool {
    if outermost && part == "p" {
        return true;
    }
    if outermost && let Some(input) = part.strip_prefix('r') {
        return count(input, 1).is_some();
    }
    match (part.strip_suffix('!'), part.split_once(':')) {
        (Some(number), _) => count(number, 1).is_some(),
        (None, Some((number, index))) => count(number, 1).is_some() && count(index, 0).is_some(),
        (None, None) => false,
    }
}

/// A number without a sign or leading zeros, from `least`.
fn count(text: &str, least: u64) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    text.parse().ok().filter(|number| plain && *number >= least)
}

/// A row of calls, one after the other: the script, an item of a `parallel`, an attempt, a round, a handler, an input.
#[derive(Debug, Default)]
pub struct Branch {
    name: Arc<str>,
    counted: AtomicU64,
}

impl Branch {
    /// The script itself.
    pub fn main() -> Arc<Branch> {
        Arc::default()
    }

    /// Input `number` of a session that is typed.
    pub fn input(number: usize) -> Arc<Branch> {
        Branch::named(format!("r{number}"))
    }

    /// What is looked up for the parameters, before the script begins.
    pub fn parameters() -> Arc<Branch> {
        Branch::named("p".to_string())
    }

    fn named(name: String) -> Arc<Branch> {
        Arc::new(Branch { name: name.into(), counted: AtomicU64::new(0) })
    }

    /// Its name; empty for the script itself.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path of its next call.
    pub fn next(&self) -> Path {
        let number = self.counted.fetch_add(1, Ordering::Relaxed) + 1;
        Path::Call { branch: self.name.clone(), number, member: None }
    }

    /// The place of its last call.
    pub fn last(&self) -> Path {
        let number = self.counted.load(Ordering::Relaxed);
        Path::Call { branch: self.name.clone(), number, member: None }
    }
}

thread_local! {
    /// The branch that this thread works in.
    static BRANCH: RefCell<Arc<Branch>> = RefCell::new(Branch::main());
}

/// The branch that this thread works in.
pub fn branch() -> Arc<Branch> {
    BRANCH.with_borrow(Arc::clone)
}

/// The path of the next call on this thread.
pub fn next() -> Path {
    BRANCH.with_borrow(|branch| branch.next())
}

/// The place of this thread's last call: what is read behind it by the way belongs there.
pub fn last() -> Path {
    BRANCH.with_borrow(|branch| branch.last())
}

/// Work in a branch, then go on in the one before, also when the work panics.
pub fn within<T>(branch: Arc<Branch>, work: impl FnOnce() -> T) -> T {
    struct Back(Option<Arc<Branch>>);
    impl Drop for Back {
        fn drop(&mut self) {
            if let Some(before) = self.0.take() {
                BRANCH.set(before);
            }
        }
    }
    let _back = Back(Some(BRANCH.replace(branch)));
    work()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_counts_its_own_calls() {
        let main = Branch::main();
        let (first, second) = (main.next(), main.next());
        assert_eq!([first.to_string(), second.to_string()], ["1", "2"]);
        let item = second.item(3);
        assert_eq!(item.next().to_string(), "2:3/1");
        assert_eq!(item.next().item(1).next().to_string(), "2:3/2:1/1");
        assert_eq!(second.item(3).next().to_string(), "2:3/1", "a branch that is opened again counts anew");
        assert_eq!(first.handler().next().to_string(), "1!/1");
        assert_eq!(item.next().handler().next().to_string(), "2:3/3!/1");
        assert_eq!(Branch::input(4).next().to_string(), "r4/1");
        assert_eq!(main.next().member(7).to_string(), "3#7");
        assert_eq!(second.reread("volume/a/b@c").to_string(), "2@volume/a/b@c");
    }

    #[test]
    fn a_path_is_read_as_it_is_written() {
        for text in [
            "7",
            "7#3",
            "7#0",
            "7:3/1",
            "7:0/1",
            "9!/1",
            "r4/1",
            "p/1",
            "7@volume/ab",
            "7:3/4@port/x/y",
            "r4/2:1/9!/1#5",
            "@lab/flavor/42",
        ] {
            assert_eq!(text.parse::<Path>().unwrap().to_string(), text);
        }
        assert_eq!("7:3/4".parse::<Path>().unwrap().branch(), Some("7:3"));
        assert_eq!("7#3".parse::<Path>().unwrap().member_index(), Some(3));
        assert_eq!("@lab/auth".parse::<Path>().unwrap().branch(), None);
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [
            "", "0", "-1", "+1", "01", "7#", "7#x", "7/1", "7:/1", "7:3", "/1", "7:3/", "!/1", "x/1", "@",
            "7@", "r0/1", "1/r4/1", "1 ",
        ] {
            assert_eq!(text.parse::<Path>(), Err(NoPath(text.to_string())), "{text}");
        }
    }

    #[test]
    fn a_thread_goes_back_to_the_branch_it_came_from() {
        let outside = next();
        let inside = within(outside.item(1), || (next().to_string(), next().to_string()));
        assert_eq!(inside, (format!("{outside}:1/1"), format!("{outside}:1/2")));
        let Path::Call { number, .. } = outside else { panic!("{outside}") };
        assert_eq!(next().to_string(), (number + 1).to_string());
        let caught = std::panic::catch_unwind(|| within(Branch::input(9), || panic!("on purpose")));
        assert!(caught.is_err());
        assert_eq!(branch().name(), "");
    }
}
