//! Arrays: sorting that lets errors through, filters whose closure must give true or false, and `get` of maps.

use crate::cloud::{Handle, Span, Value};
use crate::script::compare::order;
use crate::script::raise::{Outcome, raise};
use crate::script::raise::{no_field, script_error};
use crate::script::session::Session;
use crate::script::value::{sent, to_dynamic, to_value};
use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, ImmutableString, Map, NativeCallContext, Position};
use std::cmp::Ordering;

pub(super) fn register(engine: &mut Engine) {
    items(engine);
    engine.register_fn("filter", |context: NativeCallContext, map: &mut Map, test: FnPtr| -> Outcome<Map> {
        let mut kept = Map::new();
        for (key, value) in map.iter() {
            let pair = (ImmutableString::from(key.as_str()), value.clone());
            let given: Dynamic = test.call_within_context(&context, pair)?;
            if given
                .as_bool()
                .map_err(|_| closure_gives("filter", "true or false", &given, context.call_position()))?
            {
                kept.insert(key.clone(), value.clone());
            }
        }
        Ok(kept)
    });
    engine.register_fn("sort", |context: NativeCallContext, array: &mut Array| -> Outcome<()> {
        sort(array, |a, b| order(a, b, "sort", context.call_position()))
    });
    engine.register_fn("sort", |context: NativeCallContext, array: &mut Array, by: FnPtr| -> Outcome<()> {
        let position = context.call_position();
        sort(array, |a, b| {
            let given: Dynamic = by.call_within_context(&context, (a.clone(), b.clone()))?;
            if let Ok(number) = given.as_int() {
                return Ok(number.cmp(&0));
            }
            match given.as_bool() {
                Ok(true) => Ok(Ordering::Less),
                Ok(false) => Ok(Ordering::Greater),
                Err(_) => Err(closure_gives("sort", "a number below, equal to or above 0", &given, position)),
            }
        })
    });
    engine.register_fn(
        "dedup",
        |context: NativeCallContext, array: &mut Array, same: FnPtr| -> Outcome<()> {
            let mut kept = Array::new();
            for item in array.iter() {
                let repeated = match kept.last() {
                    None => false,
                    Some(last) => {
                        let given: Dynamic =
                            same.call_within_context(&context, (last.clone(), item.clone()))?;
                        given.as_bool().map_err(|_| {
                            closure_gives("dedup", "true or false", &given, context.call_position())
                        })?
                    }
                };
                if !repeated {
                    kept.push(item.clone());
                }
            }
            *array = kept;
            Ok(())
        },
    );
    // The engine takes the text for the name of a function to search with.
    engine.register_fn("index_of", |array: &mut Array, text: ImmutableString| {
        let text = Value::of_script(&text);
        let found = array.iter().position(|item| equal(&to_value(item), &text));
        found.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1)
    });
    engine.register_fn("get", |map: &mut Map, key: ImmutableString, default: Dynamic| {
        map.get(key.as_str()).cloned().unwrap_or(default)
    });
}

