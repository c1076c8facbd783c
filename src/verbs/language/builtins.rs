//! The functions that the language has beside its verbs: those of its engine on texts, arrays, maps and numbers. The
//! checker, editors and the manual read this table; errors name their forms from it.

use crate::cloud::Ty;

/// A function of the language.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn {
    /// Its name.
    pub name: &'static str,
    /// How it is called; what may be left out stands in brackets.
    pub form: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// What it gives.
    pub gives: Gives,
    /// What calling it does.
    pub does: Does,
    /// How many values its closure may take; none where it takes no closure.
    pub closure: &'static [usize],
    /// Code that shows it, and what it gives.
    pub example: (&'static str, &'static str),
}

/// What a function gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gives {
    /// A value of this type.
    Value(Ty),
    /// What its first argument is.
    First,
    /// An element of its first argument.
    Element,
    /// An array of what its closure gives.
    Mapped,
    /// What its closure gives, or what depends on the arguments.
    Depends,
}

/// What calling a function does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// Nothing but giving a value.
    Gives,
    /// It calls its closure, which may do something.
    Calls,
    /// It changes its first argument.
    Changes,
}

const BOOL: Gives = Gives::Value(Ty::Bool);
const INT: Gives = Gives::Value(Ty::Int);
const FLOAT: Gives = Gives::Value(Ty::Float);
const TEXT: Gives = Gives::Value(Ty::Text);
const NOTHING: Gives = Gives::Value(Ty::Unit);
const TEXTS: Gives = Gives::Value(Ty::ArrayOf(&Ty::Text));
const ANYTHINGS: Gives = Gives::Value(Ty::ArrayOf(&Ty::Any));
/// A closure over elements may take the element, the element and its index, or neither and read `this`.
const ITEM: &[usize] = &[0, 1, 2];

type Example = (&'static str, &'static str);

const fn plain(
    name: &'static str,
    form: &'static str,
    gives: Gives,
    example: Example,
    summary: &'static str,
) -> BuiltIn {
    BuiltIn { name, form, summary, gives, does: Does::Gives, closure: &[], example }
}

const fn calls(
    name: &'static str,
    form: &'static str,
    gives: Gives,
    closure: &'static [usize],
    example: Example,
    summary: &'static str,
) -> BuiltIn {
    BuiltIn { name, form, summary, gives, does: Does::Calls, closure, example }
}

const fn changes(
    name: &'static str,
    form: &'static str,
    gives: Gives,
    closure: &'static [usize],
    example: Example,
    summary: &'static str,
) -> BuiltIn {
    BuiltIn { name, form, summary, gives, does: Does::Changes, closure, example }
}

