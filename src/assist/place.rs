//! What the text in front of a cursor leads to, told by its tokens alone: they survive any mistake.

use crate::syntax::lexer::{Shape, Token, tokens};

/// What kind of word is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spot {
    /// Nothing that can be completed: a comment, a number, a new name.
    Silent,
    /// A word of an expression or a statement.
    Word,
    /// Behind a dot.
    Member,
    /// Behind `::`, with the modules in front of it.
    Module(Vec<String>),
    /// A key of a map.
    Key,
    /// In a text that is no template.
    Text {
        /// `"` or a backtick.
        quote: char,
        /// Whether its end is there.
        closed: bool,
    },
}

/// What a bracket is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bracket {
    /// The arguments of a call.
    Call {
        /// The modules in front of the name.
        modules: Vec<String>,
        /// The function.
        name: String,
        /// Where the name begins.
        at: usize,
        /// Whether it is called on a value.
        method: bool,
    },
    /// `#{…}`.
    Map,
    /// `[…]`, an array.
    Array,
    /// `x[…]`.
    Index,
    /// Parentheses around an expression.
    Group,
    /// The parameters of a function that is being defined.
    Params,
    /// Statements.
    Block,
}

/// An open bracket around the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// What it is.
    pub bracket: Bracket,
    /// Where it opens.
    pub open: usize,
    /// How many commas stand before the cursor.
    pub nth: usize,
    /// In a map: the key whose value the cursor is in.
    pub key: Option<String>,
    /// In a map: the keys that are there, behind the cursor too.
    pub keys: Vec<String>,
    /// Whether nothing stands between the last comma or the bracket and the word.
    pub fresh: bool,
}

/// A cursor's surroundings.
#[derive(Debug)]
pub(super) struct Place<'a> {
    /// The text.
    pub text: &'a str,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// The cursor.
    pub at: usize,
    /// Where the word begins that it stands in or behind.
    pub start: usize,
    /// What is being typed.
    pub spot: Spot,
    /// The open brackets around it, outermost first.
    pub frames: Vec<Frame>,
    /// How many tokens end before the word.
    pub before: usize,
}

impl<'a> Place<'a> {
    /// What stands around a byte, which is a character's first.
    pub(super) fn find(text: &'a str, at: usize) -> Place<'a> {
        let tokens = tokens(text);
        let holding = tokens.iter().position(|token| token.start < at && at <= token.end);
        let touched = holding.and_then(|nth| tokens.get(nth).map(|token| (nth, *token)));
        let behind = tokens.iter().take_while(|token| token.end <= at).count();
        let (start, before, spot) = match touched {
            Some((nth, token)) => match token.shape {
                Shape::Word => (token.start, nth, None),
                Shape::Comment if at < token.end || !ended(token.text(text)) => {
                    (at, behind, Some(Spot::Silent))
                }
                Shape::Number | Shape::Stray => (at, behind, Some(Spot::Silent)),
                Shape::Char if at < token.end => (at, behind, Some(Spot::Silent)),
                Shape::Text if at < token.end => in_text(text, &tokens, nth),
                Shape::OpenText => in_text(text, &tokens, nth),
                _ => (at, behind, None),
            },
            None => (at, behind, None),
        };
        let (frames, naming) = frames(text, &tokens, before, at);
        let naming = naming || frames.last().is_some_and(|frame| frame.bracket == Bracket::Params);
        let spot = spot.unwrap_or_else(|| match naming {
            true => Spot::Silent,
            false => spot_of(text, &tokens, before, &frames),
        });
        Place { text, tokens, at, start, spot, frames, before }
    }

    /// The word in front of the cursor.
    pub(super) fn word(&self) -> &'a str {
        self.text.get(self.start..self.at).unwrap_or("")
    }

    /// The token so many places in front of the word, comments left out; the nearest is 0.
    pub(super) fn back(&self, nth: usize) -> Option<&Token> {
        let code = |token: &&Token| token.shape != Shape::Comment;
        self.tokens.iter().take(self.before).rev().filter(code).nth(nth)
    }

