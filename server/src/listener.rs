//! Taking connections, and letting them go.
//!
//! What must hold: a connection that sends its headers slowly, or nothing at all, is
//! closed after [`HEADERS`] and holds up nobody (check D03); one that is told to stop
//! finishes the request it has, for [`DRAIN`] at most (check X01). HTTP/1.1 only: what is
//! not understood can't be abused.

use std::{net::SocketAddr, pin::pin, time::Duration};

use axum::{Router, extract::ConnectInfo, serve::Listener};
use http::Request;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

/// From the moment a connection is there, or done with its last request, until the headers
/// of the next are complete. So it is also how long a connection may idle.
const HEADERS: Duration = Duration::from_secs(15);
/// Requests under way may end within this, then the process goes.
const DRAIN: Duration = Duration::from_secs(15);

/// Serves until `stop`, then for as long as requests are under way; false when some still
/// were after [`DRAIN`].
pub async fn serve(mut listener: TcpListener, app: Router, stop: impl Future<Output = ()>) -> bool {
    let under_way = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            // The trait's: it outlives errors of single connections, and running out of files.
            (stream, peer) = Listener::accept(&mut listener) => converse(stream, peer, app.clone(), &under_way),
            () = stop.as_mut() => break,
        }
    }
    // From here on, who connects is refused instead of kept waiting.
    drop(listener);
    tokio::time::timeout(DRAIN, under_way.shutdown()).await.is_ok()
}

fn converse(stream: TcpStream, peer: SocketAddr, app: Router, under_way: &GracefulShutdown) {
    let app = app.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    let connection = under_way.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::trace!(%error, "a connection ended early");
        }
    });
}
