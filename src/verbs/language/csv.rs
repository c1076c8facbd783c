//! CSV as RFC 4180 has it, written and read.

use super::declared::verb;
use super::text::TEXT;
use crate::base::placeholder;
use crate::cloud::{Error, Handle, Kind, Result, Ty, Value};
use crate::verbs::call::Call;
use crate::verbs::verb::{Example, Form, Key, Run, Verb};
use std::collections::BTreeMap;

const ROWS: Key<Vec<Value>> = Key::required("array", "An array of resources or maps.");
const COLUMNS: Key<Vec<String>> =
    Key::required("columns", "Which fields, in this order; the first line names them.");

/// `to_csv`
pub static TO_CSV: Verb = Verb {
    errors: &[Kind::Script],
    ..verb(
        "to_csv",
        "An array as CSV text: a line of names, then one for each row, quoted where RFC 4180 wants it.",
        &[Form::of(&[ROWS.param(), COLUMNS.param()])],
        Ty::Text,
        &[Example {
            code: r#"to_csv([#{ name: "a,b", n: 1 }], ["name", "n"])"#,
            gives: "name,n\r\n\"a,b\",1\r\n",
        }],
        &["table", "write_file"],
        Run::Once(|call| {
            Box::pin(async move {
                let columns = call.get(&COLUMNS)?;
                let heads: Vec<String> = columns.iter().map(|head| call.host.clouds.hide(head)).collect();
                let mut text = line(heads.iter().map(String::as_str));
                for row in call.get(&ROWS)? {
                    let mut cells = Vec::with_capacity(columns.len());
                    for column in &columns {
                        cells.push(cell(&call, &row, column).await?);
                    }
                    text.push_str(&line(cells.iter().map(String::as_str)));
                }
                Ok(Value::text(placeholder::reformed(&text, quoted)))
            })
        }),
    )
};

async fn cell(call: &Call, row: &Value, column: &str) -> Result<String> {
    let no_column = |known: Vec<&str>| {
        let near = crate::verbs::resolve::closest(column, known.iter().copied());
        let label =
            near.first().map_or("no such column".to_string(), |near| format!("did you mean `{near}`?"));
        Error::new(Kind::InvalidArgument, format!("a row has no field `{column}`"))
            .coded("language::unknown_field")
            .help(format!("use its fields: {}", known.join(", ")))
            .at(call.place(COLUMNS.name), label)
    };
    let found = match row {
        Value::Resource(resource) => field(call, resource, column)
            .await?
            .ok_or_else(|| no_column(resource.noun().fields().iter().map(|field| field.name).collect()))?,
        // A row without a key that other rows have leaves its cell empty.
        Value::Map(map) => map.get(column).cloned().unwrap_or(Value::Unit),
        other => {
            return Err(Error::new(Kind::InvalidArgument, format!("`array` holds {} here", other.kind()))
                .coded("call::wrong_type")
                .help("give an array of resources or maps")
                .at(call.place(ROWS.name), "give resources or maps"));
        }
    };
    Ok(match found {
        Value::Unit => String::new(),
        Value::Text(text) => text.to_string(),
        other => match other.to_text_json(&|_, id| Value::text(id)) {
            serde_json::Value::String(text) => text,
            json => json.to_string(),
        },
    })
}

async fn field(call: &Call, resource: &Handle, name: &str) -> Result<Option<Value>> {
    call.host.freshen(resource).await?;
    if resource.field(name) == Some(Value::Unread) {
        call.host.read_whole(resource).await?;
    }
    match resource.field(name) {
        Some(Value::NameOf(noun, id)) => {
            let cloud = call.host.clouds.get(Some(resource.cloud()))?;
            call.host.name_of(&cloud, noun, &id).await.map(Some)
        }
        other => Ok(other),
    }
}

/// A cell as RFC 4180 wants it.
fn quoted(cell: &str) -> String {
    match cell.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_string(),
    }
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    format!("{}\r\n", cells.map(quoted).collect::<Vec<_>>().join(","))
}

