//! The server: HTTP/1.1 kept alive, all services under their prefixes of one address. It applies the faults,
//! compresses what clients take compressed, and keeps the journal. What an answer says is not its business.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use hyper::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};

use super::aws::cloudformation::kinds::{self, Notes};
use super::clock::{Clock, SimTime, hold};
use super::cloudstack;
use super::faults::{Fault, FaultKind, Faults};
use super::guard;
use super::listener::Listener;
use super::openstack::{self, Answer, Request};
use super::protocol;
use super::response::{Body, respond};
pub use super::told::{At, Told};
use super::world::{self, FaultSettings, World};

/// What a refusal says that was planned.
const TOLD: &str = "The simulated cloud was told to refuse this.";

/// How to start a simulated cloud.
#[derive(Debug, Clone, Copy)]
pub struct SimOptions {
    /// Where to listen; port 0 takes a free one.
    pub bind: SocketAddr,
    /// How its time passes.
    pub time: SimTime,
    /// When its virtual time starts; the machine's time where not told.
    pub start: Option<SystemTime>,
    /// What its ids and passwords are made from; chance where not told.
    pub seed: Option<u64>,
}

impl Default for SimOptions {
    fn default() -> Self {
        Self { bind: SocketAddr::from(([127, 0, 0, 1], 0)), time: SimTime::Virtual, start: None, seed: None }
    }
}

/// A write that the cloud did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Such as `server.create`.
    pub operation: String,
    /// The id of what was written, as far as there is one.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The id of the caller's project.
    pub project: String,
    /// The world's time of it.
    pub at: SystemTime,
}

/// A request that the cloud saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The path and query.
    pub path: String,
    /// Such as `server.list`; `unknown` where no row fits.
    pub operation: String,
    /// The status that was answered, or 0 where the connection was cut.
    pub status: u16,
}

struct State {
    world: World,
    notes: Notes,
    cloudstack: cloudstack::Shared,
    faults: Faults,
    journal: Vec<Write>,
    requests: Vec<Seen>,
    late: Vec<Late>,
}

/// A request that is done when its time has come.
struct Late {
    due: SystemTime,
    request: Arc<Request>,
    done: oneshot::Sender<Done>,
}

struct Shared {
    base: String,
    clock: Arc<Clock>,
    time: SimTime,
    listener: Listener,
    /// When the cloud that went away is back.
    back: Mutex<Option<SystemTime>>,
    /// Who is told of each request.
    told: Mutex<Option<Told>>,
    /// What ids are made from next, where they are not left to chance.
    seed: Mutex<Option<u64>>,
    /// The world is seeded by the first who needs it.
    state: Mutex<Option<State>>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let mut guard = self.state();
        let mut seed = self.seed.lock().unwrap_or_else(PoisonError::into_inner);
        world::seeded(&mut seed, || {
            work(guard.get_or_insert_with(|| {
                let notes = Notes::default();
                State {
                    world: self.seeded(&notes),
                    notes,
                    cloudstack: cloudstack::Shared::default(),
                    faults: Faults::default(),
                    journal: Vec::new(),
                    requests: Vec::new(),
                    late: Vec::new(),
                }
            }))
        })
    }

    /// Whether a request goes on, by who is told of it.
    fn goes_on(&self, at: At, operation: &str) -> bool {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).clone();
        told.is_none_or(|told| told(at, operation))
    }

    fn seeded(&self, notes: &Notes) -> World {
        let mut world = World::seeded(Arc::clone(&self.clock));
        world.base.clone_from(&self.base);
        world.kinds = openstack::heat_kinds();
        world.kinds.extend(kinds::all(notes));
        world
    }

    /// What time brings about: changes of the world, requests that lay there, and the way in.
    fn settle(&self) {
        let now = self.clock.right();
        let mut back = self.back.lock().unwrap_or_else(PoisonError::into_inner);
        // Where the port was taken meanwhile it is tried again the next time.
        if back.is_some_and(|back| back <= now) && self.listener.reopen().is_ok() {
            *back = None;
        }
        drop(back);
        self.with(|state| {
            state.world.settle();
            for late in state.late.extract_if(.., |late| late.due <= now).collect::<Vec<_>>() {
                let done = state.take(&late.request, Vec::new());
                // Whoever asked may have given up; it is done all the same.
                let _ = late.done.send(done);
            }
        });
    }

    /// Settles when this has passed on the machine's clock, where the world goes by that.
    fn settle_after(self: &Arc<Self>, by: Duration) {
        if self.time == SimTime::Wall {
            let shared = Arc::clone(self);
            tokio::spawn(async move {
                hold(by).await;
                shared.settle();
            });
        }
    }
}

/// A running simulated cloud; it stops serving when this is dropped.
pub struct Sim {
    shared: Arc<Shared>,
    _alive: watch::Sender<()>,
}

