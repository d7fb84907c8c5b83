//! Connections that can be broken on request, and the two doors (`127.0.0.1` and `::1`) they come through.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

// Zero is a whole connection.
const BROKEN: u8 = 1;
const HALF: u8 = 2;

/// A handle by which a handler breaks its own connection.
#[derive(Debug, Clone, Default)]
pub struct Wire(Arc<AtomicU8>);

impl Wire {
    /// Nothing more is sent: the answer is lost.
    pub fn break_now(&self) {
        self.0.store(BROKEN, Ordering::SeqCst);
    }

    /// The next answer's headers and half of its body are sent, then nothing more.
    pub fn break_halfway(&self) {
        self.0.store(HALF, Ordering::SeqCst);
    }
}

/// A connection that obeys its [`Wire`].
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    wire: Wire,
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let part = match self.wire.0.load(Ordering::SeqCst) {
            BROKEN => return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            // Headers and a small body arrive here in one piece, since vectored writes are off.
            HALF => half(buf),
            _ => buf.len(),
        };
        let written = Pin::new(&mut self.stream).poll_write(cx, &buf[..part]);
        if part < buf.len() && matches!(written, Poll::Ready(Ok(_))) {
            self.wire.break_now();
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

fn half(buf: &[u8]) -> usize {
    let head = buf.windows(4).position(|four| four == b"\r\n\r\n").map_or(0, |place| place + 4);
    head + (buf.len() - head) / 2
}

/// Accepts on `127.0.0.1` and, where it could be had, on `::1`.
#[derive(Debug)]
pub struct Doors {
    pub first: TcpListener,
    pub second: Option<TcpListener>,
}

impl Listener for Doors {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        loop {
            let accepted = match &self.second {
                None => self.first.accept().await,
                Some(second) => tokio::select! {
                    accepted = self.first.accept() => accepted,
                    accepted = second.accept() => accepted,
                },
            };
            match accepted {
                Ok((stream, from)) => {
                    // Small answers should not wait for more to send.
                    let _ = stream.set_nodelay(true);
                    return (Line { stream, wire: Wire::default() }, from);
                }
                Err(error) => {
                    // Out of file descriptors, mostly: trying again at once would spin.
                    tracing::warn!(%error, "can't accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.first.local_addr()
    }
}

impl Connected<IncomingStream<'_, Doors>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Doors>) -> Self {
        stream.io().wire.clone()
    }
}
