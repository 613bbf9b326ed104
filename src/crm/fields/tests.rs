use super::*;

#[test]
fn every_column_of_the_schema_is_decided_on() {
    let schema = [
        include_str!("../../../migrations/0001_crm.sql"),
        include_str!("../../../migrations/0006_records.sql"),
        include_str!("../../../migrations/0007_writing.sql"),
    ]
    .concat();
    for table in TABLES {
        // A table that was made anew is as it was made last.
        let start = schema.rfind(&format!("CREATE TABLE {} (", table.name)).unwrap();
        let body = schema[start..].split(");").next().unwrap();
        let columns = body
            .lines()
            .skip(1)
            .filter_map(|line| line.split_whitespace().next())
            .filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
        let adding = format!("ALTER TABLE {} ADD COLUMN ", table.name);
        let added = schema.match_indices(&adding).filter_map(|(at, _)| {
            let rest = &schema[at + adding.len()..];
            rest.split([' ', ';']).next()
        });
        let known = table.columns.iter().map(|column| column.name);
        assert!(columns.chain(added).eq(known), "{}", table.name);
    }
}

#[test]
fn what_is_closed_is_not_asked_for() {
    let open: Vec<&str> = OPPORTUNITIES.open().map(|column| column.name).collect();
    assert!(open.contains(&"next_step"));
    for closed in ["margin_bps", "discount_band", "internal_note"] {
        assert!(!open.contains(&closed), "{closed}");
    }
}

#[test]
fn what_is_written_is_decided_on_column_by_column() {
    let check = |table: &Table, expected: &str| {
        let written: Vec<&str> = table.written().map(|column| column.name).collect();
        assert_eq!(written.join(" "), expected, "{}", table.name);
        assert_eq!(table.is_made(), written.contains(&"id"), "{}", table.name);
    };
    for table in TABLES {
        match table.name {
            "opportunities" => check(table, "attribution next_step last_activity_on"),
            "deal_registrations" => check(
                table,
                "id opportunity_id customer product status submitted_on decided_on protected_until extensions reason \
                 amount_minor currency close_date domain contact contact_email need source proof",
            ),
            "mdf_claims" => check(
                table,
                "id fund_id activity amount_minor currency status submitted_on decided_on paid_on",
            ),
            _ => check(table, ""),
        }
        let owner = table.owner.and_then(|owner| table.column(owner));
        assert!(owner.is_none_or(|owner| !owner.written), "{}", table.name);
    }
}