impl Sim {
    /// Starts a cloud that serves in background tasks of the current runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(options: SimOptions) -> io::Result<Self> {
        let (alive, over) = watch::channel(());
        let mut made = None;
        Listener::open(options.bind, over, |listener| {
            let shared = Arc::new(Shared {
                base: format!("http://{}", listener.address()),
                clock: Arc::new(Clock::new(options.time, options.start)),
                time: options.time,
                listener,
                back: Mutex::default(),
                told: Mutex::default(),
                seed: Mutex::new(options.seed),
                state: Mutex::new(None),
            });
            made = Some(Arc::clone(&shared));
            move |stream| converse(stream, Arc::clone(&shared))
        })
        .await?;
        let shared = made.ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected))?;
        Ok(Self { shared, _alive: alive })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.shared.listener.address()
    }

    /// Such as `http://127.0.0.1:4321`.
    pub fn base_url(&self) -> String {
        self.shared.base.clone()
    }

    /// Where to sign in: Keystone's v3 address.
    pub fn auth_url(&self) -> String {
        format!("{}/identity/v3", self.shared.base)
    }

    /// The right time, which the world's own clock may miss.
    pub fn now(&self) -> SystemTime {
        self.shared.clock.right()
    }

    /// Moves virtual time on; what comes due shows at once. Wall time does not listen.
    pub fn advance(&self, by: Duration) {
        self.shared.clock.advance(by);
        self.shared.settle();
    }

    /// Sets a limit of project demo (`servers`, `cores`, `ram_mib`, `metadata_items`, `keypairs`, …; -1 is none).
    /// False when there is no limit of that name.
    pub fn quota(&self, name: &str, value: i64) -> bool {
        self.shared.with(|state| {
            let demo = state.world.projects[0].id.clone();
            let quotas = state.world.quotas.entry(demo).or_default();
            quotas.limit(name).map(|limit| *limit = value).is_some()
        })
    }

    /// Works on the world.
    pub(crate) fn with_world<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        self.shared.with(|state| work(&mut state.world))
    }

    /// Works on the world together with what the CloudStack face keeps beside it.
    pub(crate) fn with_cloudstack<T>(&self, work: impl FnOnce(&mut World, &cloudstack::Shared) -> T) -> T {
        self.shared.with(|state| work(&mut state.world, &state.cloudstack))
    }

    /// Plans something to go wrong.
    pub fn fault(&self, fault: Fault) {
        self.shared.with(|state| state.faults.plan(fault));
    }

    /// From now on this is told of each request, when it has arrived and when it was done.
    pub fn tell(&self, told: Told) {
        *self.shared.told.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
    }

    /// The writes that were done, in order.
    pub fn journal(&self) -> Vec<Write> {
        self.shared.with(|state| state.journal.clone())
    }

    /// The requests that were seen, in order.
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.with(|state| state.requests.clone())
    }
}

async fn converse(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(|request| serve(Arc::clone(&shared), request));
    // A client that breaks off ends its connection and nothing else.
    let _ = guard::spoken(guard::IDLE).serve_connection(TokioIo::new(stream), service).await;
}

async fn serve(shared: Arc<Shared>, request: hyper::Request<Incoming>) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    let taken = match guard::refused(&parts) {
        Some(answer) => Err(Some(answer)),
        None => guard::body(&parts, body, guard::IDLE).await,
    };
    let (body, instead) = match taken {
        Ok(body) => (body, None),
        Err(Some(answer)) => (Vec::new(), Some(answer)),
        Err(None) => return Err(io::Error::from(io::ErrorKind::InvalidData)),
    };
    let request = Request {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: openstack::read_query(&raw_query),
        raw_query,
        headers: parts.headers,
        body,
        base: shared.base.clone(),
        id: shared.with(|_| format!("req-{}", world::fresh_id())),
    };
    if let Some(answer) = instead {
        return respond(&request, answer, &openstack::time::http(shared.clock.now()), false);
    }
    let operation = protocol::find(&request).operation().to_string();
    if !shared.goes_on(At::Arrived, &operation) {
        return Err(io::Error::from(io::ErrorKind::ConnectionReset));
    }
    let struck = shared.with(|state| state.faults.strike(&operation));
    for kind in &struck {
        if let FaultKind::Refuse(by) = kind {
            shared.with(|state| state.see(&request, 0));
            *shared.back.lock().unwrap_or_else(PoisonError::into_inner) = Some(shared.clock.right() + *by);
            shared.settle_after(*by);
            shared.listener.close().await;
            return Err(io::Error::from(io::ErrorKind::ConnectionReset));
        }
    }
    let takes = struck.clone();
    let late = struck.iter().find_map(|kind| if let FaultKind::Late(by) = kind { Some(*by) } else { None });
    let request = Arc::new(request);
    let done = match late {
        Some(by) => {
            let (done, answer) = oneshot::channel();
            let due = shared.clock.right() + by;
            shared.with(|state| state.late.push(Late { due, request: Arc::clone(&request), done }));
            shared.settle_after(by);
            answer.await.map_err(|_| io::Error::from(io::ErrorKind::ConnectionReset))?
        }
        None => shared.with(|state| state.take(&request, struck)),
    };
    if !shared.goes_on(At::Done, &operation) {
        return Err(io::Error::from(io::ErrorKind::ConnectionReset));
    }
    if let Some(by) = done.hold {
        hold(by).await;
    }
    for kind in &takes {
        if let FaultKind::Takes(by) = kind {
            shared.clock.advance(*by);
            shared.settle();
        }
    }
    let date = openstack::time::http(shared.clock.now());
    match done.answer {
        Some(answer) => respond(&request, answer, &date, done.truncate),
        None => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
    }
}

