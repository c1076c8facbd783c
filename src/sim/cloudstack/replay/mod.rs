//! The recorded exchanges of a real management server, played to this face: each answer has the same status, fields, types
//! and error words, or its label is listed with the reason.

mod compare;
mod setup;
mod stage;

use serde_json::Value;

use compare::Compared;
pub(super) use stage::Stage;

/// Labels whose answers differ, and why.
const DIFFERENT: &[(&str, &str)] = &[
    ("register API keys for the logged-in user", "the recording has no request"),
    ("user data of 40000 bytes by POST", "the recording has no request"),
    ("user data of 3000 bytes by GET", "the recording has no request"),
    ("the root path", "the root of the address is another face's"),
    ("integration port: everything unsigned", "there is no integration port"),
    ("integration port: unknown command", "there is no integration port"),
    ("integration port: POST", "there is no integration port"),
    ("encoding: value emoji signed the rfc3986 way", "a fault of the database below the real server"),
    (
        "list all commands (trimmed)",
        "fields of answers are not described, and commands come in another order",
    ),
    ("describe one command", "fields of answers are not described"),
    ("volumes", "a restore keeps the disk: no destroyed one is left"),
    ("release it once more", "a fault of the database below the real server"),
];

fn recorded() -> Vec<Value> {
    let text = include_str!("../../../../tests/recorded/cloudstack.jsonl");
    text.lines().skip(1).filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn every_recorded_request_is_answered_as_the_real_server_answered_it() {
    let all = recorded();
    assert_eq!(all.len(), 638);
    let known = compare::fields(&all);
    let mut stage = Stage::new();
    let (mut wrong, mut listed, mut same) = (Vec::new(), 0, 0);
    for (label, _) in DIFFERENT {
        let times = all.iter().filter(|one| one["op"].as_str() == Some(label)).count();
        assert_eq!(times, 1, "`{label}` is listed, and is not one recording");
    }
    for (at, exchange) in all.iter().enumerate() {
        let label = exchange["op"].as_str().unwrap_or_default();
        stage.before(label);
        if !Stage::playable(exchange) {
            match DIFFERENT.iter().any(|row| row.0 == label) {
                true => listed += 1,
                false => wrong.push(format!("#{} {label}: it has no request, and is not listed", at + 1)),
            }
            continue;
        }
        let answer = stage.play(exchange);
        let mut compared = Compared::new(&known, &mut stage.ids);
        compared.exchange(exchange, &answer);
        let differences = compared.differences;
        let reason = DIFFERENT.iter().find(|row| row.0 == label);
        match (differences.is_empty(), reason) {
            (true, Some(_)) => {
                wrong.push(format!("#{} {label}: it is the same now; take it off the list", at + 1))
            }
            (false, None) => wrong.push(format!("#{} {label}: {}", at + 1, differences.join("; "))),
            (false, Some(_)) => listed += 1,
            (true, None) => same += 1,
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), all.len(), wrong.join("\n"));
    assert_eq!((same, listed), (all.len() - DIFFERENT.len(), DIFFERENT.len()), "each is the same or listed");
    assert!(listed * 20 <= all.len(), "{listed} are listed as different: more than one in twenty");
}
