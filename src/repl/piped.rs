//! A session that is read from a pipe or a file: a statement after another, each result shown, until one fails.

use super::unfinished::{goes_on, unfinished};
use super::{Conversation, Next};

/// Take every statement of a text; gives the exit code: 0, that of the first that failed, or of `exit`.
pub fn read(conversation: &mut Conversation, text: &str) -> u8 {
    let code = statements(conversation, text);
    conversation.finish(code)
}

fn statements(conversation: &mut Conversation, text: &str) -> u8 {
    let mut lines = text.split_inclusive('\n').peekable();
    let (mut start, mut end) = (0, 0);
    while let Some(line) = lines.next() {
        end += line.len();
        let part = text.get(start..end).unwrap_or("");
        let command = part.trim_start().starts_with(':');
        let more = lines.peek().is_some_and(|next| goes_on(next)) || unfinished(part);
        if !command && more && lines.peek().is_some() {
            continue;
        }
        if part.trim().is_empty() {
            continue;
        }
        match conversation.take_part(text, start..end) {
            Next::Go => {}
            // Nothing of a text that does not parse has run; the statements before it have.
            Next::Failed(2) => return 1,
            Next::Failed(code) | Next::Leave(code) => return code,
        }
        start = end;
    }
    0
}