/// Every function, by name.
pub static BUILT_INS: &[BuiltIn] = &[
    plain("abs", "abs(number)", Gives::First, ("abs(-3)", "3"), "The number without its sign."),
    calls(
        "all",
        "all(array, closure)",
        BOOL,
        ITEM,
        ("[1, 2].all(|n| n > 0)", "true"),
        "Whether the closure gives true for every element.",
    ),
    changes(
        "append",
        "append(array or text, array or text)",
        NOTHING,
        &[],
        ("let a = [1]; a.append([2, 3]); a", "[1, 2, 3]"),
        "Add all of another array, or text, at the end.",
    ),
    plain("bytes", "bytes(text)", INT, ("\"abc\".bytes()", "3"), "How many bytes a text has."),
    calls(
        "call",
        "call(closure, …)",
        Gives::Depends,
        &[],
        ("let f = |n| n + 1; f.call(2)", "3"),
        "Call a closure with values.",
    ),
    plain("ceiling", "ceiling(number)", FLOAT, ("ceiling(1.2)", "2.0"), "The next whole number above."),
    plain(
        "chars",
        "chars(text)",
        Gives::Depends,
        ("let n = 0; for c in \"abc\".chars() { if c == 'b' { n += 1; } } n", "1"),
        "The characters of a text, for a loop.",
    ),
    changes(
        "chop",
        "chop(array, count)",
        NOTHING,
        &[],
        ("let a = [1, 2, 3]; a.chop(2); a", "[2, 3]"),
        "Keep only the last so many elements.",
    ),
    changes(
        "clear",
        "clear(array or map or text)",
        NOTHING,
        &[],
        ("let a = [1]; a.clear(); a", "[]"),
        "Remove everything.",
    ),
    plain(
        "contains",
        "contains(array or map or text, item)",
        BOOL,
        ("[1, 2].contains(2)", "true"),
        "Whether an array has an element, a map a key, a text a part.",
    ),
    changes(
        "crop",
        "crop(text, start, [count])",
        NOTHING,
        &[],
        ("let t = \"hello\"; t.crop(1, 3); t", "ell"),
        "Keep only a part of a text.",
    ),
    changes(
        "dedup",
        "dedup(array, [closure])",
        NOTHING,
        &[2],
        ("let a = [1, 1, 2]; a.dedup(); a", "[1, 2]"),
        "Remove elements that equal the one before; `unique` gives a copy without any repeated one.",
    ),
    changes(
        "drain",
        "drain(array or map, closure, [count])",
        Gives::First,
        ITEM,
        ("let a = [1, 2, 3]; a.drain(|n| n > 1)", "[2, 3]"),
        "Remove the elements for which the closure gives true, and give them.",
    ),
    plain(
        "ends_with",
        "ends_with(text, text)",
        BOOL,
        ("\"web-1\".ends_with(\"-1\")", "true"),
        "Whether a text ends so.",
    ),
    plain(
        "extract",
        "extract(array, start, [count])",
        Gives::First,
        ("[1, 2, 3].extract(1, 2)", "[2, 3]"),
        "A copy of a part of an array; a range does too: `extract(1..3)`.",
    ),
    changes(
        "fill_with",
        "fill_with(map, map)",
        NOTHING,
        &[],
        ("let m = #{ a: 1 }; m.fill_with(#{ a: 2, b: 3 }); [m.a, m.b]", "[1, 3]"),
        "Add the keys that are not there yet.",
    ),
    calls(
        "filter",
        "filter(array or map, closure)",
        Gives::First,
        ITEM,
        ("[1, 2, 3].filter(|n| n > 1)", "[2, 3]"),
        "The elements for which the closure gives true.",
    ),
    calls(
        "find",
        "find(array, closure, [start])",
        Gives::Element,
        ITEM,
        ("[1, 2, 3].find(|n| n > 1)", "2"),
        "The first element for which the closure gives true, or ().",
    ),
    calls(
        "find_map",
        "find_map(array, closure, [start])",
        Gives::Depends,
        ITEM,
        ("[1, 2].find_map(|n| if n > 1 { n * 10 } else { () })", "20"),
        "The first that the closure gives and that is not ().",
    ),
    plain("floor", "floor(number)", FLOAT, ("floor(1.8)", "1.0"), "The next whole number below."),
    calls(
        "for_each",
        "for_each(array, closure)",
        NOTHING,
        ITEM,
        ("let all = []; [1, 2].for_each(|n| all.push(n * 2)); all", "[2, 4]"),
        "Call the closure with each element.",
    ),
    plain(
        "get",
        "get(array or map, key)",
        Gives::Depends,
        ("[5, 6].get(1)", "6"),
        "The element there, or ().",
    ),
    calls(
        "index_of",
        "index_of(array or text, item, [start])",
        INT,
        ITEM,
        ("[\"a\", \"b\"].index_of(\"b\")", "1"),
        "Where an element or a part of a text first stands; -1 where it is not there.",
    ),
    changes(
        "insert",
        "insert(array, position, item)",
        NOTHING,
        &[],
        ("let a = [1, 3]; a.insert(1, 2); a", "[1, 2, 3]"),
        "Put an element in at a position.",
    ),
    plain(
        "is_empty",
        "is_empty(array or map or text)",
        BOOL,
        ("[].is_empty()", "true"),
        "Whether there is nothing in it.",
    ),
    plain(
        "keys",
        "keys(map)",
        TEXTS,
        ("#{ a: 1, b: 2 }.keys()", "[\"a\", \"b\"]"),
        "The keys of a map, in order.",
    ),
    plain(
        "len",
        "len(text or array or map or blob)",
        INT,
        ("[1, 2].len()", "2"),
        "How many characters, elements, keys or bytes it has.",
    ),
    changes(
        "make_lower",
        "make_lower(text)",
        NOTHING,
        &[],
        ("let t = \"Web\"; t.make_lower(); t", "web"),
        "Turn a text into small letters.",
    ),
    changes(
        "make_upper",
        "make_upper(text)",
        NOTHING,
        &[],
        ("let t = \"web\"; t.make_upper(); t", "WEB"),
        "Turn a text into capitals.",
    ),
    calls(
        "map",
        "map(array, closure)",
        Gives::Mapped,
        ITEM,
        ("[1, 2].map(|n| n * 2)", "[2, 4]"),
        "An array of what the closure gives for each element.",
    ),
    plain("max", "max(number, number)", Gives::First, ("max(1, 2)", "2"), "The larger of two."),
    plain("min", "min(number, number)", Gives::First, ("min(1, 2)", "1"), "The smaller of two."),
    changes(
        "mixin",
        "mixin(map, map)",
        NOTHING,
        &[],
        ("let m = #{ a: 1 }; m.mixin(#{ a: 2 }); m.a", "2"),
        "Add the keys of another map, over those that are there.",
    ),
    calls(
        "none",
        "none(array, closure)",
        BOOL,
        ITEM,
        ("[1, 2].none(|n| n > 2)", "true"),
        "Whether the closure gives true for no element.",
    ),
    changes(
        "pad",
        "pad(text or array, length, fill)",
        NOTHING,
        &[],
        ("let t = \"7\"; t.pad(3, \"_\"); t", "7__"),
        "Fill up at the end to a length.",
    ),
    plain("parse_float", "parse_float(text)", FLOAT, ("parse_float(\"1.5\")", "1.5"), "Text as a number."),
    plain(
        "parse_int",
        "parse_int(text, [base])",
        INT,
        ("parse_int(\"12\")", "12"),
        "Text as a whole number.",
    ),
    changes(
        "pop",
        "pop(array or text, [count])",
        Gives::Element,
        &[],
        ("let a = [1, 2]; a.pop()", "2"),
        "Remove the last element, and give it; () where there is none.",
    ),
    plain("print", "print(value)", NOTHING, ("print(1)", ""), "Write a value to standard output."),
    changes(
        "push",
        "push(array, item)",
        NOTHING,
        &[],
        ("let a = [1]; a.push(2); a", "[1, 2]"),
        "Add an element at the end.",
    ),
    plain(
        "range",
        "range(from, to, [step])",
        Gives::Depends,
        ("let sum = 0; for n in range(0, 10, 5) { sum += n; } sum", "5"),
        "Whole numbers with a step, for a loop; `0..10` is one by one.",
    ),
    calls(
        "reduce",
        "reduce(array, closure, [initial])",
        Gives::Depends,
        &[1, 2, 3],
        ("[1, 2, 3].reduce(|all, n| all + n, 0)", "6"),
        "Fold an array into one value: the closure gets what it gave last and the next element.",
    ),
    changes(
        "remove",
        "remove(array or map or text, key)",
        Gives::Depends,
        &[],
        ("let a = [1, 2]; a.remove(0); a", "[2]"),
        "Remove an element by its position, a key, or a part of a text; gives what was removed.",
    ),
    changes(
        "replace",
        "replace(text, text, text)",
        NOTHING,
        &[],
        ("let t = \"a-b\"; t.replace(\"-\", \"+\"); t", "a+b"),
        "Replace a part of a text everywhere, in the text itself.",
    ),
    changes(
        "retain",
        "retain(array or map, closure, [count])",
        Gives::First,
        ITEM,
        ("let a = [1, 2, 3]; a.retain(|n| n > 1); a", "[2, 3]"),
        "Keep only the elements for which the closure gives true; gives the others.",
    ),
    changes(
        "reverse",
        "reverse(array)",
        NOTHING,
        &[],
        ("let a = [1, 2]; a.reverse(); a", "[2, 1]"),
        "Turn an array around.",
    ),
    plain("round", "round(number)", FLOAT, ("round(1.5)", "2.0"), "The nearest whole number."),
    changes(
        "set",
        "set(map or array, key, value)",
        NOTHING,
        &[],
        ("let m = #{}; m.set(\"a\", 1); m.a", "1"),
        "Set the value of a key, or an element.",
    ),
    changes(
        "shift",
        "shift(array)",
        Gives::Element,
        &[],
        ("let a = [1, 2]; a.shift()", "1"),
        "Remove the first element, and give it; () where there is none.",
    ),
    calls(
        "some",
        "some(array, closure)",
        BOOL,
        ITEM,
        ("[1, 2].some(|n| n > 1)", "true"),
        "Whether the closure gives true for an element.",
    ),
    changes(
        "sort",
        "sort(array, [closure])",
        NOTHING,
        &[2],
        ("let a = [2, 1]; a.sort(); a", "[1, 2]"),
        "Sort an array itself; `order_by` gives a sorted copy.",
    ),
    changes(
        "splice",
        "splice(array, start, count, array)",
        NOTHING,
        &[],
        ("let a = [1, 2, 3]; a.splice(1, 1, [8, 9]); a", "[1, 8, 9, 3]"),
        "Replace a part of an array.",
    ),
    plain(
        "split",
        "split(text or array, [separator], [count])",
        Gives::Depends,
        ("\"a,b\".split(\",\")", "[\"a\", \"b\"]"),
        "The parts of a text between separators, whitespace where none is given.",
    ),
    plain(
        "split_rev",
        "split_rev(text, [separator], [count])",
        TEXTS,
        ("\"a,b,c\".split_rev(\",\", 2)", "[\"c\", \"a,b\"]"),
        "The same from the end.",
    ),
    plain("sqrt", "sqrt(number)", FLOAT, ("sqrt(9.0)", "3.0"), "The square root."),
    plain(
        "starts_with",
        "starts_with(text, text)",
        BOOL,
        ("\"web-1\".starts_with(\"web\")", "true"),
        "Whether a text begins so.",
    ),
    plain(
        "sub_string",
        "sub_string(text, start, [count])",
        TEXT,
        ("\"hello\".sub_string(1, 3)", "ell"),
        "A part of a text.",
    ),
    plain("to_binary", "to_binary(number)", TEXT, ("to_binary(5)", "101"), "A whole number with base 2."),
    plain(
        "to_chars",
        "to_chars(text)",
        ANYTHINGS,
        ("\"ab\".to_chars().len()", "2"),
        "The characters of a text as an array.",
    ),
    plain("to_debug", "to_debug(value)", TEXT, ("to_debug(\"a\")", "\"a\""), "A value as `debug` writes it."),
    plain("to_float", "to_float(number)", FLOAT, ("to_float(2)", "2.0"), "A number with a fraction."),
    plain("to_hex", "to_hex(number)", TEXT, ("to_hex(255)", "ff"), "A whole number with base 16."),
    plain("to_int", "to_int(number)", INT, ("to_int(2.9)", "2"), "The whole part of a number."),
    plain("to_lower", "to_lower(text)", TEXT, ("\"Web\".to_lower()", "web"), "The text in small letters."),
    plain(
        "to_string",
        "to_string(value)",
        TEXT,
        ("to_string(5)", "5"),
        "A value as text, as `print` writes it.",
    ),
    plain("to_upper", "to_upper(text)", TEXT, ("\"web\".to_upper()", "WEB"), "The text in capitals."),
    changes(
        "trim",
        "trim(text)",
        NOTHING,
        &[],
        ("let t = \" a \"; t.trim(); t", "a"),
        "Remove whitespace at both ends, in the text itself.",
    ),
    changes(
        "truncate",
        "truncate(array or text, length)",
        NOTHING,
        &[],
        ("let a = [1, 2, 3]; a.truncate(2); a", "[1, 2]"),
        "Keep only the first so many elements or characters.",
    ),
    plain("type_of", "type_of(value)", TEXT, ("type_of([1])", "array"), "The name of a value's type."),
    plain(
        "values",
        "values(map)",
        ANYTHINGS,
        ("#{ a: 1, b: 2 }.values()", "[1, 2]"),
        "The values of a map, in the order of its keys.",
    ),
];

/// The function of this name.
pub fn built_in(name: &str) -> Option<&'static BuiltIn> {
    BUILT_INS.iter().find(|one| one.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_each_form_is_of_its_name() {
        assert!(BUILT_INS.is_sorted_by(|a, b| a.name < b.name));
        for one in BUILT_INS {
            assert!(one.form.starts_with(&format!("{}(", one.name)), "{}", one.name);
            assert!(one.summary.ends_with('.'), "{}", one.name);
        }
    }
}
