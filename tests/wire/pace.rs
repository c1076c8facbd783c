//! The pace of an endpoint: its bounds hold whatever happens, and it slows down and recovers for everybody at once.

use crate::support::stub::{CountingClock, Reply, Stub};
use proptest::prelude::*;
use rhain::wire::clock::Sleep;
use rhain::wire::pace::{End, Valve, Wait};
use rhain::wire::retry::Budget;
use rhain::wire::{Clock, Method, Pace, Request, Settings, Silent, Wire};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

/// What happens to a valve.
#[derive(Debug, Clone)]
enum Event {
    /// So many would start.
    Come(u8),
    /// One that is in flight, chosen by the number, ends.
    Go(u8, End),
    /// Time passes, in milliseconds.
    Pass(u16),
}

fn event() -> impl Strategy<Value = Event> {
    let end = prop_oneof![
        6 => Just(End::Served),
        1 => Just(End::Unknown),
        1 => Just(End::Overloaded(None)),
        1 => (0u64..5000).prop_map(|millis| End::Overloaded(Some(Duration::from_millis(millis)))),
    ];
    prop_oneof![
        3 => (1u8..12).prop_map(Event::Come),
        4 => (any::<u8>(), end).prop_map(|(which, end)| Event::Go(which, end)),
        2 => (0u16..3000).prop_map(Event::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    /// Told again in the test's own words: never more than allowed, never closer than the rate, never before the time that
    /// was asked for, and at most half as many after each new word of overload.
    #[test]
    fn a_valve_never_exceeds_its_bounds(
        most in 1usize..40,
        gap in proptest::option::of(1u64..400),
        events in proptest::collection::vec(event(), 1..200),
    ) {
        let gap = gap.map(Duration::from_millis);
        let mut valve = Valve::new(most, gap);
        let mut now = Duration::ZERO;
        let mut inside: Vec<u64> = Vec::new();
        let (mut last, mut closed) = (None::<Duration>, Duration::ZERO);
        for event in events {
            match event {
                Event::Come(number) => for _ in 0..number {
                    let told = valve.wait(now);
                    let Some(ticket) = valve.enter(now) else {
                        // Who may not start is told what to wait for, and that is to come.
                        match told {
                            Wait::None => prop_assert!(false, "it may start and does not"),
                            Wait::Place => prop_assert!(!inside.is_empty(), "nobody is inside, and nobody may enter"),
                            Wait::Until(when) => prop_assert!(when > now),
                        }
                        continue;
                    };
                    prop_assert_eq!(told, Wait::None);
                    if let (Some(gap), Some(last)) = (gap, last) {
                        prop_assert!(now >= last + gap, "{:?} after {:?}", now, last);
                    }
                    prop_assert!(now >= closed);
                    inside.push(ticket);
                    last = Some(now);
                    prop_assert!(inside.len() <= valve.width());
                },
                Event::Go(_, _) if inside.is_empty() => {}
                Event::Go(which, end) => {
                    let ticket = inside.swap_remove(usize::from(which) % inside.len());
                    let before = valve.width();
                    valve.leave(ticket, end, now);
                    match end {
                        End::Overloaded(wait) => {
                            closed = closed.max(now + wait.unwrap_or_default());
                            prop_assert!(valve.width() >= (before / 2).max(1) && valve.width() <= before);
                        }
                        End::Served => prop_assert!(valve.width() >= before && valve.width() <= before + 1),
                        End::Unknown => prop_assert_eq!(valve.width(), before),
                    }
                }
                Event::Pass(millis) => now += Duration::from_millis(u64::from(millis)),
            }
            prop_assert!((1..=most).contains(&valve.width()));
            prop_assert_eq!(valve.inside(), inside.len());
        }
        // It always comes back to all that is allowed.
        inside.drain(..).for_each(|ticket| valve.leave(ticket, End::Unknown, now));
        for _ in 0..most * most + most {
            now += Duration::from_secs(10);
            let ticket = valve.enter(now).expect("an empty valve is open in the end");
            valve.leave(ticket, End::Served, now);
        }
        prop_assert_eq!(valve.width(), most);
    }

    /// However often it is asked, no more is given than was saved up, earned and passed.
    #[test]
    fn a_budget_gives_no_more_than_it_has(
        steps in proptest::collection::vec((0u64..40, 0u32..50, 0u32..200), 1..60),
    ) {
        let mut budget = Budget::default();
        let (mut now, mut earned, mut given) = (0, 0.0, 0u32);
        for (seconds, answers, asked) in steps {
            now += seconds;
            (0..answers).for_each(|_| budget.earn());
            earned += f64::from(answers) * Budget::AN_ANSWER;
            given += (0..asked).filter(|_| budget.take(Duration::from_secs(now))).count() as u32;
            let most = Budget::MOST + earned + now as f64 * Budget::A_SECOND;
            prop_assert!(f64::from(given) <= most + 1e-6, "{} of {}", given, most);
        }
    }
}

#[test]
fn one_word_of_overload_halves_once_whoever_says_it_again() {
    let mut valve = Valve::new(32, None);
    let tickets: Vec<u64> = (0..32).map(|_| valve.enter(Duration::ZERO).expect("room")).collect();
    // All that were in flight say the same.
    tickets.iter().for_each(|ticket| valve.leave(*ticket, End::Overloaded(None), Duration::ZERO));
    assert_eq!(valve.width(), 16);
    let next = valve.enter(Duration::ZERO).expect("room");
    valve.leave(next, End::Overloaded(None), Duration::ZERO);
    assert_eq!(valve.width(), 8);
}

fn get(url: &str) -> Request {
    Request::new("thing.list", Method::Get, url)
}

fn wire(pace: &Pace, clock: &Arc<CountingClock>) -> Wire {
    let settings = Settings { pace: pace.clone(), ..Settings::default() };
    Wire::new(settings, clock.clone(), Arc::new(Silent))
}

#[tokio::test]
async fn what_an_endpoint_asks_for_holds_for_all_clouds_that_use_it() {
    let stub = Stub::start(|_, number| match number {
        0 => Reply::json(503, "{}").with("Retry-After", "60"),
        _ => Reply::json(200, "{}"),
    })
    .await;
    let other = Stub::start(|_, _| Reply::json(200, "{}")).await;
    let (pace, clock) = (Pace::new(8, None), Arc::new(CountingClock::default()));
    let (one, two) = (wire(&pace, &clock), wire(&pace, &clock));
    // Not repeated, for it may have been passed on; what it says of the endpoint counts all the same.
    let create = Request::new("thing.create", Method::Post, stub.url.clone());
    assert_eq!(one.send(&create).await.expect("an answer").status, 503);
    assert_eq!(two.send(&get(&other.url)).await.expect("an answer").status, 200);
    assert_eq!(clock.slept().len(), 0, "another endpoint is another matter");
    assert_eq!(two.send(&get(&stub.url)).await.expect("an answer").status, 200);
    assert_eq!(clock.slept(), [Duration::from_secs(60)]);
}

#[tokio::test]
async fn a_thousand_requests_stay_within_what_the_server_bears() {
    static INSIDE: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    // The stub answers one connection at a time at once; a request counts as inside from its start to its end.
    let stub = Stub::start(|_, _| Reply::json(200, "{}")).await;
    let (pace, clock) = (Pace::new(7, None), Arc::new(CountingClock::default()));
    let endpoint = pace.endpoint("http://one");
    let elsewhere = pace.endpoint("http://two");
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..1000 {
        let endpoint = if number % 3 == 0 { elsewhere.clone() } else { endpoint.clone() };
        let clock = clock.clone();
        tasks.spawn(async move {
            let place = endpoint.enter(&*clock).await;
            let inside = INSIDE.fetch_add(1, Ordering::SeqCst) + 1;
            MOST.fetch_max(inside, Ordering::SeqCst);
            tokio::task::yield_now().await;
            INSIDE.fetch_sub(1, Ordering::SeqCst);
            match number % 5 {
                // One that is given up in the middle gives its place back too.
                0 => drop(place),
                1 => place.leave(End::Overloaded(None), Duration::ZERO),
                _ => place.leave(End::Served, Duration::ZERO),
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no task breaks");
    }
    assert!((2..=7).contains(&MOST.load(Ordering::SeqCst)), "{MOST:?}");
    wire(&pace, &clock).send(&get(&stub.url)).await.expect("an answer");
}

#[tokio::test]
async fn who_gives_up_at_the_door_does_not_keep_it_shut() {
    let (pace, clock) = (Pace::new(1, None), CountingClock::default());
    let endpoint = pace.endpoint("http://one");
    let place = endpoint.enter(&clock).await;
    let waiting = tokio::time::timeout(Duration::from_millis(5), endpoint.enter(&clock)).await;
    assert!(waiting.is_err(), "there is one place, and it is taken");
    drop(place);
    endpoint.enter(&clock).await.leave(End::Served, Duration::ZERO);
}

/// A clock that stands still: all at once.
struct StillClock;

impl Clock for StillClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) -> Sleep<'_> {
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn a_host_that_is_down_is_not_asked_again_without_end() {
    let stub = Stub::start(|_, _| Reply::json(503, "{}")).await;
    let wire = Wire::new(Settings::default(), Arc::new(StillClock), Arc::new(Silent));
    let mut attempts = Vec::new();
    for _ in 0..100 {
        attempts.push(wire.send(&get(&stub.url)).await.expect("an answer").attempts);
    }
    // 256 repeats are five each for 51 requests, and one more.
    assert_eq!((attempts[..51].iter().all(|number| *number == 6), attempts[51]), (true, 2));
    assert!(attempts[52..].iter().all(|number| *number == 1), "{attempts:?}");
    assert_eq!(wire.counters().retries as f64, Budget::MOST);
}
