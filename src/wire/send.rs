//! Sending: a request value goes out, an answer or an error that knows whether it was sent comes back.
//!
//! Here the deadlines are kept, secrets are hidden, and each attempt is told to who watches. What an attempt is, is
//! [`super::attempt`]'s; what is repeated is [`super::retry`]'s to say, and when one may start is [`super::pace`]'s.

use super::attempt::{Clients, Lost};
use super::auth::{self, skew::Skews};
use super::clock::{Clock, Stopwatch};
use super::error::{Error, ErrorKind, Sent};
use super::hosts::{self, Hosts};
use super::mask::{self, Known};
use super::message::{Answer, Body, Intent, Request};
use super::pace::End;
use super::proxy::Via;
use super::retry::{self, Again, Outcome};
use super::settings::Settings;
use super::stream::Moved;
use super::trace::{Exchange, Trace};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use url::Url;

/// What was sent so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Attempts that went out, the first ones and the repeated ones.
    pub requests: u64,
    /// Repeated ones among them.
    pub retries: u64,
    /// The waits before the repeated ones, added up.
    pub waited: Duration,
    /// Requests that were answered with success, logins apart.
    pub accepted: u64,
}

/// The way to one cloud: cheap to clone, all clones share connections, pace and counters.
#[derive(Clone)]
pub struct Wire(Arc<Inner>);

struct Inner {
    settings: Settings,
    clock: Arc<dyn Clock>,
    trace: Arc<dyn Trace>,
    known: Known,
    hosts: Hosts,
    clients: Clients,
    skews: Skews,
    requests: AtomicU64,
    retries: AtomicU64,
    waited: AtomicU64,
    accepted: AtomicU64,
}