/// What goes through an array and gives its closure each item, also as `this`.
fn items(engine: &mut Engine) {
    engine.register_fn(
        "filter",
        |context: NativeCallContext, array: &mut Array, test: FnPtr| -> Outcome<Array> {
            let mut kept = Array::new();
            for (index, item) in array.iter().enumerate() {
                if truth(&context, &test, (index, item), "filter")? {
                    kept.push(item.clone());
                }
            }
            Ok(kept)
        },
    );
    engine.register_fn(
        "all",
        |context: NativeCallContext, array: &mut Array, test: FnPtr| -> Outcome<bool> {
            for (index, item) in array.iter().enumerate() {
                if !truth(&context, &test, (index, item), "all")? {
                    return Ok(false);
                }
            }
            Ok(true)
        },
    );
    engine.register_fn(
        "some",
        |context: NativeCallContext, array: &mut Array, test: FnPtr| -> Outcome<bool> {
            for (index, item) in array.iter().enumerate() {
                if truth(&context, &test, (index, item), "some")? {
                    return Ok(true);
                }
            }
            Ok(false)
        },
    );
    engine.register_fn(
        "find",
        |context: NativeCallContext, array: &mut Array, test: FnPtr| -> Outcome<Dynamic> {
            for (index, item) in array.iter().enumerate() {
                if truth(&context, &test, (index, item), "find")? {
                    return Ok(item.clone());
                }
            }
            Ok(Dynamic::UNIT)
        },
    );
    engine.register_fn(
        "find_map",
        |context: NativeCallContext, array: &mut Array, closure: FnPtr| -> Outcome<Dynamic> {
            for (index, item) in array.iter().enumerate() {
                let given = of_item(&context, &closure, (index, &mut item.clone()), "find_map")?;
                if !given.is_unit() {
                    return Ok(given);
                }
            }
            Ok(Dynamic::UNIT)
        },
    );
    engine.register_fn(
        "map",
        |context: NativeCallContext, array: &mut Array, closure: FnPtr| -> Outcome<Array> {
            let items = array.iter().enumerate();
            items
                .map(|(index, item)| of_item(&context, &closure, (index, &mut item.clone()), "map"))
                .collect()
        },
    );
    engine.register_fn(
        "for_each",
        |context: NativeCallContext, array: &mut Array, closure: FnPtr| -> Outcome<()> {
            // `this` is the item itself, which the closure may change.
            for (index, item) in array.iter_mut().enumerate() {
                let _: Dynamic = of_item(&context, &closure, (index, item), "for_each")?;
            }
            Ok(())
        },
    );
}

/// `order_by`, which reads fields of resources and so needs the session.
pub(super) fn order_by(engine: &mut Engine, session: &std::sync::Arc<Session>) {
    let shared = session.clone();
    engine.register_fn(
        "order_by",
        move |context: NativeCallContext, array: &mut Array, key: ImmutableString| -> Outcome<Array> {
            let position = context.call_position();
            let (field, down) = match key.strip_prefix('-') {
                Some(field) => (field, true),
                None => (key.as_str(), false),
            };
            let keys: Vec<Dynamic> =
                array.iter().map(|item| field_of(&shared, item, field, position)).collect::<Outcome<_>>()?;
            sorted(array, keys, down, position)
        },
    );
    engine.register_fn(
        "order_by",
        |context: NativeCallContext, array: &mut Array, by: FnPtr| -> Outcome<Array> {
            let keys: Vec<Dynamic> = array
                .iter()
                .map(|item| by.call_within_context(&context, (item.clone(),)))
                .collect::<Outcome<_>>()?;
            sorted(array, keys, false, context.call_position())
        },
    );
}

/// The helpers over arrays that keep elements as they are, and those that read fields.
pub(super) fn picking(engine: &mut Engine, session: &std::sync::Arc<Session>) {
    engine.register_fn("first", |array: &mut Array| array.first().cloned().unwrap_or(Dynamic::UNIT));
    engine.register_fn("last", |array: &mut Array| array.last().cloned().unwrap_or(Dynamic::UNIT));
    engine.register_fn("join", |array: &mut Array, separator: ImmutableString| {
        let words: Vec<String> = array.iter().map(|item| sent(&to_value(item))).collect();
        words.join(separator.as_str())
    });
    engine.register_fn("sum", |context: NativeCallContext, array: &mut Array| -> Outcome<Dynamic> {
        sum(array, context.call_position())
    });
    engine.register_fn("unique", |array: &mut Array| {
        let mut kept: Vec<(Value, Dynamic)> = Vec::new();
        for item in array.iter() {
            let value = to_value(item);
            if !kept.iter().any(|(known, _)| equal(known, &value)) {
                kept.push((value, item.clone()));
            }
        }
        kept.into_iter().map(|(_, item)| item).collect::<Array>()
    });
    engine.register_fn(
        "chunks",
        |context: NativeCallContext, array: &mut Array, count: i64| -> Outcome<Array> {
            let Some(count) = usize::try_from(count).ok().filter(|count| *count > 0) else {
                let message = format!("`count` must be 1 or more, not {count}");
                return Err(script_error("call::wrong_type", message, context.call_position()));
            };
            Ok(array.chunks(count).map(|part| Dynamic::from_array(part.to_vec())).collect())
        },
    );
    engine.register_fn("zip", |array: &mut Array, other: Array| {
        let pairs = array.iter().cloned().zip(other);
        pairs.map(|(one, other)| Dynamic::from_array(vec![one, other])).collect::<Array>()
    });
    let shared = session.clone();
    engine.register_fn(
        "group_by",
        move |context: NativeCallContext, array: &mut Array, key: ImmutableString| -> Outcome<Map> {
            let position = context.call_position();
            grouped(array, |item| field_of(&shared, item, &key, position))
        },
    );
    engine.register_fn(
        "group_by",
        |context: NativeCallContext, array: &mut Array, by: FnPtr| -> Outcome<Map> {
            grouped(array, |item| by.call_within_context(&context, (item.clone(),)))
        },
    );
}

