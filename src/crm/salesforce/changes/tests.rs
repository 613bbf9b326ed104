use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_window_is_whole_minutes_and_more_than_one() {
    let check = |since: &str, now: &str, start: &str, end: &str| {
        let expected = Window {
            start: at(start),
            end: at(end),
        };
        assert_eq!(Window::new(at(since), at(now)), expected, "{since} {now}");
    };
    check(
        "2026-11-30T08:15:20Z",
        "2026-11-30T08:15:50.5Z",
        "2026-11-30T08:15:00Z",
        "2026-11-30T08:17:00Z",
    );
    check(
        "2026-11-30T08:15:59.999Z",
        "2026-11-30T08:16:00Z",
        "2026-11-30T08:15:00Z",
        "2026-11-30T08:18:00Z",
    );
    check(
        "2026-11-20T00:00:00Z",
        "2026-11-30T08:15:00Z",
        "2026-11-20T00:00:00Z",
        "2026-11-30T08:17:00Z",
    );
    // Somebody has set the clock back.
    check(
        "2026-11-30T09:00:00Z",
        "2026-11-30T08:15:10Z",
        "2026-11-30T08:15:00Z",
        "2026-11-30T08:17:00Z",
    );
}

#[test]
fn a_list_is_asked_for_as_its_resource_is_documented() {
    let asked = Asked {
        object: "Opportunity",
        list: List::Deleted,
        window: Window::new(at("2026-11-30T08:15:20Z"), at("2026-11-30T08:15:50Z")),
    };
    assert_eq!(
        asked.url("v62.0"),
        "/services/data/v62.0/sobjects/Opportunity/deleted/?start=2026-11-30T08%3A15%3A00%2B00%3A00\
         &end=2026-11-30T08%3A17%3A00%2B00%3A00"
    );
}

#[test]
fn a_list_tells_whether_something_changed_and_until_when_it_is_whole() {
    let window = Window::new(at("2026-11-30T08:15:20Z"), at("2026-11-30T08:15:50Z"));
    let check = |status: u16, body: Value, expected: Told| {
        let part = Part {
            reference_id: reference(0),
            http_status_code: status,
            body: body.clone(),
        };
        assert_eq!(part.told(window), expected, "{body}");
    };
    let known = |has_changes| Told::Known {
        has_changes,
        until: at("2026-11-30T08:15:00Z"),
    };
    let covered = "2026-11-30T08:15:00.000+0000";
    check(
        200,
        json!({ "ids": [], "latestDateCovered": covered }),
        known(false),
    );
    check(
        200,
        json!({ "ids": ["0065g00000000aBAAQ"], "latestDateCovered": covered }),
        known(true),
    );
    let deleted = |records: Value, earliest: &str| json!({ "deletedRecords": records, "latestDateCovered": covered, "earliestDateAvailable": earliest });
    let one = json!([{ "id": "0065g00000000aBAAQ", "deletedDate": "2026-11-30T08:15:31.000+0000" }]);
    check(
        200,
        deleted(json!([]), "2026-10-31T08:15:00.000+0000"),
        known(false),
    );
    check(200, deleted(one, "2026-10-31T08:15:00.000+0000"), known(true));
    // What was deleted before that is forgotten: something may have been.
    check(
        200,
        deleted(json!([]), "2026-11-30T08:15:31.000+0000"),
        known(true),
    );

    let refused = |reason: &str| Told::Refused(reason.to_owned());
    check(
        200,
        json!({ "latestDateCovered": covered }),
        refused("the list is not Salesforce's"),
    );
    check(
        200,
        json!({ "ids": [], "latestDateCovered": "soon" }),
        refused("the list does not say until when it is whole"),
    );
    let error = |code: &str| json!([{ "errorCode": code, "message": "no" }]);
    check(404, error("NOT_FOUND"), refused("404 NOT_FOUND: no"));
    check(500, Value::Null, refused("500 : no reason given"));
    for code in ["INVALID_REPLICATION_DATE", "EXCEEDED_ID_LIMIT"] {
        check(400, error(code), Told::Lost(format!("400 {code}: no")));
    }
}

#[test]
fn where_every_list_is_refused_nothing_is_told() {
    let refused = || Told::Refused("403 API_DISABLED_FOR_ORG: no".to_owned());
    let lost = || Told::Lost("400 INVALID_REPLICATION_DATE: no".to_owned());
    let error = some(vec![refused(), refused()]).unwrap_err();
    assert!(matches!(error, CrmError::Refused(reason) if reason.contains("API_DISABLED_FOR_ORG")));
    assert_eq!(some(vec![refused(), lost()]).unwrap(), [refused(), lost()]);
}
