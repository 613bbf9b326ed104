//! What goes wrong with a CRM, switched on by a test while the stand-in runs.

use super::server::Reply;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

/// What happens to one request.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Refused with 429 and `Retry-After` in seconds; nothing is done.
    TooManyRequests { retry_after: u32 },
    /// Refused with this status, such as 500 or 503; nothing is done.
    Status(u16),
    /// Done at once, answered later: who does not wait does not know that it was done.
    Delay(Duration),
    /// Done, but the connection breaks in the middle of the answer.
    HalfPage,
    /// A page that counts more results than will follow.
    Overstated,
    /// A page whose cursor to the next one is refused.
    BadCursor,
}

/// The faults of a stand-in. Faults of single requests wait in a queue, others last until they are taken back.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    queue: Mutex<VecDeque<Waiting>>,
    expiries: AtomicU32,
    exhausted: AtomicBool,
}

#[derive(Debug)]
struct Waiting {
    /// What must stand in the request's line.
    part: String,
    left: u32,
    fault: Fault,
}

impl Faults {
    /// The next `count` requests, whatever they ask.
    pub(crate) fn next(&self, count: u32, fault: Fault) {
        self.next_on("", count, fault);
    }

    /// The next `count` requests whose line contains `part`: `POST /crm/v3/objects/deals `, with a blank behind the path.
    pub(crate) fn next_on(&self, part: &str, count: u32, fault: Fault) {
        let part = part.to_owned();
        let left = count;
        self.queue().push_back(Waiting { part, left, fault });
    }

    /// No faults of single requests wait any more.
    pub(crate) fn clear(&self) {
        self.queue().clear();
    }

    /// All tokens that were given out so far are no longer good.
    pub(crate) fn expire_tokens(&self) {
        self.expiries.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether today's requests are used up.
    pub(crate) fn exhaust_quota(&self, exhausted: bool) {
        self.exhausted.store(exhausted, Ordering::SeqCst);
    }

    pub(super) fn exhausted(&self) -> bool {
        self.exhausted.load(Ordering::SeqCst)
    }

    /// How often tokens were expired: a token is good while this is as it was when the token was given out.
    pub(super) fn expiries(&self) -> u32 {
        self.expiries.load(Ordering::SeqCst)
    }

    /// What happens to a request.
    pub(super) fn take(&self, method: &str, path: &str) -> Option<Fault> {
        let line = format!("{method} {path} ");
        let mut queue = self.queue();
        let place = queue.iter().position(|waiting| line.contains(&waiting.part))?;
        let waiting = &mut queue[place];
        waiting.left = waiting.left.saturating_sub(1);
        let fault = waiting.fault.clone();
        if waiting.left == 0 {
            queue.remove(place);
        }
        Some(fault)
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, VecDeque<Waiting>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fault {
    /// The answer, with what this fault makes of its words.
    pub(super) fn distort(&self, reply: &mut Reply) {
        let Some(body) = &mut reply.body else { return };
        match self {
            Self::Overstated => {
                for name in ["total", "totalSize"] {
                    if let Some(total) = body.get(name).and_then(Value::as_u64) {
                        body[name] = json!(total + 7);
                    }
                }
            }
            Self::BadCursor => {
                if let Some(after) = body.pointer_mut("/paging/next/after") {
                    *after = json!("not-a-cursor");
                }
                if let Some(next) = body.get_mut("nextRecordsUrl") {
                    let (version, _) = next.as_str().unwrap().rsplit_once('/').unwrap();
                    *next = json!(format!("{version}/not-a-cursor"));
                }
            }
            _ => {}
        }
    }
}
