//! A connection, to a client or to an upstream: bytes over TCP, a UNIX domain socket, or TLS over either.

use std::io;
use std::os::fd::AsRawFd;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

/// Bytes without TLS.
#[derive(Debug)]
pub enum Plain {
    /// TCP.
    Tcp(TcpStream),
    /// A UNIX domain socket.
    Unix(UnixStream),
}

/// A connection.
#[derive(Debug)]
pub enum Stream {
    /// As it is.
    Plain(Plain),
    /// TLS towards a client.
    Server(Box<tokio_rustls::server::TlsStream<Plain>>),
    /// TLS towards an upstream.
    Client(Box<tokio_rustls::client::TlsStream<Plain>>),
}

impl Stream {
    /// Reads some bytes; none at the end.
    #[inline]
    pub fn poll_read(&mut self, cx: &mut Context, into: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(into);
        let done = match self {
            Stream::Plain(plain) => Pin::new(plain).poll_read(cx, &mut buffer),
            Stream::Server(tls) => Pin::new(tls).poll_read(cx, &mut buffer),
            Stream::Client(tls) => Pin::new(tls).poll_read(cx, &mut buffer),
        };
        if done.is_pending() {
            self.answer_meanwhile(cx);
        }
        match done {
            // Few say farewell; nginx takes it as the end all the same.
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Poll::Ready(Ok(0)),
            done => done.map_ok(|()| buffer.filled().len()),
        }
    }

    /// Sends what TLS answers by itself, such as that it does not renegotiate.
    #[inline]
    fn answer_meanwhile(&mut self, cx: &mut Context) {
        let waits = match self {
            Stream::Plain(_) => false,
            Stream::Server(tls) => tls.get_ref().1.wants_write(),
            Stream::Client(tls) => tls.get_ref().1.wants_write(),
        };
        if waits {
            // Where that fails the next reading tells.
            let _ = self.poll_flush(cx);
        }
    }

    /// Writes some bytes.
    #[inline]
    pub fn poll_write(&mut self, cx: &mut Context, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Stream::Plain(plain) => Pin::new(plain).poll_write(cx, bytes),
            Stream::Server(tls) => Pin::new(tls).poll_write(cx, bytes),
            Stream::Client(tls) => Pin::new(tls).poll_write(cx, bytes),
        }
    }

    /// Sends what TLS holds back.
    #[inline]
    pub fn poll_flush(&mut self, cx: &mut Context) -> Poll<io::Result<()>> {
        match self {
            Stream::Plain(_) => Poll::Ready(Ok(())),
            Stream::Server(tls) => Pin::new(tls).poll_flush(cx),
            Stream::Client(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    /// Says that no more is written.
    pub fn poll_shutdown(&mut self, cx: &mut Context) -> Poll<io::Result<()>> {
        match self {
            Stream::Plain(plain) => Pin::new(plain).poll_shutdown(cx),
            Stream::Server(tls) => Pin::new(tls).poll_shutdown(cx),
            Stream::Client(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }

    /// Ready once there may be something to read, or the end.
    #[inline]
    pub fn poll_readable(&mut self, cx: &mut Context) -> Poll<()> {
        if let Stream::Server(tls) = self {
            // What came with the end of the handshake, or of the last request, is in no socket any more.
            let came = tls.get_mut().1.process_new_packets();
            if came.is_ok_and(|state| state.plaintext_bytes_to_read() > 0) {
                return Poll::Ready(());
            }
        }
        self.socket().poll_readable(cx).map(drop)
    }

    /// Whether nothing came that would have to be read, and the other side has not closed it; wakes when that changes.
    /// TLS may have had something to say for itself.
    pub fn poll_quiet(&mut self, cx: &mut Context) -> bool {
        match self {
            Stream::Plain(plain) => plain.poll_readable(cx).is_pending() || plain.is_quiet(),
            Stream::Server(_) | Stream::Client(_) => self.poll_read(cx, &mut [0; 1]).is_pending(),
        }
    }

    /// Whether it is TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        !matches!(self, Stream::Plain(_))
    }

    /// The socket.
    #[must_use]
    pub fn socket(&self) -> &Plain {
        match self {
            Stream::Plain(plain) => plain,
            Stream::Server(tls) => tls.get_ref().0,
            Stream::Client(tls) => tls.get_ref().0,
        }
    }
}

impl Plain {
    /// Ready once there may be something to read, or the end.
    #[inline]
    pub fn poll_readable(&self, cx: &mut Context) -> Poll<io::Result<()>> {
        match self {
            Plain::Tcp(tcp) => tcp.poll_read_ready(cx),
            Plain::Unix(unix) => unix.poll_read_ready(cx),
        }
    }

    /// Looks at what came, and leaves it there.
    ///
    /// # Errors
    /// The system's; `WouldBlock` where nothing came.
    pub fn peek(&self, into: &mut [u8]) -> io::Result<usize> {
        use nix::sys::socket::{MsgFlags, recv};
        let mut peek = |descriptor| recv(descriptor, into, MsgFlags::MSG_PEEK).map_err(io::Error::from);
        match self {
            Plain::Tcp(tcp) => tcp.try_io(Interest::READABLE, || peek(tcp.as_raw_fd())),
            Plain::Unix(unix) => unix.try_io(Interest::READABLE, || peek(unix.as_raw_fd())),
        }
    }

    /// Reads without waiting.
    ///
    /// # Errors
    /// The system's; `WouldBlock` where nothing came.
    pub fn try_read(&self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Plain::Tcp(tcp) => tcp.try_read(into),
            Plain::Unix(unix) => unix.try_read(into),
        }
    }
}

impl Plain {
    /// Nothing came and the other side has not closed it.
    fn is_quiet(&self) -> bool {
        let nothing = self.try_read(&mut [0; 1]);
        matches!(nothing, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }
}

/// TLS says farewell, as far as that goes without waiting.
impl Drop for Stream {
    fn drop(&mut self) {
        if self.is_secure() {
            let _ = self.poll_shutdown(&mut Context::from_waker(Waker::noop()));
        }
    }
}

impl AsyncRead for Plain {
    #[inline]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context, buffer: &mut ReadBuf) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Plain::Tcp(tcp) => Pin::new(tcp).poll_read(cx, buffer),
            Plain::Unix(unix) => Pin::new(unix).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Plain {
    #[inline]
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Plain::Tcp(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Plain::Unix(unix) => Pin::new(unix).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Plain::Tcp(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Plain::Unix(unix) => Pin::new(unix).poll_shutdown(cx),
        }
    }
}
