//! A look through YAML before anything is built of it: aliases may repeat what they name without end, and a loader that
//! calls itself for each level overflows its stack.

use saphyr_parser::{Event, Parser};
use std::collections::HashMap;

/// What is too much of a YAML text: what, and on which line.
pub struct TooMuch(pub &'static str, pub usize);

/// Look through YAML of any number of documents before it is loaded: how deep it is, and how many values it has once its
/// aliases are resolved. What does not parse is left for the loader to tell.
///
/// # Errors
/// When it is deeper than `deepest` or has more values than `most`.
pub fn measure(text: &str, deepest: usize, most: usize) -> Result<(), TooMuch> {
    let mut anchors: HashMap<usize, usize> = HashMap::new();
    // Of each open sequence or mapping its anchor, and how many values came before it.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut values = 0_usize;
    let mut parser = Parser::new_from_str(text);
    while let Some(Ok((event, span))) = parser.next_event() {
        match event {
            Event::Scalar(_, _, anchor, _) => {
                values += 1;
                anchors.insert(anchor, 1);
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                open.push((anchor, values));
                values += 1;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((anchor, before)) = open.pop() {
                    anchors.insert(anchor, values.saturating_sub(before));
                }
            }
            Event::Alias(id) => {
                values = values.saturating_add(anchors.get(&id).copied().unwrap_or(1));
            }
            _ => {}
        }
        if open.len() > deepest {
            return Err(TooMuch("it is nested too deep", span.start.line()));
        }
        if values > most {
            return Err(TooMuch("it has too many values, its aliases counted", span.start.line()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_values_are_counted_with_aliases() {
        let told =
            |text: &str, deepest, most| measure(text, deepest, most).err().map(|TooMuch(_, line)| line);
        let two = "a: [1, 2]\nb: {c: 1}\n---\n- 3\n";
        assert_eq!(told(two, 3, 11), None);
        assert_eq!(told(two, 3, 10), Some(4));
        assert_eq!(told("[[[[1]]]]", 3, 10), Some(1));
        let bomb =
            "a: &a [1, 1, 1, 1]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: [*c, *c, *c, *c]\n";
        assert_eq!(told(bomb, 10, 1000), None);
        assert_eq!(told(bomb, 10, 200), Some(4));
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!((told(&deep(100), 100, 1000), told(&deep(101), 100, 1000)), (None, Some(1)));
    }
}
