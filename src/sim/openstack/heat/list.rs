//! Lists of stacks and of events: a page at a time, and what a marker does that nobody knows.

use serde_json::{Value, json as v};

use super::refuse::bad;
use super::view::{brief, owner};
use super::{Answer, Call, Outcome, json};
use crate::openstack::query::write;
use crate::world::World;
use crate::world::stack::{Side, Stack};

/// How many are asked for.
pub(super) fn limit(call: &Call<'_>) -> Result<Option<usize>, Answer> {
    let Some(text) = call.query("limit").filter(|text| !text.is_empty()) else { return Ok(None) };
    match text.parse::<i64>() {
        Ok(number) if number < 0 => Err(bad(&format!(
            "Value '{number}' is invalid for 'limit' which only accepts non-negative integer."
        ))),
        Ok(number) => Ok(usize::try_from(number).ok()),
        Err(_) => Err(bad("Only integer is acceptable by 'limit'.")),
    }
}

/// What comes after a marker; everything where nothing has that id.
pub(super) fn after<'a, T>(rows: Vec<&'a T>, marker: Option<&str>, id: impl Fn(&T) -> &str) -> Vec<&'a T> {
    let at = marker.and_then(|marker| rows.iter().position(|row| id(row) == marker));
    match at {
        Some(at) => rows.into_iter().skip(at + 1).collect(),
        None => rows,
    }
}

pub(super) fn truth(text: Option<&str>) -> bool {
    text.is_some_and(|text| matches!(text.to_lowercase().as_str(), "true" | "1" | "yes" | "on" | "t"))
}

fn fits(world: &World, call: &Call<'_>, stack: &Stack) -> bool {
    let pairs = || call.request.query.iter();
    let any = |name: &str, own: &str| {
        let mut asked = pairs().filter(|(key, _)| key == name).peekable();
        asked.peek().is_none() || asked.any(|(_, value)| value == own)
    };
    let own = stack.tags.clone().unwrap_or_default();
    let tags = |name: &str| {
        call.query(name)
            .map(|text| text.split(',').map(|tag| own.iter().any(|own| own == tag)).collect::<Vec<_>>())
    };
    let state = stack.state();
    let (action, status) = state.split_once('_').unwrap_or((&state, ""));
    any("id", &stack.id)
        && any("name", &stack.name)
        && any("stack_name", &stack.name)
        && any("status", status)
        && any("action", action)
        && any("tenant", &stack.project)
        && any("username", &owner(world, stack))
        && tags("tags").is_none_or(|found| found.iter().all(|is| *is))
        && tags("tags_any").is_none_or(|found| found.iter().any(|is| *is))
        && tags("not_tags").is_none_or(|found| !found.iter().all(|is| *is))
        && tags("not_tags_any").is_none_or(|found| !found.iter().any(|is| *is))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let limit = limit(call)?;
    let nested = truth(call.query("show_nested"));
    let deleted = truth(call.query("show_deleted"));
    let global = truth(call.query("global_tenant")) && call.admin();
    let owner = call.query("owner_id");
    let mut rows: Vec<&Stack> = world
        .stacks
        .iter()
        .filter(|stack| stack.side == Side::Heat && (global || stack.project == call.project()))
        .filter(|stack| deleted || !stack.is_gone())
        .filter(|stack| match owner {
            Some(id) => stack.parent.as_ref().is_some_and(|(parent, _)| parent == id),
            None => nested || stack.parent.is_none(),
        })
        .filter(|stack| fits(world, call, stack))
        .collect();
    sort(&mut rows, call);
    let count = rows.len();
    let mut rows = after(rows, call.query("marker"), |stack: &Stack| stack.id.as_str());
    if let Some(limit) = limit {
        rows.truncate(limit);
    }
    let told: Vec<Value> = rows.iter().map(|stack| brief(world, call, stack)).collect();
    let mut body = v!({"stacks": told});
    if let (Some(limit), Some(last)) = (limit, rows.last())
        && rows.len() == limit
    {
        let mut pairs = call.request.query.clone();
        pairs.retain(|(name, _)| name != "marker");
        pairs.push(("marker".to_owned(), last.id.clone()));
        let own = format!("{}{}?{}", call.request.base, call.request.path, write(&pairs));
        body["links"] = v!([{"rel": "next", "href": own}]);
    }
    if truth(call.query("with_count")) {
        body["count"] = count.into();
    }
    Ok(json(200, &body))
}

fn sort(rows: &mut [&Stack], call: &Call<'_>) {
    rows.sort_by_key(|stack| std::cmp::Reverse(stack.number));
    let up = call.query("sort_dir").is_none_or(|way| way != "desc");
    let keys = call.query("sort_keys").unwrap_or_default();
    for key in keys.split(',').rev() {
        let value = |stack: &Stack| match key {
            "name" | "stack_name" => stack.name.clone(),
            "status" | "stack_status" => stack.state(),
            "created_at" | "creation_time" => format!("{:020}", stack.number),
            "updated_at" | "updated_time" => format!("{:?}", stack.updated),
            _ => String::new(),
        };
        if [
            "name",
            "stack_name",
            "status",
            "stack_status",
            "created_at",
            "creation_time",
            "updated_at",
            "updated_time",
        ]
        .contains(&key)
        {
            rows.sort_by(|one, other| {
                let order = value(one).cmp(&value(other));
                if up { order } else { order.reverse() }
            });
        }
    }
}