/// The elements by their key as text; `()` is the key of what has none.
fn grouped(array: &Array, mut key: impl FnMut(&Dynamic) -> Outcome<Dynamic>) -> Outcome<Map> {
    let mut groups: std::collections::BTreeMap<String, Array> = std::collections::BTreeMap::new();
    for item in array {
        let key = match to_value(&key(item)?) {
            Value::Unit => "()".to_string(),
            value => sent(&value),
        };
        groups.entry(key).or_default().push(item.clone());
    }
    Ok(groups.into_iter().map(|(key, items)| (key.into(), Dynamic::from_array(items))).collect())
}

fn sum(array: &Array, position: Position) -> Outcome<Dynamic> {
    let mut total = Value::Int(0);
    for item in array {
        let value = to_value(item);
        let unlike = |total: &Value| {
            let message = format!("`sum` does not add {} to {}", value.kind(), total.kind());
            script_error("language::unlike", message, position)
        };
        total = match (&total, &value) {
            (Value::Int(a), Value::Int(b)) => Value::Int(a.checked_add(*b).ok_or_else(|| {
                script_error(
                    "language::arithmetic",
                    "the sum is too large for a whole number".to_string(),
                    position,
                )
            })?),
            (Value::Int(a), Value::Float(b)) => Value::Float(*a as f64 + b),
            (Value::Float(a), Value::Int(b)) => Value::Float(a + *b as f64),
            (Value::Float(a), Value::Float(b)) => Value::Float(a + b),
            (Value::Int(0), Value::Span(_)) => value.clone(),
            (Value::Span(a), Value::Span(b)) => {
                Value::Span(Span::from_nanos(a.nanos().saturating_add(b.nanos())))
            }
            (total, _) => return Err(unlike(total)),
        };
    }
    Ok(to_dynamic(total))
}

fn sorted(array: &Array, keys: Vec<Dynamic>, down: bool, position: Position) -> Outcome<Array> {
    let mut pairs: Vec<(Dynamic, Dynamic)> = keys.into_iter().zip(array.iter().cloned()).collect();
    sort_vec(&mut pairs, |a, b| {
        // What a cloud does not tell comes last either way.
        match (a.0.is_unit(), b.0.is_unit()) {
            (true, true) => return Ok(Ordering::Equal),
            (true, false) => return Ok(Ordering::Greater),
            (false, true) => return Ok(Ordering::Less),
            (false, false) => {}
        }
        let found = order(&a.0, &b.0, "order_by", position)?;
        Ok(if down { found.reverse() } else { found })
    })?;
    Ok(pairs.into_iter().map(|(_, item)| item).collect())
}

fn field_of(session: &Session, item: &Dynamic, field: &str, position: Position) -> Outcome<Dynamic> {
    if let Some(resource) = item.read_lock::<Handle>() {
        let found = session.field(&resource, field).map_err(|error| raise(error, position))?;
        return found.map(to_dynamic).ok_or_else(|| {
            let known: Vec<&str> = resource.noun().fields().iter().map(|field| field.name).collect();
            raise(no_field(resource.noun().with_article(), field, &known), position)
        });
    }
    match item.as_map_ref() {
        Ok(map) => map.get(field).cloned().ok_or_else(|| {
            let known: Vec<&str> = map.keys().map(|key| key.as_str()).collect();
            raise(no_field("a map here", field, &known), position)
        }),
        Err(_) => {
            let message =
                format!("`order_by` reads the field `{field}` of {}, which has none", to_value(item).kind());
            Err(script_error("language::unknown_field", message, position))
        }
    }
}