impl Wire {
    /// Nothing is opened or read until the first request.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>, trace: Arc<dyn Trace>) -> Wire {
        Wire::with_hosts(settings, Hosts::default(), clock, trace)
    }

    fn with_hosts(settings: Settings, hosts: Hosts, clock: Arc<dyn Clock>, trace: Arc<dyn Trace>) -> Wire {
        Wire(Arc::new(Inner {
            known: settings.known.clone(),
            hosts,
            settings,
            clock,
            trace,
            clients: Clients::default(),
            skews: Skews::default(),
            requests: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            waited: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
        }))
    }

    /// What was sent so far.
    pub fn counters(&self) -> Counters {
        Counters {
            requests: self.0.requests.load(Ordering::Relaxed),
            retries: self.0.retries.load(Ordering::Relaxed),
            waited: Duration::from_millis(self.0.waited.load(Ordering::Relaxed)),
            accepted: self.0.accepted.load(Ordering::Relaxed),
        }
    }

    /// The secrets to hide from traces and errors; add to it whatever is learnt.
    pub fn known(&self) -> &Known {
        &self.0.known
    }

    /// Where credentials may be sent; add to it the cloud's own endpoints.
    pub fn hosts(&self) -> &Hosts {
        &self.0.hosts
    }

    /// How it sends.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// A way to addresses of this machine: without proxies, and given up after `total`.
    pub fn near(&self, total: Duration) -> Wire {
        let inner = &*self.0;
        let settings = Settings {
            proxies: Default::default(),
            total,
            timeout: inner.settings.timeout.min(total),
            ..inner.settings.clone()
        };
        Wire::with_hosts(settings, inner.hosts.clone(), inner.clock.clone(), inner.trace.clone())
    }

    /// The clock that retries go by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// Send a request, again where that is safe and useful, and give the last answer whatever its status. An error says whether
    /// the cloud may have got the request.
    pub async fn send(&self, request: &Request) -> Result<Answer, Error> {
        let inner = &*self.0;
        // A login proves who the session is; what of that is secret, the session says.
        if request.intent != Intent::Login {
            mask::secrets(&request.body, &mut |text| inner.known.add(text));
        }
        if let Some(signer) = &request.signer {
            let keys = &signer.credentials;
            [Some(keys.secret()), keys.token()]
                .into_iter()
                .flatten()
                .for_each(|secret| inner.known.add(secret));
        }
        let masked = inner.known.hide(&mask::url(&request.url));
        let error = |lost: Lost, at: Option<&Url>, elapsed: Duration, total: Duration, attempts: u32| Error {
            kind: lost.kind,
            sent: lost.sent,
            method: request.method,
            url: at.map_or(masked.clone(), |at| inner.known.hide(&mask::url(at.as_str()))),
            detail: inner.known.hide(&lost.detail),
            proxy: Url::parse(&request.url)
                .ok()
                .and_then(|url| inner.settings.proxies.of(&url).map(Via::shown)),
            elapsed,
            total,
            attempts,
        };
        let checked = absolute(&request.url).and_then(|url| own_host(inner, request, &url).map(|()| url));
        let url = checked.map_err(|lost| error(lost, None, Duration::ZERO, Duration::ZERO, 0))?;
        if inner.settings.dry_run && request.intent.writes() {
            inner.trace.pretended(&self.shown(request));
            let detail = "not sent: this is a dry run".to_string();
            let lost = Lost { kind: ErrorKind::Pretended, sent: Sent::No, detail };
            return Err(error(lost, None, Duration::ZERO, Duration::ZERO, 0));
        }
        if inner.settings.may_send.as_ref().is_some_and(|hook| hook.may_have_been_sent(request)) {
            let detail = "the run stopped before the answer came".to_string();
            let lost = Lost { kind: ErrorKind::Timeout, sent: Sent::Maybe, detail };
            return Err(error(lost, None, Duration::ZERO, Duration::ZERO, 0));
        }
        let origin = url.origin().ascii_serialization();
        let endpoint = inner.settings.pace.endpoint(&origin);
        let mut doubted = request.signer.is_none();
        let (clock, all) = (&*inner.clock, inner.settings.total);
        let mut spent = Duration::ZERO;
        let mut attempt = 1;
        let mut earlier = Sent::No;
        loop {
            let place = endpoint.enter(clock).await;
            if let Some(hook) = &inner.settings.may_send
                && let Err(why) = hook.may_send(request, attempt).await
            {
                place.leave(End::Unknown, clock.elapsed());
                // What went out before may have arrived.
                let sent = if attempt > 1 { earlier } else { Sent::No };
                let lost = Lost { kind: ErrorKind::Withheld, sent, detail: inner.known.hide(&why) };
                return Err(error(lost, None, Duration::ZERO, spent, attempt - 1));
            }
            let watch = Stopwatch::start();
            inner.requests.fetch_add(1, Ordering::Relaxed);
            let limit = request.timeout.unwrap_or(inner.settings.timeout);
            let limit = limit.min(all.saturating_sub(spent)).max(Duration::from_millis(1));
            let (mut at, moved) = (url.clone(), Moved::default());
            let signed_at = inner.skews.at(&origin, clock.now());
            let tried = async {
                let request = signed(request, signed_at)?;
                auth::signature(&request).iter().for_each(|one| inner.known.add_passing(one));
                at = absolute(&request.url)?;
                let body = request.body.encode();
                inner.clients.attempt(&inner.settings, &request, &mut at, &body, &moved).await
            };
            let mut result = match moved.within(limit, tried).await {
                Some(result) => result,
                None => Err(Lost {
                    kind: ErrorKind::Timeout,
                    sent: Sent::Maybe,
                    detail: format!("no answer within {}", seconds(limit)),
                }),
            };
            let elapsed = watch.read();
            spent += elapsed;
            let known = endpoint.has_answered();
            if result.as_ref().is_err_and(|lost| lost.sent == Sent::Maybe) {
                earlier = Sent::Maybe;
            }
            let outcome = match &result {
                Ok(answer) => answered(answer, clock),
                Err(lost) => Outcome::Lost { kind: lost.kind, sent: lost.sent, known },
            };
            let mut again =
                retry::next(request.intent, outcome, attempt, inner.settings.attempts, clock.chance());
            again = again.filter(|_| !moved.has_begun());
            if let Ok(answer) = &result
                && !doubted
                && inner.skews.learn(&origin, answer, signed_at, clock.now())
            {
                doubted = true;
                again = Some(Again { wait: Duration::ZERO, asked: false, costs: false });
            }
            let asked = again.filter(|again| again.asked).map(|again| again.wait);
            let end = match (&result, outcome.overload()) {
                (_, Some(wait)) => End::Overloaded(asked.or(wait)),
                (Ok(_), None) => End::Served,
                (Err(_), None) => End::Unknown,
            };
            place.leave(end, clock.elapsed());
            if again.is_some_and(|again| spent + again.wait >= all) {
                again = None;
                note(&mut result, || format!("no time is left of {} in all", seconds(all)));
            }
            if again.is_some_and(|again| again.costs && !endpoint.afford(clock)) {
                again = None;
                note(&mut result, || "too much was asked of this host again and again".to_string());
            }
            let wait = again.map(|again| again.wait);
            let result = result.map(|mut answer| {
                answer.elapsed = elapsed;
                answer.total = spent;
                answer.attempts = attempt;
                answer.url = inner.known.hide(&answer.url);
                answer
            });
            let detail = result.as_ref().err().map(|lost| inner.known.hide(&lost.detail));
            inner.trace.exchange(&Exchange {
                at: clock.now(),
                operation: request.operation,
                method: request.method.as_str(),
                url: &masked,
                status: result.as_ref().ok().map(|answer| answer.status),
                error: detail.as_deref(),
                elapsed,
                request_id: result.as_ref().ok().and_then(Answer::request_id),
                attempt,
                wait,
                request,
                answer: result.as_ref().ok(),
                known: &inner.known,
            });
            let Some(again) = again else {
                let accepted = result.as_ref().is_ok_and(Answer::is_success);
                inner
                    .accepted
                    .fetch_add(u64::from(accepted && request.intent != Intent::Login), Ordering::Relaxed);
                // After a redirect it is the last host that is to be told of.
                return result.map_err(|lost| {
                    error(lost, Some(&at).filter(|at| **at != url), elapsed, spent, attempt)
                });
            };
            inner.retries.fetch_add(1, Ordering::Relaxed);
            inner
                .waited
                .fetch_add(u64::try_from(again.wait.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
            // A wait that was asked for is kept at the endpoint's door, by all at once.
            if !again.asked {
                clock.sleep(again.wait).await;
            }
            spent += again.wait;
            attempt += 1;
        }
    }

    /// The request without anything secret, by name or by text.
    fn shown(&self, request: &Request) -> Request {
        let known = &self.0.known;
        let mut shown = mask::request(request);
        shown.url = known.hide(&shown.url);
        for (_, value) in &mut shown.headers {
            *value = known.hide(value);
        }
        if let Body::Json(value) = &mut shown.body {
            *value = known.hide_json(value);
        }
        if let Body::Form(fields) = &mut shown.body {
            for (name, value) in fields {
                (*name, *value) = (known.hide(name), known.hide(value));
            }
        }
        shown
    }
}

/// A length of time as a person reads it: `212 ms`, `1.4 s`.
pub fn seconds(duration: Duration) -> String {
    match duration.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        millis if millis % 1000 == 0 => format!("{} s", millis / 1000),
        millis => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
    }
}

