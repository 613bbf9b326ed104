//! The part that both stand-ins share: a request is read whole, written down, left to the faults, and answered by
//! the vendor's own rules.

use super::faults::{Fault, Faults};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    response::Response,
};
use serde_json::Value;
use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};
use tokio::{net::TcpListener, sync::oneshot};
use url::form_urlencoded;

/// A CRM's own rules. They are asked from the server's one thread, so a request is done before the next begins.
pub(crate) trait Vendor: Send + Sync + 'static {
    /// The answer to a request, with everything that it changes.
    fn answer(&self, call: &Call, faults: &Faults) -> Reply;

    /// The vendor's words for a request that was refused with this status before it was looked at.
    fn refusal(&self, call: &Call, status: u16) -> Reply;
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    /// How many bytes path and query have as they were sent.
    pub(crate) length: usize,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A request as a test looks at it afterwards.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The decoded query, such as the SOQL in `q`.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// `None` is no content at all.
    pub(crate) body: Option<Value>,
}

impl Reply {
    pub(crate) fn new(status: u16, body: Value) -> Self {
        let body = Some(body);
        let headers = Vec::new();
        Self {
            status,
            headers,
            body,
        }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::new(200, body)
    }

    pub(crate) fn empty() -> Self {
        Self {
            body: None,
            ..Self::new(204, Value::Null)
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }
}

impl Call {
    async fn read(request: Request) -> Self {
        let (head, body) = request.into_parts();
        Self {
            method: head.method,
            path: head.uri.path().to_owned(),
            length: head
                .uri
                .path_and_query()
                .map_or(0, |target| target.as_str().len()),
            query: pairs(head.uri.query().unwrap_or_default().as_bytes()),
            headers: head.headers,
            body: to_bytes(body, usize::MAX).await.unwrap_or_default(),
        }
    }

    /// The path's parts, decoded.
    pub(crate) fn segments(&self) -> Vec<String> {
        let parts = self.path.split('/').filter(|part| !part.is_empty());
        parts.map(decoded).collect()
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    /// The token in `Authorization`, or nothing.
    pub(crate) fn bearer(&self) -> &str {
        let value = self.header("authorization");
        value.strip_prefix("Bearer ").unwrap_or_default()
    }

    /// The body, if it is JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A value of a form in the body.
    pub(crate) fn form(&self, name: &str) -> String {
        let found = pairs(&self.body).into_iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value).unwrap_or_default()
    }
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).into_owned().collect()
}

/// A part of a path; what a form encodes more than a path stays as it is.
fn decoded(part: &str) -> String {
    let form = part.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    pairs(form.as_bytes())
        .pop()
        .map(|(name, _)| name)
        .unwrap_or_default()
}

/// A running stand-in; it stops when dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    desk: Arc<Desk>,
    /// Dropped, it tells the server's thread to end.
    _stop: oneshot::Sender<()>,
}

#[derive(Default)]
struct Desk {
    faults: Faults,
    seen: Mutex<Vec<Seen>>,
}

impl Server {
    /// Opens it on a port of its own, for the vendor that is made from its address.
    pub(crate) fn start<V: Vendor>(vendor: impl FnOnce(&str) -> Arc<V>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let desk = Arc::new(Desk::default());
        let (vendor, at_desk) = (vendor(&url), Arc::clone(&desk));
        let router = Router::new().fallback(move |request: Request| {
            let (vendor, desk) = (Arc::clone(&vendor), Arc::clone(&at_desk));
            async move { serve(&*vendor, &desk, request).await }
        });
        let (stop, stopped) = oneshot::channel::<()>();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let serving = axum::serve(TcpListener::from_std(listener).unwrap(), router);
                tokio::select! {
                    _ = serving => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            url,
            desk,
            _stop: stop,
        }
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.desk.faults
    }

    /// The requests so far whose path contains `part`, in the order in which they came.
    pub(crate) fn requests(&self, part: &str) -> Vec<Seen> {
        let seen = self.desk.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter()
            .filter(|one| one.path.contains(part))
            .cloned()
            .collect()
    }
}

async fn serve(vendor: &impl Vendor, desk: &Desk, request: Request) -> Response {
    let call = Call::read(request).await;
    desk.write_down(&call);
    let fault = desk.faults.take(call.method.as_str(), &call.path);
    let mut reply = match fault {
        Some(Fault::TooManyRequests { retry_after }) => {
            vendor.refusal(&call, 429).with("retry-after", retry_after)
        }
        Some(Fault::Status(status)) => vendor.refusal(&call, status),
        _ => vendor.answer(&call, &desk.faults),
    };
    if let Some(fault) = &fault {
        fault.distort(&mut reply);
    }
    if let Some(Fault::Delay(wait)) = fault {
        tokio::time::sleep(wait).await;
    }
    respond(reply, matches!(fault, Some(Fault::HalfPage)))
}

impl Desk {
    fn write_down(&self, call: &Call) {
        let seen = Seen {
            method: call.method.to_string(),
            path: call.path.clone(),
            query: call.query.clone(),
            headers: call.headers.clone(),
            body: String::from_utf8_lossy(&call.body).into_owned(),
        };
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(seen);
    }
}

fn respond(mut reply: Reply, half: bool) -> Response {
    if half && reply.body.is_none() {
        // Nothing has no half: something is announced, and nothing comes.
        reply = Reply::new(200, Value::Null);
    }
    let text = reply.body.map(|body| body.to_string());
    let mut response = Response::new(match &text {
        Some(text) if half => broken(text),
        Some(text) => Body::from(text.clone()),
        None => Body::empty(),
    });
    *response.status_mut() = reply.status.try_into().unwrap();
    let headers = response.headers_mut();
    if let Some(text) = text {
        let json = HeaderValue::from_static("application/json;charset=UTF-8");
        headers.insert(header::CONTENT_TYPE, json);
        headers.insert(header::CONTENT_LENGTH, text.len().into());
    }
    for (name, value) in reply.headers {
        headers.insert(HeaderName::from_static(name), value.parse().unwrap());
    }
    response
}

/// The first half of a text; then the connection breaks.
fn broken(text: &str) -> Body {
    let half = Bytes::copy_from_slice(&text.as_bytes()[..text.len() / 2]);
    let pieces = futures::stream::unfold(Some(half), |half| async move {
        match half {
            Some(half) => Some((Ok(half), None)),
            None => {
                // Later than the half, which goes out first.
                tokio::time::sleep(Duration::from_millis(50)).await;
                Some((Err(io::Error::other("the connection breaks")), None))
            }
        }
    });
    Body::from_stream(pieces)
}
