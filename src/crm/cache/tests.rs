use super::*;
use crate::crm::fields::{DEAL_REGISTRATIONS, OPPORTUNITIES};
use std::sync::atomic::AtomicUsize;
use tokio::sync::{Notify, Semaphore};

/// Answers with the number of the read, unless it is down. A read that is told to wait waits until it may go on.
struct Counting {
    reads: AtomicUsize,
    is_down: AtomicBool,
    /// One permit for each read and write that may be answered.
    gate: Semaphore,
    /// Told when a read or write has begun.
    began: Notify,
}

impl Counting {
    async fn answered(&self) -> Result<(), CrmError> {
        self.began.notify_one();
        self.gate.acquire().await.unwrap().forget();
        match self.is_down.load(Ordering::SeqCst) {
            true => Err(CrmError::Busy),
            false => Ok(()),
        }
    }

    fn let_pass(&self, permits: usize) {
        self.gate.add_permits(permits);
    }
}

#[async_trait]
impl Crm for Counting {
    async fn read(&self, _: &'static Table, _: Whose<'_>) -> Result<Read, CrmError> {
        let nth = self.reads.fetch_add(1, Ordering::SeqCst);
        self.answered().await?;
        Ok(Read::now(vec![[("id", nth.to_string())].into_iter().collect()]))
    }

    async fn create(&self, _: &'static Table, _: &PartnerScope, _: &Row) -> Result<(), CrmError> {
        self.answered().await
    }

    async fn update(&self, _: &'static Table, _: &PartnerScope, _: &str, _: &Row) -> Result<(), CrmError> {
        self.answered().await
    }

    async fn schema(&self, _: &'static Table) -> Result<Option<BTreeSet<String>>, CrmError> {
        Ok(None)
    }

    fn keeps(&self, _: &Table) -> bool {
        true
    }
}

const SECOND: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(60);

/// What is fresh for so long, and stale and kept for a minute; so many reads may pass.
fn cached(fresh: Duration, stale: Duration, passes: usize) -> (Arc<Counting>, Arc<Cached>) {
    let crm = Arc::new(Counting {
        reads: AtomicUsize::default(),
        is_down: AtomicBool::default(),
        gate: Semaphore::new(passes),
        began: Notify::new(),
    });
    let ages = Ages {
        fresh,
        stale,
        kept: LONG,
    };
    let cached = Cached::new(Arc::clone(&crm) as Arc<dyn Crm>, Mapping::same(), ages);
    (crm, Arc::new(cached))
}

async fn nth_of(cached: &Cached, whose: Whose<'_>) -> Result<(usize, bool), CrmError> {
    let read = cached.read(&DEAL_REGISTRATIONS, whose).await?;
    let id = read.rows[0].get("id").unwrap();
    Ok((id.parse().unwrap(), read.is_down))
}

async fn nth(cached: &Cached) -> Result<(usize, bool), CrmError> {
    nth_of(cached, Whose::Everybody).await
}

#[tokio::test]
async fn what_is_fresh_is_read_once_however_many_ask() {
    let (crm, cached) = cached(LONG, LONG, 100);
    let all = futures::future::join_all((0..50).map(|_| nth(&cached))).await;
    assert!(all.into_iter().all(|read| read.unwrap() == (0, false)));
    assert_eq!(crm.reads.load(Ordering::SeqCst), 1);
    cached.changed(Some("deal_registrations")).await;
    assert_eq!(nth(&cached).await.unwrap(), (1, false));
    cached.changed(Some("deals")).await;
    assert_eq!(
        nth(&cached).await.unwrap(),
        (2, false),
        "an unknown object may be any"
    );
    cached.changed(Some("opportunities")).await;
    assert_eq!(nth(&cached).await.unwrap(), (2, false));
}

#[tokio::test]
async fn what_is_stale_is_returned_and_read_anew() {
    let (crm, cached) = cached(Duration::ZERO, LONG, 2);
    assert_eq!(nth(&cached).await.unwrap().0, 0);
    crm.began.notified().await;
    assert_eq!(nth(&cached).await.unwrap().0, 0);
    crm.began.notified().await;
    until_renewed(&cached).await;
    assert_eq!(nth(&cached).await.unwrap().0, 1);
}