/// What an answer says of asking again.
fn answered(answer: &Answer, clock: &dyn Clock) -> Outcome {
    let asked = answer.header("retry-after");
    Outcome::Answered {
        status: retry::status(answer),
        retry_after: asked
            .and_then(|value| retry::retry_after(value, answer.header("date"), clock.now()))
            .or_else(|| retry::retry_in_words(answer)),
        over_limit: retry::over_limit(answer),
    }
}

/// Why it is not asked again; an answer says enough by itself.
fn note(result: &mut Result<Answer, Lost>, why: impl FnOnce() -> String) {
    if let Err(lost) = result {
        lost.detail = format!("{}; {}", lost.detail, why());
    }
}

/// What goes out: the request as its signer signs it for this time, or as it is.
fn signed(request: &Request, at: SystemTime) -> Result<Cow<'_, Request>, Lost> {
    let Some(signer) = &request.signer else { return Ok(Cow::Borrowed(request)) };
    let signed = signer.sign(request, at);
    signed.map(Cow::Owned).map_err(|detail| Lost { kind: ErrorKind::Form, sent: Sent::No, detail })
}

/// Credentials go to the cloud's own hosts alone, whoever made the URL.
fn own_host(inner: &Inner, request: &Request, url: &Url) -> Result<(), Lost> {
    if !hosts::is_authenticated(request) || inner.hosts.holds(url) {
        return Ok(());
    }
    let host = url.host_str().unwrap_or_default();
    let detail =
        format!("`{host}` is no endpoint of this cloud, and its credentials are sent to no other host");
    Err(Lost { kind: ErrorKind::Form, sent: Sent::No, detail })
}

fn absolute(text: &str) -> Result<Url, Lost> {
    let form = |detail: String| Lost { kind: ErrorKind::Form, sent: Sent::No, detail };
    let url = Url::parse(text).map_err(|error| form(format!("`{}` is no URL: {error}", mask::text(text))))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        scheme => Err(form(format!("`{scheme}:` is neither `http:` nor `https:`"))),
    }
}
