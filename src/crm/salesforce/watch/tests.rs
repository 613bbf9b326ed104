use super::*;

const START: &str = "2026-11-30T08:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn followed() -> Followed {
    Followed::new("Opportunity", List::Updated, at(START))
}

fn known(has_changes: bool, until: &str) -> Told {
    Told::Known {
        has_changes,
        until: at(until),
    }
}

fn refused() -> Told {
    Told::Refused("404 NOT_FOUND: no".to_owned())
}

fn lost() -> Told {
    Told::Lost("400 INVALID_REPLICATION_DATE: no".to_owned())
}

#[test]
fn the_next_list_begins_where_the_last_was_whole() {
    let check = |until: &str, now: &str, since: &str| {
        let mut followed = followed();
        followed.took(known(false, until), at(now));
        assert_eq!(followed.since, at(since), "{until} {now}");
    };
    check("2026-11-30T08:00:00Z", "2026-11-30T08:00:30Z", START);
    // A long transaction holds it back.
    check(
        "2026-11-30T08:10:00Z",
        "2026-11-30T09:00:00Z",
        "2026-11-30T08:10:00Z",
    );
    // Until the end that was asked for, which was ahead.
    check(
        "2026-11-30T08:02:00Z",
        "2026-11-30T08:00:30Z",
        "2026-11-30T08:00:30Z",
    );
    // Salesforce does not lead back to what was told before.
    check("1970-01-01T00:00:00Z", "2026-11-30T08:00:30Z", START);
    // Somebody has set the clock back.
    check(
        "2026-11-30T07:30:00Z",
        "2026-11-30T07:30:20Z",
        "2026-11-30T07:30:20Z",
    );
}

#[test]
fn what_is_refused_is_made_up_for() {
    let mut followed = followed();
    for minute in 1..9 {
        assert!(!followed.took(refused(), at(&format!("2026-11-30T08:0{minute}:00Z"))));
    }
    let now = at("2026-11-30T09:00:00Z");
    assert_eq!(followed.asked(now).window, Window::new(at(START), now));
    assert!(!followed.took(known(false, "2026-11-30T09:00:00Z"), now));
    assert_eq!((followed.since, followed.standing), (now, Standing::Told));
}

#[test]
fn what_is_lost_may_have_changed_until_it_is_told_again() {
    let mut followed = followed();
    let now = at("2026-11-30T08:01:00Z");
    assert!(followed.took(lost(), now));
    assert_eq!(followed.since, now);
    // Once is enough, as long as it lasts: what is kept is not held back for ever.
    assert!(!followed.took(lost(), at("2026-11-30T08:02:00Z")));
    assert!(!followed.took(refused(), at("2026-11-30T08:03:00Z")));
    assert!(followed.took(known(false, "2026-11-30T08:04:00Z"), at("2026-11-30T08:04:00Z")));
    assert!(!followed.took(known(false, "2026-11-30T08:05:00Z"), at("2026-11-30T08:05:00Z")));
    assert!(followed.took(known(true, "2026-11-30T08:06:00Z"), at("2026-11-30T08:06:00Z")));
}

#[test]
fn polls_that_fail_come_less_often() {
    let check = |every: u64, failures: u32, expected: u64| {
        let waited = wait(Duration::from_secs(every), failures);
        assert_eq!(waited, Duration::from_secs(expected), "{every} {failures}");
    };
    check(30, 0, 30);
    check(30, 1, 60);
    check(30, 3, 240);
    check(30, 4, 300);
    check(30, u32::MAX, 300);
    // Nobody waits less because it failed.
    check(3600, 2, 3600);
}

#[test]
fn what_is_not_told_for_too_long_is_lost() {
    let mut followed = followed();
    assert!(!followed.is_lost(at("2026-12-15T08:00:00Z")));
    let now = at("2026-12-15T08:00:01Z");
    assert!(followed.is_lost(now));
    assert_eq!((followed.since, followed.standing), (now, Standing::Lost));
    assert!(!followed.is_lost(now));
}