    /// Whether such a token is this word or symbol.
    pub(super) fn back_is(&self, nth: usize, text: &str) -> bool {
        self.back(nth).is_some_and(|token| token.is(self.text, text))
    }

    /// The text of such a token.
    pub(super) fn back_text(&self, nth: usize) -> &'a str {
        self.back(nth).map_or("", |token| token.text(self.text))
    }

    /// The token behind the word.
    pub(super) fn next_is(&self, text: &str) -> bool {
        let next = self.tokens.iter().find(|token| token.start >= self.at && token.shape != Shape::Comment);
        next.is_some_and(|token| token.is(self.text, text))
    }
}

/// Whether a comment has an end of its own, behind which the language goes on.
fn ended(comment: &str) -> bool {
    comment.starts_with("/*") && comment.len() >= 4 && comment.ends_with("*/")
}

fn in_text(text: &str, tokens: &[Token], nth: usize) -> (usize, usize, Option<Spot>) {
    let Some(token) = tokens.get(nth) else { return (0, 0, Some(Spot::Silent)) };
    let quote = token.text(text).chars().next().unwrap_or(' ');
    let template = |near: Option<&Token>, end: usize, symbol: &str| {
        near.is_some_and(|near| near.is(text, symbol) && (near.end == end || near.start == end))
    };
    let code = template(tokens.get(nth + 1), token.end, "${");
    if !matches!(quote, '"' | '`') || (quote == '`' && code) {
        return (token.start, nth, Some(Spot::Silent));
    }
    let closed = token.shape == Shape::Text;
    (token.start + 1, nth, Some(Spot::Text { quote, closed }))
}

fn spot_of(text: &str, tokens: &[Token], before: usize, frames: &[Frame]) -> Spot {
    let mut code = tokens.iter().take(before).rev().filter(|token| token.shape != Shape::Comment);
    let last = code.next();
    let last_text = last.map_or("", |token| token.text(text));
    let symbol = last.is_some_and(|token| token.shape == Shape::Symbol);
    match last_text {
        "." | "?." if symbol => return Spot::Member,
        "::" if symbol => {
            let mut modules = Vec::new();
            while let Some(module) = code.next() {
                if module.shape != Shape::Word {
                    break;
                }
                modules.insert(0, module.text(text).to_string());
                if !code.next().is_some_and(|token| token.is(text, "::")) {
                    break;
                }
            }
            return Spot::Module(modules);
        }
        // A new name comes here.
        "let" | "const" | "fn" | "as" => return Spot::Silent,
        _ => {}
    }
    match frames.last() {
        Some(frame) if frame.bracket == Bracket::Map && frame.key.is_none() => {
            if frame.fresh {
                Spot::Key
            } else {
                Spot::Silent
            }
        }
        _ if last.is_some_and(|token| matches!(token.shape, Shape::Text | Shape::Number)) => Spot::Silent,
        _ => Spot::Word,
    }
}

