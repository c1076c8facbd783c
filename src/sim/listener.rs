//! The way in: one loopback address that can be closed for a while, so that connections are refused, and opens again at
//! the same port. What is said on a connection is [`super::serve`]'s.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use super::clock::hold;
use super::guard::CONNECTIONS;

enum Order {
    Close(oneshot::Sender<()>),
    Open(std::net::TcpListener),
}

/// The handle of a way in.
#[derive(Debug)]
pub(crate) struct Listener {
    address: SocketAddr,
    orders: mpsc::UnboundedSender<Order>,
    /// Bound and never listening: while the listener is closed nobody else is given its port, and connections are refused.
    _place: TcpSocket,
}

impl Listener {
    /// Listens, and gives each connection to `serve` in a task of its own, until `over` changes.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub(crate) async fn open<F, S>(
        bind: SocketAddr,
        over: watch::Receiver<()>,
        start: impl FnOnce(Listener) -> S,
    ) -> io::Result<()>
    where
        S: Fn(TcpStream) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let socket = bound(bind)?;
        let address = socket.local_addr()?;
        let place = bound(address)?;
        let listener = socket.listen(BACKLOG)?;
        let (orders, taken) = mpsc::unbounded_channel();
        let serve = start(Listener { address, orders, _place: place });
        tokio::spawn(listen(listener, over, taken, serve));
        Ok(())
    }

    /// Where it listens, or did.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Refuses connections from now on, and ends those that are there, the caller's own among them.
    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.orders.send(Order::Close(done)).is_ok() {
            // The answer stays away only where nobody listens any more.
            let _ = closed.await;
        }
    }

    /// Takes connections again; they wait from the moment this returns.
    ///
    /// # Errors
    /// When something else has taken the port meanwhile.
    pub(crate) fn reopen(&self) -> io::Result<()> {
        let listener = std::net::TcpListener::bind(self.address)?;
        listener.set_nonblocking(true)?;
        self.orders.send(Order::Open(listener)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

/// How many connections may wait to be taken.
const BACKLOG: u32 = 1024;

/// How long it waits after a connection could not be taken.
const PAUSE: Duration = Duration::from_millis(50);

/// A socket at an address that others of ours may be bound to as well.
fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn listen<F, S>(
    first: TcpListener,
    mut over: watch::Receiver<()>,
    mut orders: mpsc::UnboundedReceiver<Order>,
    serve: S,
) where
    S: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let mut listener = Some(first);
    // Counts how often it was closed: a connection that sees the number change ends.
    let (closings, _) = watch::channel(0u32);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let next = async {
            let Some(listener) = &listener else { return std::future::pending().await };
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return std::future::pending().await;
            };
            listener.accept().await.map(|(stream, _)| (stream, place))
        };
        let (stream, place) = tokio::select! {
            _ = over.changed() => return,
            order = orders.recv() => {
                match order {
                    Some(Order::Close(done)) => {
                        listener = None;
                        closings.send_modify(|number| *number += 1);
                        // Nobody may wait for it any more: its own connection has just ended.
                        let _ = done.send(());
                    }
                    Some(Order::Open(again)) => listener = TcpListener::from_std(again).ok(),
                    None => return,
                }
                continue;
            }
            accepted = next => match accepted {
                Ok(taken) => taken,
                // Out of descriptors, most likely: one comes free when a connection ends, and asking at once would spin.
                Err(_) => {
                    hold(PAUSE).await;
                    continue;
                }
            },
        };
        let _ = stream.set_nodelay(true);
        let (connection, mut over, mut ended) = (serve(stream), over.clone(), closings.subscribe());
        tokio::spawn(async move {
            let _place = place;
            tokio::select! {
                _ = over.changed() => {}
                _ = ended.changed() => {}
                () = connection => {}
            }
        });
    }
}
