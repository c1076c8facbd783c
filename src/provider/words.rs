//! What drivers say alike: the words of a refusal on one line, and the code of a kind of error.

use crate::cloud::Kind;

/// Text without markup, on one line, of a readable length.
pub fn plain(text: &str) -> String {
    // A page of markup may be megabytes; its beginning says what happened.
    let end = text.char_indices().nth(20_000).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    let lower = text.to_ascii_lowercase();
    let marked = lower.contains("</") || lower.contains("<br") || lower.contains("/>");
    let mut out = String::with_capacity(text.len());
    if marked {
        let mut rest = text;
        while let Some(open) = rest.find('<') {
            out.push_str(&rest[..open]);
            out.push(' ');
            let tag = rest[open..].to_ascii_lowercase();
            // What a style or script holds is no message.
            let skipped = ["style", "script", "title"].iter().find_map(|name| {
                tag[1..].starts_with(name).then(|| tag.find(&format!("</{name}>"))).flatten()
            });
            let from = open + skipped.unwrap_or(0);
            // A `<` that no `>` closes is text, not a tag.
            match rest[from..].find('>') {
                Some(close) => rest = &rest[from + close + 1..],
                None => {
                    out.push_str(&rest[open..]);
                    rest = "";
                }
            }
        }
        out.push_str(rest);
    } else {
        out.push_str(text);
    }
    let mut line = out.split_whitespace().collect::<Vec<_>>().join(" ");
    for (entity, letter) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
    {
        line = line.replace(entity, letter);
    }
    const LONGEST: usize = 1000;
    // What says why is in the encoded part: whoever decodes it needs all of it.
    let whole = line.to_ascii_lowercase().contains("encoded authorization failure message");
    if !whole && line.chars().count() > LONGEST {
        line = line.chars().take(LONGEST).chain(['…']).collect();
    }
    line
}

/// The code that `rhain explain` documents.
pub fn code(kind: Kind) -> &'static str {
    match kind {
        Kind::OverQuota => "cloud::over_quota",
        Kind::Unauthorized => "cloud::unauthorized",
        Kind::Forbidden => "cloud::forbidden",
        Kind::NotFound => "cloud::not_found",
        Kind::Conflict => "cloud::conflict",
        Kind::RateLimited => "cloud::rate_limited",
        Kind::Timeout => "cloud::timeout",
        Kind::Network => "cloud::network",
        Kind::Unsupported => "cloud::unsupported",
        Kind::InvalidArgument => "cloud::invalid_argument",
        Kind::Unavailable => "cloud::unavailable",
        _ => "cloud::protocol",
    }
}
