//! Links that are good for whoever has them.

use crate::base::MASK;
use std::borrow::Cow;

/// The folder in which CloudStack's secondary storage puts the files of its links: whoever knows the name of one may fetch it.
const LINKS: &str = "/userdata/";

/// A path or a text without the names of such files.
pub(super) fn without_link(text: &str) -> Cow<'_, str> {
    if !text.contains(LINKS) {
        return Cow::Borrowed(text);
    }
    let mut pieces = text.split(LINKS);
    let mut out = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let name =
            piece.find(|c: char| c.is_whitespace() || "\"'<>?#,)]}`".contains(c)).unwrap_or(piece.len());
        out.push_str(LINKS);
        out.push_str(if name == 0 { "" } else { MASK });
        out.push_str(&piece[name..]);
    }
    Cow::Owned(out)
}
