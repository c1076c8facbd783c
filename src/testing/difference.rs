//! Where two texts differ, in lines.

/// How many lines of a difference are shown.
const SHOWN: usize = 12;

/// The lines around the first place where they differ: `-` of what was wanted, `+` of what came.
pub fn of_texts(wanted: &str, came: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (wanted.lines().collect(), came.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let end = old[same..].iter().rev().zip(new[same..].iter().rev()).take_while(|(a, b)| a == b).count();
    let gone = old[same..old.len() - end].iter().map(|line| format!("- {line}"));
    let more = new[same..new.len() - end].iter().map(|line| format!("+ {line}"));
    let all: Vec<String> = gone.chain(more).collect();
    let mut lines = vec![format!("from line {} on", same + 1)];
    lines.extend(all.iter().take(SHOWN).cloned());
    if all.len() > SHOWN {
        lines.push(format!("… {} more lines", all.len() - SHOWN));
    }
    if all.is_empty() {
        lines.push("only in how the last line ends".to_string());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_before_and_behind_is_left_out() {
        assert_eq!(of_texts("a\nb\nc\nd\n", "a\nx\ny\nd\n"), "from line 2 on\n- b\n- c\n+ x\n+ y");
        assert_eq!(of_texts("a\n", "a\nb\n"), "from line 2 on\n+ b");
        assert_eq!(of_texts("a\n", "a"), "from line 2 on\nonly in how the last line ends");
    }
}
