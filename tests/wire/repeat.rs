//! What is repeated, held to sequences of misfortune that nobody thought of: a create that may have happened goes out once.

use crate::support::stub::{CountingClock, Reply, Stub};
use proptest::prelude::*;
use rhain::wire::retry::{self, ATTEMPTS, MANY_ATTEMPTS, Outcome, RETRY_AFTER_CAP};
use rhain::wire::{Error, ErrorKind, Intent, Method, Request, Sent, Settings, Silent, Wire};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const KINDS: [ErrorKind; 8] = [
    ErrorKind::Form,
    ErrorKind::Resolve,
    ErrorKind::Connect,
    ErrorKind::Tls,
    ErrorKind::Timeout,
    ErrorKind::Broken,
    ErrorKind::TooLarge,
    ErrorKind::Malformed,
];

fn outcome() -> impl Strategy<Value = Outcome> {
    let status = prop_oneof![
        3 => proptest::sample::select(vec![200u16, 201, 202, 204, 400, 401, 403, 404, 409, 413, 429, 500, 501, 502, 503, 504]),
        1 => 100u16..600,
    ];
    let after = proptest::option::of((0u64..200).prop_map(Duration::from_secs));
    let answered = (status, after, any::<bool>()).prop_map(|(status, retry_after, over)| Outcome::Answered {
        status,
        retry_after,
        over_limit: over && status == 413,
    });
    let sent = proptest::sample::select(vec![Sent::No, Sent::Maybe, Sent::Yes]);
    let lost = (proptest::sample::select(KINDS.to_vec()), sent, any::<bool>())
        .prop_map(|(kind, sent, known)| Outcome::Lost { kind, sent, known });
    prop_oneof![answered, lost]
}

/// Whether what was asked may have been done, in the protocol's words: RFC 6585 has a 429 refuse, and nothing else is sure.
fn may_have_happened(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Answered { status: 429, .. } | Outcome::Answered { status: 413, over_limit: true, .. } => {
            false
        }
        Outcome::Answered { .. } => true,
        Outcome::Lost { sent, .. } => sent != Sent::No,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn a_create_that_may_have_happened_is_not_asked_again(
        outcomes in proptest::collection::vec((outcome(), 0.0f64..1.0), 1..20),
    ) {
        for intent in [Intent::Once, Intent::Idempotent, Intent::Read, Intent::Login] {
            let mut waited = Duration::ZERO;
            let mut attempts = 0;
            for (number, (outcome, roll)) in outcomes.iter().enumerate() {
                attempts = number as u32 + 1;
                let Some(again) = retry::next(intent, *outcome, attempts, None, *roll) else { break };
                if intent == Intent::Once {
                    prop_assert!(!may_have_happened(*outcome), "{:?}", outcome);
                }
                // What was answered in good order is never asked again.
                let good = matches!(outcome, Outcome::Answered { status: 100..=399, .. });
                prop_assert!(!good);
                prop_assert!(again.wait <= RETRY_AFTER_CAP + Duration::from_millis(500));
                waited += again.wait;
            }
            prop_assert!(attempts <= MANY_ATTEMPTS);
            prop_assert!(waited <= (RETRY_AFTER_CAP + Duration::from_millis(500)) * MANY_ATTEMPTS);
        }
    }
}

/// What a server does with a request, and whether it did what was asked.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Made,
    MadeAndLost,
    MadeAndCut,
    MadeAndFault(u16),
    LostBefore,
    Slower(Option<u8>),
    Fault(u16),
}

impl Fate {
    fn makes(self) -> bool {
        matches!(self, Fate::Made | Fate::MadeAndLost | Fate::MadeAndCut | Fate::MadeAndFault(_))
    }

    fn reply(self) -> Reply {
        match self {
            Fate::Made => Reply::json(202, "{}"),
            Fate::MadeAndLost | Fate::LostBefore => Reply::Reset,
            Fate::MadeAndCut => Reply::Raw(b"HTTP/1.1 202 X\r\nContent-Length: 100\r\n\r\n{\"half".to_vec()),
            Fate::MadeAndFault(status) | Fate::Fault(status) => Reply::json(status, "{}"),
            Fate::Slower(None) => Reply::json(429, "{}"),
            Fate::Slower(Some(wait)) => Reply::json(429, "{}").with("Retry-After", wait.to_string()),
        }
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    let fault = || proptest::sample::select(vec![500u16, 502, 503, 504]);
    prop_oneof![
        1 => Just(Fate::Made),
        1 => Just(Fate::MadeAndLost),
        1 => Just(Fate::MadeAndCut),
        1 => fault().prop_map(Fate::MadeAndFault),
        1 => Just(Fate::LostBefore),
        1 => fault().prop_map(Fate::Fault),
        4 => proptest::option::of(0u8..90).prop_map(Fate::Slower),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 96, ..ProptestConfig::default() })]

    /// The same over real connections: the server counts what it makes.
    #[test]
    fn no_second_thing_is_made_whatever_becomes_of_the_answers(fates in proptest::collection::vec(fate(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (made, result, told) = runtime.block_on(make(fates.clone()));
        prop_assert!(made <= 1, "{} made of {:?}", made, fates);
        // Who is told that nothing left can rely on it.
        match result {
            Ok(status) if status < 300 => prop_assert_eq!(made, 1),
            Ok(429) => prop_assert_eq!(made, 0),
            Ok(_) => {}
            Err(error) => prop_assert!(made == 0 || error.sent != Sent::No, "{}", error),
        }
        prop_assert!(told <= u64::from(ATTEMPTS));
    }
}

async fn make(fates: Vec<Fate>) -> (usize, Result<u16, Error>, u64) {
    let made = Arc::new(AtomicUsize::new(0));
    let count = made.clone();
    let stub = Stub::start(move |_, number| {
        let fate = fates.get(number).copied().unwrap_or(Fate::Made);
        count.fetch_add(usize::from(fate.makes()), Ordering::SeqCst);
        fate.reply()
    })
    .await;
    let wire = Wire::new(Settings::default(), Arc::new(CountingClock::default()), Arc::new(Silent));
    let request =
        Request::new("thing.create", Method::Post, stub.url.clone()).json(serde_json::json!({"name": "x"}));
    let result = wire.send(&request).await.map(|answer| answer.status);
    (made.load(Ordering::SeqCst), result, wire.counters().requests)
}
