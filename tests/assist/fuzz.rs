//! Nothing breaks on any text: parse, check, highlight, complete, hint, signature and hover, on the same bytes.
