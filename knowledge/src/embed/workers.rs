//! Threads that each have a session of a model, and the tasks that wait for them: those of questions first.

use super::Urgency;
use std::{
    collections::VecDeque,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

/// A thread for each session, for as long as this lives; at least one. That a session stays on one thread keeps what the
/// runtime allocates in one place.
pub(super) struct Workers<S> {
    queue: Arc<Queue<S>>,
    threads: Vec<JoinHandle<()>>,
}

/// What a session is to do; it tells who asked for it itself.
type Task<S> = Box<dyn FnOnce(&mut S) + Send>;

struct Queue<S> {
    waiting: Mutex<Waiting<S>>,
    more: Condvar,
}

struct Waiting<S> {
    questions: VecDeque<Task<S>>,
    documents: VecDeque<Task<S>>,
    /// Nothing will be added.
    closed: bool,
}

impl<S: Send + 'static> Workers<S> {
    pub(super) fn start(sessions: Vec<S>) -> io::Result<Self> {
        let mut workers = Self {
            queue: Arc::new(Queue::new()),
            threads: Vec::new(),
        };
        for (nth, mut session) in sessions.into_iter().enumerate() {
            let queue = Arc::clone(&workers.queue);
            let thread = thread::Builder::new().name(format!("embed-{nth}"));
            workers
                .threads
                .push(thread.spawn(move || queue.work(&mut session))?);
        }
        Ok(workers)
    }
}

impl<S> Workers<S> {
    /// Has a session do something, when what came before it is done and no question waits that goes before it. A task
    /// that panics is dropped.
    pub(super) fn put(&self, urgency: Urgency, task: impl FnOnce(&mut S) + Send + 'static) {
        let mut waiting = self.queue.waiting();
        match urgency {
            Urgency::Question => waiting.questions.push_back(Box::new(task)),
            Urgency::Document => waiting.documents.push_back(Box::new(task)),
        }
        drop(waiting);
        self.queue.more.notify_one();
    }
}

impl<S> Queue<S> {
    fn new() -> Self {
        let waiting = Waiting {
            questions: VecDeque::new(),
            documents: VecDeque::new(),
            closed: false,
        };
        Self {
            waiting: Mutex::new(waiting),
            more: Condvar::new(),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<S>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, session: &mut S) {
        while let Some(task) = self.next() {
            // A panic is its asker's, who hears nothing; the session goes on.
            let _ = catch_unwind(AssertUnwindSafe(|| task(session)));
        }
    }

    fn next(&self) -> Option<Task<S>> {
        let is_idle = |waiting: &mut Waiting<S>| {
            waiting.questions.is_empty() && waiting.documents.is_empty() && !waiting.closed
        };
        let waiting = self.more.wait_while(self.waiting(), is_idle);
        let mut waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        if waiting.closed {
            return None;
        }
        let question = waiting.questions.pop_front();
        question.or_else(|| waiting.documents.pop_front())
    }
}

impl<S> Drop for Workers<S> {
    fn drop(&mut self) {
        self.queue.waiting().closed = true;
        self.queue.more.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn one() -> Workers<()> {
        Workers::start(vec![()]).unwrap()
    }

    #[test]
    fn a_waiting_question_goes_before_waiting_documents() {
        let workers = one();
        let (go, wait) = mpsc::channel::<()>();
        let (sender, order) = mpsc::channel();
        workers.put(Urgency::Document, move |()| wait.recv().unwrap());
        for urgency in [Urgency::Document, Urgency::Document, Urgency::Question] {
            let sender = sender.clone();
            workers.put(urgency, move |()| sender.send(urgency).unwrap());
        }
        go.send(()).unwrap();
        drop(sender);
        let order: Vec<_> = order.into_iter().collect();
        assert_eq!(order, [Urgency::Question, Urgency::Document, Urgency::Document]);
    }

    #[test]
    fn a_session_goes_on_after_a_panic() {
        let workers = one();
        let (sender, answers) = mpsc::channel();
        workers.put(Urgency::Question, |()| panic!("a text it cannot take"));
        workers.put(Urgency::Question, move |()| sender.send(7).unwrap());
        assert_eq!(answers.into_iter().collect::<Vec<_>>(), [7]);
    }
}