/// `parse_csv`
pub static PARSE_CSV: Verb = Verb {
    errors: &[Kind::InvalidArgument],
    ..verb(
        "parse_csv",
        "CSV text as an array of maps: the first line names the columns, and every cell is text.",
        &[Form::of(&[TEXT.param()])],
        Ty::ArrayOf(&Ty::MapOf(&Ty::Text)),
        &[Example {
            code: r#"parse_csv("name,n\n\"a,b\",1\n")"#,
            gives: r##"[#{"n": "1", "name": "a,b"}]"##,
        }],
        &["to_csv", "read_file", "parse_json"],
        Run::Once(|call| {
            Box::pin(async move {
                let text = call.get(&TEXT)?;
                let table = table_of(&text).map_err(|problem| {
                    Error::new(Kind::InvalidArgument, format!("the text is no CSV: {}", problem.what))
                        .coded("call::wrong_type")
                        .at(call.place(TEXT.name), format!("not CSV in line {}", problem.line))
                })?;
                Ok(call.read_of(&TEXT, table, |text| table_of(text).ok()))
            })
        }),
    )
};

/// What is wrong with a text, and in which line.
struct Problem {
    line: usize,
    what: String,
}

/// The rows of a text as maps.
fn table_of(text: &str) -> std::result::Result<Value, Problem> {
    let mut rows = records(text.trim_start_matches('\u{feff}'))?.into_iter();
    let Some((_, heads)) = rows.next() else { return Ok(Value::Array(Vec::new())) };
    if let Some((_, twice)) = heads.iter().enumerate().find(|(at, head)| heads[..*at].contains(head)) {
        return Err(Problem { line: 1, what: format!("two columns are called `{twice}`") });
    }
    let mut maps = Vec::new();
    for (line, cells) in rows {
        if cells.len() != heads.len() {
            let what = format!("line {line} has {} cells, and the first line {}", cells.len(), heads.len());
            return Err(Problem { line, what });
        }
        let cells = cells.into_iter().map(Value::text);
        maps.push(Value::Map(heads.iter().cloned().zip(cells).collect::<BTreeMap<_, _>>()));
    }
    Ok(Value::Array(maps))
}

/// The records of a text, each with the line where it begins. A line end is `\n` or `\r\n`, and may stand in quotes; lines
/// with nothing in them are left out.
fn records(text: &str) -> std::result::Result<Vec<(usize, Vec<String>)>, Problem> {
    let mut records = Vec::new();
    let (mut line, mut begin) = (1, 1);
    let mut cells: Vec<String> = Vec::new();
    let mut letters = text.chars().peekable();
    while letters.peek().is_some() {
        let (cell, quoted) = match letters.next_if_eq(&'"') {
            Some(_) => (in_quotes(&mut letters, &mut line)?, true),
            None => (bare(&mut letters, line)?, false),
        };
        cells.push(cell);
        let before_end = letters.next_if_eq(&'\r').is_some();
        match letters.next() {
            Some(',') if !before_end => {
                if letters.peek().is_none() {
                    cells.push(String::new());
                }
                continue;
            }
            None | Some('\n') => {}
            Some(letter) => {
                let what = format!("line {line} has `{}` behind a closing quote", letter.escape_debug());
                return Err(Problem { line, what });
            }
        }
        line += 1;
        let empty = cells.len() == 1 && cells[0].is_empty() && !quoted;
        let record = std::mem::take(&mut cells);
        if !empty {
            records.push((begin, record));
        }
        begin = line;
    }
    if !cells.is_empty() {
        records.push((begin, cells));
    }
    Ok(records)
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn in_quotes(letters: &mut Letters<'_>, line: &mut usize) -> std::result::Result<String, Problem> {
    let (begin, mut cell) = (*line, String::new());
    while let Some(letter) = letters.next() {
        match letter {
            '"' if letters.next_if_eq(&'"').is_none() => return Ok(cell),
            '\n' => *line += 1,
            _ => {}
        }
        cell.push(letter);
    }
    Err(Problem { line: begin, what: format!("a quote in line {begin} is never closed") })
}

fn bare(letters: &mut Letters<'_>, line: usize) -> std::result::Result<String, Problem> {
    let mut cell = String::new();
    while let Some(letter) = letters.next_if(|letter| !matches!(letter, ',' | '\n')) {
        if letter == '"' {
            let what = format!("line {line} has a quote inside a cell that does not begin with one");
            return Err(Problem { line, what });
        }
        if letter == '\r' && letters.peek().is_none_or(|next| *next == '\n') {
            return Ok(cell);
        }
        cell.push(letter);
    }
    Ok(cell)
}