/// The brackets that are open behind so many tokens; and whether a closure's parameters are being named there.
fn frames(text: &str, tokens: &[Token], before: usize, at: usize) -> (Vec<Frame>, bool) {
    let mut found: Vec<Frame> = Vec::new();
    let code: Vec<&Token> =
        tokens.iter().take(before).filter(|token| token.shape != Shape::Comment).collect();
    let mut bars = false;
    for (nth, token) in code.iter().enumerate() {
        let word = token.text(text);
        let prior = nth.checked_sub(1).and_then(|nth| code.get(nth));
        if bars {
            // A closure's parameters, and their commas.
            bars = word != "|";
            continue;
        }
        if token.shape == Shape::Symbol {
            match word {
                "(" | "[" | "?[" | "{" | "#{" | "${" => {
                    found.iter_mut().last().into_iter().for_each(|frame| frame.fresh = false);
                    found.push(Frame {
                        bracket: bracket(text, &code, nth),
                        open: token.start,
                        nth: 0,
                        key: None,
                        keys: Vec::new(),
                        fresh: true,
                    });
                    continue;
                }
                ")" | "]" | "}" => {
                    let own = |frame: &Frame| match frame.bracket {
                        Bracket::Call { .. } | Bracket::Group | Bracket::Params => word == ")",
                        Bracket::Array | Bracket::Index => word == "]",
                        Bracket::Map | Bracket::Block => word == "}",
                    };
                    if let Some(nth) = found.iter().rposition(own) {
                        found.truncate(nth);
                    }
                    continue;
                }
                "|" if prior.is_none_or(|prior| begins(text, prior)) => {
                    bars = true;
                    continue;
                }
                ";" => leave(&mut found),
                "," => {
                    if let Some(frame) = found.last_mut() {
                        frame.nth += 1;
                        frame.key = None;
                        frame.fresh = true;
                    }
                    continue;
                }
                ":" => {
                    let key = prior.map_or("", |prior| prior.text(text)).trim_matches(['"', '`']);
                    if let Some(frame) = found.last_mut()
                        && frame.bracket == Bracket::Map
                        && frame.key.is_none()
                    {
                        frame.key = Some(key.to_string());
                        frame.keys.push(key.to_string());
                        frame.fresh = true;
                        continue;
                    }
                }
                _ => {}
            }
        }
        let statement = ["let", "const", "fn", "import", "export", "try", "for", "while"];
        if token.shape == Shape::Word && statement.contains(&word) && !member(text, prior) {
            // No expression goes on with these, but a map may have them for keys.
            if !found.last().is_some_and(|frame| frame.bracket == Bracket::Map && frame.key.is_none()) {
                leave(&mut found);
            }
        }
        if let Some(frame) = found.last_mut() {
            frame.fresh = false;
        }
    }
    keys_behind(text, tokens, at, &mut found);
    (found, bars)
}

fn member(text: &str, prior: Option<&&Token>) -> bool {
    prior.is_some_and(|prior| prior.is(text, ".") || prior.is(text, "?."))
}

/// A statement begins: what was open within the one before it, is no more.
fn leave(found: &mut Vec<Frame>) {
    let block = found.iter().rposition(|frame| frame.bracket == Bracket::Block);
    found.truncate(block.map_or(0, |nth| nth + 1));
}

/// Whether an expression begins behind a token.
fn begins(text: &str, token: &Token) -> bool {
    match token.shape {
        Shape::Symbol => !matches!(token.text(text), ")" | "]" | "}"),
        Shape::Word => matches!(token.text(text), "return" | "throw" | "in" | "if" | "while" | "switch"),
        _ => false,
    }
}

fn bracket(text: &str, code: &[&Token], nth: usize) -> Bracket {
    let word = |back: usize| nth.checked_sub(back).and_then(|at| code.get(at));
    let is = |back: usize, wanted: &str| word(back).is_some_and(|token| token.is(text, wanted));
    match code.get(nth).map_or("", |token| token.text(text)) {
        "#{" => Bracket::Map,
        "{" | "${" => Bracket::Block,
        "?[" => Bracket::Index,
        "[" => match word(1) {
            Some(prior)
                if matches!(prior.shape, Shape::Word | Shape::Text) && !begins(text, prior)
                    || is(1, ")")
                    || is(1, "]") =>
            {
                Bracket::Index
            }
            _ => Bracket::Array,
        },
        _ => match word(1) {
            Some(name) if name.shape == Shape::Word && !keyword(name.text(text)) && !is(2, "fn") => {
                let mut modules = Vec::new();
                let mut back = 2;
                while is(back, "::") {
                    let Some(module) = word(back + 1) else { break };
                    modules.insert(0, module.text(text).to_string());
                    back += 2;
                }
                let method = is(2, ".") || is(2, "?.");
                Bracket::Call { modules, name: name.text(text).to_string(), at: name.start, method }
            }
            Some(_) if is(2, "fn") => Bracket::Params,
            _ => Bracket::Group,
        },
    }
}

fn keyword(word: &str) -> bool {
    crate::syntax::lexer::KEYWORDS.contains(&word)
}