/// Waits for what is read behind the partner's back.
async fn until_renewed(cached: &Cached) {
    let under_way = || {
        cached
            .slots
            .iter()
            .any(|(_, slot)| slot.is_renewed.load(Ordering::SeqCst))
    };
    while under_way() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_crm_that_is_down_leaves_what_is_kept_marked() {
    let (crm, mut cached) = cached(Duration::ZERO, Duration::ZERO, 100);
    Arc::get_mut(&mut cached).unwrap().ages.kept = SECOND;
    assert_eq!(nth(&cached).await.unwrap(), (0, false));
    crm.is_down.store(true, Ordering::SeqCst);
    assert_eq!(nth(&cached).await.unwrap(), (0, true));
    tokio::time::sleep(SECOND + SECOND / 10).await;
    assert!(matches!(nth(&cached).await, Err(CrmError::Busy)));
}

#[tokio::test]
async fn a_change_during_a_renewal_is_not_forgotten() {
    // The first read is current when it is made, and stale at once.
    let (crm, mut cached) = cached(Duration::ZERO, LONG, 1);
    assert_eq!(nth(&cached).await.unwrap().0, 0);
    crm.began.notified().await;
    assert_eq!(nth(&cached).await.unwrap().0, 0);
    crm.began.notified().await;
    // The renewal has asked and has no answer yet: now something changes.
    cached.changed(None).await;
    crm.let_pass(1);
    until_renewed(&cached).await;
    // What it brought is from before the change, however fresh it is.
    Arc::get_mut(&mut cached).unwrap().ages.fresh = LONG;
    crm.let_pass(1);
    assert_eq!(nth(&cached).await.unwrap(), (2, false));
    assert_eq!(nth(&cached).await.unwrap(), (2, false));
}

#[tokio::test]
async fn a_change_during_a_read_is_not_forgotten_and_does_not_wait() {
    let (crm, cached) = cached(LONG, LONG, 0);
    let reading = tokio::spawn({
        let cached = Arc::clone(&cached);
        async move { nth(&cached).await.unwrap() }
    });
    crm.began.notified().await;
    cached.changed(None).await;
    crm.let_pass(2);
    assert_eq!(reading.await.unwrap(), (0, false));
    assert_eq!(nth(&cached).await.unwrap(), (1, false));
    assert_eq!(nth(&cached).await.unwrap(), (1, false));
}

#[tokio::test]
async fn a_write_is_forgotten_by_nobody_whom_it_concerns() {
    let (_, cached) = cached(LONG, LONG, 100);
    let scopes = ["p-001", "p-002"].map(PartnerScope::whole);
    let mut narrow = PartnerScope::whole("p-001");
    narrow.closed.insert(("deal_registrations", "reason"));
    let all = [
        Whose::Of(&scopes[0]),
        Whose::Of(&narrow),
        Whose::Everybody,
        Whose::Of(&scopes[1]),
    ];
    for (expected, whose) in all.into_iter().enumerate() {
        assert_eq!(nth_of(&cached, whose).await.unwrap().0, expected);
    }
    let deals = async || cached.read(&OPPORTUNITIES, Whose::Of(&scopes[0])).await.unwrap();
    let before = deals().await;
    cached
        .create(&DEAL_REGISTRATIONS, &scopes[0], &Row::default())
        .await
        .unwrap();
    for (whose, is_read) in all.into_iter().zip([true, true, true, false]) {
        assert_eq!(nth_of(&cached, whose).await.unwrap().0 > 3, is_read, "{whose:?}");
    }
    assert_eq!(deals().await, before, "another table is as it was");
    // A search may not have found it yet: until it surely has, what is read is not kept.
    let again = nth_of(&cached, all[0]).await.unwrap().0;
    assert!(nth_of(&cached, all[0]).await.unwrap().0 > again);
}

#[tokio::test]
async fn a_write_whose_outcome_is_unknown_is_a_change_too() {
    let scope = PartnerScope::whole("p-001");
    let (crm, cached) = cached(LONG, LONG, 1);
    assert_eq!(nth(&cached).await.unwrap().0, 0);
    crm.began.notified().await;
    // It fails …
    crm.is_down.store(true, Ordering::SeqCst);
    crm.let_pass(1);
    let failed = cached
        .update(&DEAL_REGISTRATIONS, &scope, "dr-1", &Row::default())
        .await;
    assert!(matches!(failed, Err(CrmError::Busy)));
    crm.began.notified().await;
    crm.is_down.store(false, Ordering::SeqCst);
    crm.let_pass(1);
    assert_eq!(nth(&cached).await.unwrap().0, 1);
    crm.began.notified().await;
    cached.written.0.lock().unwrap().clear();
    crm.let_pass(1);
    assert_eq!(nth(&cached).await.unwrap().0, 2);
    crm.began.notified().await;
    assert_eq!(nth(&cached).await.unwrap().0, 2);
    // … or nobody waits for it any longer.
    let given_up = tokio::spawn({
        let cached = Arc::clone(&cached);
        async move {
            cached
                .create(
                    &DEAL_REGISTRATIONS,
                    &PartnerScope::whole("p-001"),
                    &Row::default(),
                )
                .await
        }
    });
    crm.began.notified().await;
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    crm.let_pass(1);
    assert_eq!(nth(&cached).await.unwrap().0, 3);
}
