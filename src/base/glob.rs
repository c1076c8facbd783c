//! Patterns with `*`, `?`, `[…]` and `{a,b}`, as shells write them, matched by characters: `?` is one of them in any language.

/// A part of a pattern.
enum Part {
    /// This character.
    One(char),
    /// Any single character.
    Any,
    /// Any text.
    Rest,
    /// One of these ranges, or none of them.
    Class(bool, Vec<(char, char)>),
}

/// Whether the whole of a text fits a pattern; one that is not well formed fits nothing.
pub fn fits(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    alternatives(&pattern.chars().collect::<Vec<_>>(), 0)
        .iter()
        .any(|one| parts(one).is_some_and(|parts| is_match(&parts, &text)))
}

/// The patterns that one with braces stands for; levels are bounded, for each multiplies.
fn alternatives(pattern: &[char], level: usize) -> Vec<Vec<char>> {
    let Some((open, close)) = braces(pattern).filter(|_| level < 8) else { return vec![pattern.to_vec()] };
    let mut out = Vec::new();
    for inside in split(&pattern[open + 1..close]) {
        let whole = [&pattern[..open], inside, &pattern[close + 1..]].concat();
        out.extend(alternatives(&whole, level + 1));
    }
    out
}

/// Where the first braces open and close.
fn braces(pattern: &[char]) -> Option<(usize, usize)> {
    let (mut at, mut open, mut depth) = (0, None, 0_usize);
    while at < pattern.len() {
        match pattern[at] {
            '\\' => at += 1,
            '{' => {
                open.get_or_insert(at);
                depth += 1;
            }
            '}' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    return open.map(|open| (open, at));
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The parts between commas that stand in no inner braces.
fn split(inside: &[char]) -> Vec<&[char]> {
    let (mut out, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, c) in inside.iter().enumerate() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                out.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(&inside[start..]);
    out
}

fn parts(pattern: &[char]) -> Option<Vec<Part>> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at < pattern.len() {
        match pattern[at] {
            '*' => out.push(Part::Rest),
            '?' => out.push(Part::Any),
            '\\' => {
                at += 1;
                out.push(Part::One(*pattern.get(at)?));
            }
            '[' => {
                let (class, end) = class(pattern, at + 1)?;
                out.push(class);
                at = end;
            }
            c => out.push(Part::One(c)),
        }
        at += 1;
    }
    Some(out)
}

/// A class that begins behind its bracket, and where it ends.
fn class(pattern: &[char], mut at: usize) -> Option<(Part, usize)> {
    let not = matches!(pattern.get(at), Some('!' | '^'));
    at += usize::from(not);
    let first = at;
    let mut ranges = Vec::new();
    loop {
        let from = *pattern.get(at)?;
        if from == ']' && at > first {
            return Some((Part::Class(not, ranges), at));
        }
        match (pattern.get(at + 1), pattern.get(at + 2)) {
            (Some('-'), Some(to)) if *to != ']' => {
                ranges.push((from, *to));
                at += 3;
            }
            _ => {
                ranges.push((from, from));
                at += 1;
            }
        }
    }
}

fn is_match(parts: &[Part], text: &[char]) -> bool {
    // Where the last `*` stands, and how much of the text it has taken.
    let (mut part, mut at, mut star) = (0, 0, None);
    loop {
        let fits = match (parts.get(part), text.get(at)) {
            (None, None) => return true,
            (Some(Part::Rest), _) => {
                star = Some((part, at));
                part += 1;
                continue;
            }
            (Some(Part::One(one)), Some(c)) => one == c,
            (Some(Part::Any), Some(_)) => true,
            (Some(Part::Class(not, ranges)), Some(c)) => {
                ranges.iter().any(|(from, to)| from <= c && c <= to) != *not
            }
            _ => false,
        };
        match (fits, star) {
            (true, _) => {
                part += 1;
                at += 1;
            }
            (false, Some((place, taken))) if taken < text.len() => {
                star = Some((place, taken + 1));
                part = place + 1;
                at = taken + 1;
            }
            (false, _) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_go_by_characters() {
        for (pattern, text) in [
            ("web-*", "web-"),
            ("*b*-?", "web-1"),
            ("caf?", "café"),
            ("caf[é]", "café"),
            ("??", "日本"),
            ("[!a-c]x", "dx"),
            ("{web,db}-[0-9]", "db-3"),
            ("a{,b{c,d}}", "abd"),
            (r"a\*", "a*"),
            ("[]]", "]"),
            ("**", ""),
        ] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("web", "web-1"),
            ("web-?", "web-"),
            ("caf?", "caf"),
            ("[a-c]", "d"),
            ("[a", "a"),
            (r"a\*", "ab"),
            ("{web,db}", "we"),
            ("*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