/// What came of a request: no answer means that the connection is cut.
#[derive(Default)]
struct Done {
    answer: Option<Answer>,
    hold: Option<Duration>,
    truncate: bool,
}

impl State {
    /// Does what is asked, as far as these faults let it.
    fn take(&mut self, request: &Request, struck: Vec<FaultKind>) -> Done {
        self.world.settle();
        let mut call = protocol::find(request);
        let operation = call.operation();
        let mut done = Done::default();
        let (mut instead, mut cut_before, mut cut_after) = (None, false, false);
        let (mut half, mut portal, mut empty) = (false, false, false);
        let mut fault_settings = FaultSettings::default();
        for kind in struck {
            match kind {
                FaultKind::Status { code, body, retry_after } => {
                    let mut answer = call.error(code, None, TOLD);
                    if let Some(body) = body {
                        answer.body = body.into_bytes();
                    }
                    if let Some(wait) = retry_after {
                        answer = answer.with("Retry-After", wait);
                    }
                    instead = Some(answer);
                }
                FaultKind::Coded { status, code } => instead = Some(call.error(status, Some(&code), TOLD)),
                FaultKind::Delay(by) => done.hold = Some(by),
                FaultKind::ResetBefore => cut_before = true,
                FaultKind::ResetAfter => cut_after = true,
                FaultKind::Truncate => done.truncate = true,
                FaultKind::Html => {
                    instead = Some(openstack::page(502, "The proxy could not reach what is behind it."));
                }
                FaultKind::Malformed => half = true,
                FaultKind::WrongType => portal = true,
                FaultKind::Empty => empty = true,
                // They come before anything is taken up, or after it was answered.
                FaultKind::Late(_) | FaultKind::Refuse(_) | FaultKind::Takes(_) => {}
                FaultKind::ErrorState { message } => fault_settings.error = Some(message),
                FaultKind::Stuck => fault_settings.stuck = true,
                FaultKind::SlowStart(by) => fault_settings.slow = Some(by),
                FaultKind::Slow(factor) => fault_settings.factor = Some(factor),
                FaultKind::TokenLife(life) => fault_settings.token_life = Some(life),
                FaultKind::Skew(ahead) => self.world.skew(ahead),
                FaultKind::RevokeToken => {
                    call.revoke(&self.cloudstack);
                    if let Some(token) = request.header("x-auth-token") {
                        self.world.tokens.remove(token);
                    }
                }
                FaultKind::ExpireToken => {
                    call.revoke(&self.cloudstack);
                    let now = self.world.now();
                    let token =
                        request.header("x-auth-token").and_then(|text| self.world.tokens.get_mut(text));
                    token.into_iter().for_each(|token| token.expires = now);
                }
            }
        }
        let untouched = cut_before || instead.is_some();
        self.world.fault_settings = fault_settings;
        let answer = match instead {
            _ if cut_before => None,
            Some(answer) => Some(answer),
            None => Some(call.run(&mut self.world, &self.notes, &self.cloudstack)),
        };
        self.world.fault_settings = FaultSettings::default();
        if let Some(answer) =
            answer.as_ref().filter(|answer| call.writes() && answer.status < 300 && !untouched)
        {
            let about =
                if answer.about.is_empty() { &[(String::new(), String::new())][..] } else { &answer.about };
            for (id, name) in about {
                self.journal.push(Write {
                    operation: operation.to_owned(),
                    id: id.clone(),
                    name: name.clone(),
                    project: call.project().to_owned(),
                    at: self.world.now(),
                });
            }
        }
        done.answer = answer.filter(|_| !cut_after).map(|mut answer| {
            if half {
                answer.body.truncate(answer.body.len() / 2);
            }
            if empty {
                answer.body.clear();
            }
            if portal {
                answer = openstack::page(answer.status, "Welcome. Accept the terms to go on.");
            }
            answer
        });
        self.see(request, done.answer.as_ref().map_or(0, |answer| answer.status));
        done
    }

    /// Keeps a request and the status that it was answered with, 0 where it was not.
    fn see(&mut self, request: &Request, status: u16) {
        let query =
            if request.raw_query.is_empty() { String::new() } else { format!("?{}", request.raw_query) };
        self.requests.push(Seen {
            method: request.method.clone(),
            path: format!("{}{query}", request.path),
            operation: protocol::find(request).operation().to_owned(),
            status,
        });
    }
}