/// The keys of the innermost map that stand behind the cursor.
fn keys_behind(text: &str, tokens: &[Token], at: usize, found: &mut [Frame]) {
    let Some(frame) = found.last_mut().filter(|frame| frame.bracket == Bracket::Map) else { return };
    let mut depth = 0usize;
    let mut prior: Option<&Token> = None;
    for token in tokens.iter().filter(|token| token.start >= at && token.shape != Shape::Comment) {
        if token.shape == Shape::Symbol {
            match token.text(text) {
                "(" | "[" | "{" | "#{" | "${" | "?[" => depth += 1,
                ")" | "]" | "}" if depth == 0 => break,
                ")" | "]" | "}" => depth -= 1,
                ";" if depth == 0 => break,
                ":" if depth == 0 => {
                    if let Some(key) = prior.filter(|key| matches!(key.shape, Shape::Word | Shape::Text)) {
                        frame.keys.push(key.text(text).trim_matches(['"', '`']).to_string());
                    }
                }
                _ => {}
            }
        }
        prior = Some(token);
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    /// The spot and the innermost frame at `‸`.
    fn told(marked: &str) -> String {
        let at = marked.find('‸').expect("a cursor");
        let text = marked.replace('‸', "");
        let place = Place::find(&text, at);
        let frame = place.frames.last().map(|frame| {
            let name = match &frame.bracket {
                Bracket::Call { name, .. } => name.clone(),
                other => format!("{other:?}"),
            };
            format!(" in {name} {} {}{}", frame.nth, frame.key.as_deref().unwrap_or("-"), frame.keys.len())
        });
        format!("{:?} {:?}{}", place.spot, place.word(), frame.unwrap_or_default())
    }

    #[test]
    fn a_place_is_told_by_its_tokens() {
        assert_eq!(told("w.re‸"), "Member \"re\"");
        assert_eq!(told("w\n  .‸\nlet x = 1;"), "Member \"\"");
        assert_eq!(told("a::b::c‸"), "Module([\"a\", \"b\"]) \"c\"");
        assert_eq!(told("boot(\"a\", #{ fl‸, image: 1 })"), "Key \"fl\" in Map 0 -1");
        assert_eq!(told("boot(\"a\", #{ meta: #{ a: 1 }, fl‸"), "Key \"fl\" in Map 1 -1");
        assert_eq!(told("boot(\"a\", #{ flavor: ‸ })"), "Word \"\" in Map 0 flavor1");
        assert_eq!(
            told("boot(\"a\", #{ flavor: \"m1.‸"),
            "Text { quote: '\"', closed: false } \"m1.\" in Map 0 flavor1"
        );
        assert_eq!(told("f(|a, b| a, ‸"), "Word \"\" in f 1 -0");
        assert_eq!(told("f(a; g(‸"), "Word \"\" in g 0 -0");
        assert_eq!(told("f(1, \nlet x = ‸"), "Word \"\"");
        assert_eq!(told("// w.re‸"), "Silent \"\"");
        assert_eq!(told("/* a */ w‸"), "Word \"w\"");
        assert_eq!(told("let na‸"), "Silent \"na\"");
        assert_eq!(told("fn f(a‸"), "Silent \"a\" in Params 0 -0");
        assert_eq!(told("x.map(|a‸"), "Silent \"a\" in map 0 -0");
        assert_eq!(told("x.map(|a| a‸"), "Word \"a\" in map 0 -0");
        assert_eq!(told("1.5‸"), "Silent \"\"");
        assert_eq!(told("\"a ‸ b\""), "Text { quote: '\"', closed: true } \"a \"");
        assert_eq!(told("`a ${x} ‸`"), "Silent \" \"");
        assert_eq!(told("`a ${x‸}`"), "Word \"x\" in Block 0 -0");
        assert_eq!(told("#{ a‸: 1 }"), "Key \"a\" in Map 0 -0");
        assert_eq!(told("if x { f(‸) }"), "Word \"\" in f 0 -0");
        assert_eq!(told("‸"), "Word \"\"");
    }
}
