//! Tables of PDFs whose cells go over several lines: the engine sees lines, and gives a row for each.

use super::table::is_value;

/// The rows of a table, each with the lines that go on from it.
pub(super) fn rejoined(lines: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in lines {
        let is_under_header = rows.len() == 1;
        match rows.last_mut() {
            Some(row) if goes_on(row, line, is_under_header) => join(row, line),
            _ => rows.push(line.clone()),
        }
    }
    rows
}

/// Whether a line goes on from the row above it. It says something only where that row does, not everywhere, and
/// starts in the middle of a sentence; or, under a header, it leaves the first name alone and holds no value.
fn goes_on(row: &[String], line: &[String], is_under_header: bool) -> bool {
    let said = || line.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
    let is_partial = said().count() < line.len().max(row.len()) && said().count() > 0;
    let is_below = said().all(|(at, _)| row.get(at).is_some_and(|above| !above.is_empty()));
    // Below a single word stands another value rather than the rest of it, unless it names the row.
    let can_go_on = |at: usize| at == 0 || row.get(at).is_some_and(|above| above.contains(' '));
    let is_mid_sentence = said().all(|(at, cell)| cell.starts_with(char::is_lowercase) && can_go_on(at));
    let divides_names = is_under_header
        && line.first().is_some_and(String::is_empty)
        && row.iter().chain(line).all(|cell| !is_value(cell));
    is_partial && is_below && (is_mid_sentence || divides_names)
}

fn join(row: &mut [String], line: &[String]) {
    for (cell, more) in row.iter_mut().zip(line).filter(|(_, more)| !more.is_empty()) {
        cell.push(' ');
        cell.push_str(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &[&[&str]], expected: &[&[&str]]) {
        let own = |rows: &[&[&str]]| -> Vec<Vec<String>> {
            let cells = |row: &&[&str]| row.iter().map(ToString::to_string).collect();
            rows.iter().map(cells).collect()
        };
        assert_eq!(rejoined(&own(lines)), own(expected));
    }

    #[test]
    fn cells_that_are_wrapped_are_whole_again() {
        check(
            &[
                &["Tier", "Revenue in", "Revenue in", "Deals"],
                &["", "EUR", "USD", ""],
                &["Gold", "300,000", "330,000", "5"],
            ],
            &[
                &["Tier", "Revenue in EUR", "Revenue in USD", "Deals"],
                &["Gold", "300,000", "330,000", "5"],
            ],
        );
        check(
            &[
                &["Benefit", "Silver", "Gold"],
                &["Leads passed on", "No", "Yes, first"],
                &["by the vendor", "", "choice"],
                &["Support", "", ""],
            ],
            &[
                &["Benefit", "Silver", "Gold"],
                &["Leads passed on by the vendor", "No", "Yes, first choice"],
                &["Support", "", ""],
            ],
        );
    }

    #[test]
    fn rows_of_their_own_stay() {
        for rows in [
            // A row under a group of rows, and one of small words throughout.
            &[&["Region", "Rate"][..], &["Nordics", "7 %"], &["", "8 %"]],
            &[&["key", "meaning"][..], &["tier", "level"], &["type", "motion"]],
            &[&["Tier", ""][..], &["Gold", "yes"], &["", "no"]],
        ] {
            check(rows, rows);
        }
    }
}