/// What a closure says of an item.
fn truth(
    context: &NativeCallContext,
    test: &FnPtr,
    (index, item): (usize, &Dynamic),
    verb: &str,
) -> Outcome<bool> {
    let given = of_item(context, test, (index, &mut item.clone()), verb)?;
    given.as_bool().map_err(|_| closure_gives(verb, "true or false", &given, context.call_position()))
}

/// What a closure gives for an item: it takes the item, or it and its index, or neither; `this` is the item too.
fn of_item(
    context: &NativeCallContext,
    closure: &FnPtr,
    (index, item): (usize, &mut Dynamic),
    verb: &str,
) -> Outcome<Dynamic> {
    if closure.is_anonymous() {
        let given = item.clone();
        match closure.call_raw(context, Some(&mut *item), [given]).map_err(|error| *error) {
            Err(EvalAltResult::ErrorFunctionNotFound(signature, _))
                if signature.starts_with(closure.fn_name()) => {}
            Err(error) => {
                let source = context.call_source().unwrap_or_default().to_string();
                let within = EvalAltResult::ErrorInFunctionCall(
                    verb.to_string(),
                    source,
                    Box::new(error),
                    Position::NONE,
                );
                return Err(Box::new(within));
            }
            Ok(given) => return Ok(given),
        }
    }
    let index = Dynamic::from_int(i64::try_from(index).unwrap_or(i64::MAX));
    closure.call_raw_with_extra_args(verb, context, Some(item), [], [index], Some(0))
}

/// The error for a closure that gives something else than it must.
pub(super) fn closure_gives(
    verb: &str,
    wanted: &str,
    given: &Dynamic,
    position: Position,
) -> Box<rhai::EvalAltResult> {
    let message = format!("the closure of `{verb}` gives {}, not {wanted}", to_value(given).kind());
    script_error("language::closure_result", message, position)
}

fn sort(array: &mut Array, compare: impl FnMut(&Dynamic, &Dynamic) -> Outcome<Ordering>) -> Outcome<()> {
    sort_vec(array, compare)
}

/// A stable sort whose comparison may fail: the first error ends it and nothing is lost.
fn sort_vec<T: Clone>(
    items: &mut Vec<T>,
    mut compare: impl FnMut(&T, &T) -> Outcome<Ordering>,
) -> Outcome<()> {
    let mut failed = None;
    let mut sorted = items.clone();
    // The standard sort may panic on an inconsistent order, which a script's closure can give; merging does not.
    sorted = merge(sorted, &mut |a, b| match failed {
        Some(_) => Ordering::Equal,
        None => compare(a, b).unwrap_or_else(|error| {
            failed = Some(error);
            Ordering::Equal
        }),
    });
    match failed {
        Some(error) => Err(error),
        None => {
            *items = sorted;
            Ok(())
        }
    }
}

fn merge<T>(mut items: Vec<T>, compare: &mut impl FnMut(&T, &T) -> Ordering) -> Vec<T> {
    if items.len() < 2 {
        return items;
    }
    let right = items.split_off(items.len() / 2);
    let (left, right) = (merge(items, compare), merge(right, compare));
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    loop {
        let from_right = match (left.peek(), right.peek()) {
            (Some(a), Some(b)) => compare(a, b).is_gt(),
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => break merged,
        };
        merged.extend(if from_right { right.next() } else { left.next() });
    }
}

/// Whether two values are equal as the language sees it: resources by id and cloud, or text that names them.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Resource(resource), Value::Text(text)) | (Value::Text(text), Value::Resource(resource)) => {
            resource.is_called(text)
        }
        (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => *a as f64 == *b,
        (Value::Secret(secret), Value::Text(text)) | (Value::Text(text), Value::Secret(secret)) => {
            secret.is_text(text)
        }
        (Value::Span(a), Value::Text(b)) | (Value::Text(b), Value::Span(a)) => {
            crate::cloud::Span::parse(b) == Some(*a)
        }
        (Value::Span(a), Value::Int(b)) | (Value::Int(b), Value::Span(a)) => {
            *a == crate::cloud::Span::from_secs(*b)
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        (a, b) => a == b,
    }
}
