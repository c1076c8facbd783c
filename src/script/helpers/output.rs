//! Data to standard output, talk to standard error.

use crate::base::placeholder;
use crate::cloud::{Error, Kind, Value};
use crate::output;
use crate::script::raise::no_field;
use crate::script::raise::{Outcome, raise};
use crate::script::session::{Session, Tone};
use crate::script::value::{display, literal, to_value};
use rhai::{Array, Dynamic, Engine, NativeCallContext, Position};
use std::sync::Arc;

pub(super) fn register(engine: &mut Engine, session: &Arc<Session>) {
    let console = session.console.clone();
    engine.register_fn("info", move |value: Dynamic| console.say(Tone::Info, &display(&to_value(&value))));
    let console = session.console.clone();
    engine.register_fn("warn", move |value: Dynamic| console.say(Tone::Warning, &display(&to_value(&value))));
    let shared = session.clone();
    engine.register_fn("table", move |context: NativeCallContext, rows: Array| -> Outcome<()> {
        table(&shared, &rows, None, context.call_position())
    });
    let shared = session.clone();
    engine.register_fn(
        "table",
        move |context: NativeCallContext, rows: Array, columns: Array| -> Outcome<()> {
            table(&shared, &rows, Some(&columns), context.call_position())
        },
    );
    engine
        .register_fn("print", |value: &mut rhai::Map| literal(&to_value(&Dynamic::from_map(value.clone()))));
    engine.register_fn("print", |value: &mut Array| literal(&to_value(&Dynamic::from_array(value.clone()))));
}

fn table(session: &Session, rows: &Array, columns: Option<&Array>, position: Position) -> Outcome<()> {
    let columns: Option<Vec<String>> = match columns {
        None => None,
        Some(columns) => {
            let names: Option<Vec<String>> = columns
                .iter()
                .map(|column| {
                    let name = column.as_immutable_string_ref().ok()?;
                    Some(placeholder::masked(&name).into_owned())
                })
                .collect();
            Some(names.ok_or_else(|| {
                raise(
                    Error::new(Kind::InvalidArgument, "`columns` holds something that is no text")
                        .coded("call::wrong_type")
                        .help("give an array of field names: [\"name\", \"status\"]")
                        .at(crate::cloud::error::Place::Argument(1), "give an array of field names"),
                    position,
                )
            })?)
        }
    };
    let rows: Vec<Value> = rows.iter().map(to_value).collect();
    let columns = columns.unwrap_or_else(|| output::table::columns(&rows));
    let mut lines: Vec<Vec<Value>> = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut line = Vec::with_capacity(columns.len());
        for column in &columns {
            line.push(cell(session, row, column).map_err(|error| raise(error, position))?);
        }
        lines.push(line);
    }
    if session.console.json() {
        session.console.data(&output::table::json(&columns, &lines));
    } else {
        session.console.data(&output::table::draw(&columns, &lines, session.console.width()));
    }
    Ok(())
}

fn cell(session: &Session, row: &Value, column: &str) -> Result<Value, Error> {
    match row {
        Value::Resource(resource) => session.field(resource, column)?.ok_or_else(|| {
            let known: Vec<&str> = resource.noun().fields().iter().map(|field| field.name).collect();
            no_field(resource.noun().with_article(), column, &known)
        }),
        // A row without a key that other rows have shows an empty cell.
        Value::Map(map) => Ok(map.get(column).cloned().unwrap_or(Value::Unit)),
        other if column == output::table::VALUE => Ok(other.clone()),
        Value::Error(error) => Ok(match column {
            "kind" | "status" => Value::text(error.kind.as_str()),
            "message" | "name" => Value::text(&error.message),
            _ => Value::Unit,
        }),
        _ => Ok(Value::Unit),
    }
}
