//! What a CRM really holds of what is mapped: its live schema, how many records, and what does not fit.

use super::{
    Certification, Commission, Crm, CrmError, DealRegistration, MdfClaim, MdfFund, Opportunity,
    OpportunityChange, Partner, Read, ReferralActivity, Row, Whose,
    claims::Account,
    fields::{
        ACCOUNTS, COMMISSIONS, Column, DEAL_REGISTRATIONS, MDF_CLAIMS, MDF_FUNDS, OPPORTUNITIES,
        OPPORTUNITY_CHANGES, PARTNERS, Table,
    },
    mapping::{FieldMapping, Mapping, TableMapping},
    row::{Record, typed},
};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// Most records of a table that are named as wrong; the rest is counted.
const NAMED: usize = 3;

/// Whether a row is what its table's records are.
type Readable = fn(&Row) -> Result<(), CrmError>;

/// The tables of a CRM, those first that others point to.
const READABLE: [(&Table, Readable); 10] = [
    readable::<Partner>(),
    readable::<Opportunity>(),
    readable::<OpportunityChange>(),
    readable::<DealRegistration>(),
    readable::<Commission>(),
    readable::<Certification>(),
    readable::<MdfFund>(),
    readable::<MdfClaim>(),
    readable::<ReferralActivity>(),
    readable::<Account>(),
];

const fn readable<T: Record>() -> (&'static Table, Readable) {
    (T::TABLE, |row| typed::<T>(row).map(drop))
}

/// What was found of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Our name for it.
    pub table: &'static str,
    /// The CRM's; nothing where it has none such.
    pub object: Option<String>,
    /// How many records of partners there are, or of accounts; nothing where they cannot be read.
    pub records: Option<usize>,
    /// Its columns with the CRM's names for them.
    pub columns: Vec<CheckedColumn>,
    /// What somebody has to see to.
    pub problems: Vec<String>,
    /// What is as it may be, but worth knowing.
    pub notes: Vec<String>,
    /// What stands against writing to it; nothing where it is never written to.
    pub obstacles: Option<Vec<String>>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedColumn {
    /// Our name for it.
    pub column: &'static str,
    /// The CRM's; nothing where it is not mapped.
    pub field: Option<String>,
    /// In how many records it is filled.
    pub filled: usize,
}

/// Looks at every table that a CRM has for us, without writing anything.
pub async fn check(crm: &dyn Crm, mapping: &Mapping) -> Vec<Checked> {
    let mut checked = Vec::new();
    let mut ids: HashMap<&'static str, BTreeSet<String>> = HashMap::new();
    for (table, readable) in READABLE {
        let (mut report, rows) = table_report(crm, table, mapping.table(table)).await;
        let known = rows.iter().filter_map(|row| Some(row.get("id")?.to_owned()));
        ids.insert(table.name, known.collect());
        let unreadable = unreadable(rows.iter().filter_map(|row| readable(row).err()));
        match table == &ACCOUNTS {
            // Nobody keeps all organisations in order: the others are compared all the same.
            true => report.notes.extend(unreadable),
            false => report.problems.extend(unreadable),
        }
        report.problems.extend(strays(table, &rows, &ids));
        checked.push(report);
    }
    checked
}

async fn table_report(
    crm: &dyn Crm,
    table: &'static Table,
    mapped: Option<&TableMapping>,
) -> (Checked, Vec<Row>) {
    let mut report = Checked {
        table: table.name,
        object: mapped.map(|mapped| mapped.object.clone()),
        records: None,
        columns: Vec::new(),
        problems: Vec::new(),
        notes: Vec::new(),
        obstacles: None,
    };
    let Some(mapped) = mapped else {
        report
            .notes
            .push("the CRM has none: questions about it are answered with that".to_owned());
        return (report, Vec::new());
    };
    match crm.schema(table).await {
        Ok(Some(known)) => report.problems.extend(missing(table, mapped, &known)),
        Ok(None) => {}
        Err(error) => report.problems.push(said(&error)),
    }
    let rows = match crm.read(table, Whose::Everybody).await {
        Ok(read) => of_partners(table, read, &mut report),
        Err(error) => {
            report.problems.push(said(&error));
            Vec::new()
        }
    };
    if report.problems.is_empty() {
        report.records = Some(rows.len());
    }
    if table.written().next().is_some() {
        report.obstacles = Some(match crm.obstacles(table).await {
            Ok(obstacles) => obstacles,
            Err(error) => vec![said(&error)],
        });
    }
    for column in table.open() {
        let field = mapped.fields.get(column.name);
        if field.is_none() {
            let told = format!("{} is not mapped", column.name);
            match column.optional {
                true => report.notes.push(told),
                false => report
                    .problems
                    .push(format!("{told}, and no record can be without it")),
            }
        }
        report.columns.push(CheckedColumn {
            column: column.name,
            field: field.map(described),
            filled: rows.iter().filter(|row| row.get(column.name).is_some()).count(),
        });
    }
    (report, rows)
}

/// What is partners' of everybody's rows. Of direct sales' own no field has to be filled.
fn of_partners(table: &'static Table, read: Read, report: &mut Checked) -> Vec<Row> {
    let Some(owner) = table.owner else {
        report
            .notes
            .extend(unreadable(read.slips.into_iter().map(|slip| slip.problem)));
        return read.rows;
    };
    let slips = read.slips.into_iter().filter(|slip| slip.owner.is_some());
    report.problems.extend(unreadable(slips.map(|slip| slip.problem)));
    let (own, direct): (Vec<Row>, Vec<Row>) = read.rows.into_iter().partition(|row| row.get(owner).is_some());
    if !direct.is_empty() {
        report
            .notes
            .push(format!("{} more records belong to no partner", direct.len()));
    }
    own
}

/// Fields that are mapped and not in the CRM.
fn missing(table: &'static Table, mapped: &TableMapping, known: &BTreeSet<String>) -> Vec<String> {
    let gone = |(column, field): (&Column, &FieldMapping)| {
        let name = field.field.as_deref().filter(|_| field.of.is_none())?;
        // What is reached through a relation begins with the relation's name.
        let first = name.split('.').next().unwrap_or(name);
        let is_there = known.contains(name) || known.contains(first);
        (!is_there).then(|| {
            format!(
                "{} is to be {name}, which {} does not have",
                column.name, mapped.object
            )
        })
    };
    mapped.open(table).filter_map(gone).collect()
}

/// The first of what is wrong with records, and how many more there are.
fn unreadable(problems: impl Iterator<Item = impl ToString>) -> Vec<String> {
    let mut problems: Vec<String> = problems.map(|problem| problem.to_string()).collect();
    let more = problems.len().saturating_sub(NAMED);
    problems.truncate(NAMED);
    if more > 0 {
        problems.push(format!("and {more} more records like that"));
    }
    problems
}

/// Records that point to what is not there, and ids that several have.
fn strays(table: &'static Table, rows: &[Row], ids: &HashMap<&'static str, BTreeSet<String>>) -> Vec<String> {
    let mut problems = Vec::new();
    let distinct: BTreeSet<&str> = rows.iter().filter_map(|row| row.get("id")).collect();
    let twice = rows.iter().filter(|row| row.get("id").is_some()).count() - distinct.len();
    if twice > 0 {
        problems.push(format!("{twice} records have an id that another one has"));
    }
    let mut point = |column: &str, to: &'static Table| {
        let known = ids.get(to.name);
        let astray = rows
            .iter()
            .filter_map(|row| row.get(column))
            .filter(|id| known.is_some_and(|known| !known.contains(*id)))
            .count();
        if astray > 0 {
            problems.push(format!(
                "{astray} records have a {column} that is none of the {}",
                to.name
            ));
        }
    };
    if table != &PARTNERS && table.owner.is_some() {
        point("partner_id", &PARTNERS);
    }
    if [&DEAL_REGISTRATIONS, &COMMISSIONS, &OPPORTUNITY_CHANGES].contains(&table) {
        point("opportunity_id", &OPPORTUNITIES);
    }
    if table == &MDF_CLAIMS {
        point("fund_id", &MDF_FUNDS);
    }
    problems
}

fn described(field: &FieldMapping) -> String {
    match (&field.field, &field.of, &field.value) {
        (Some(name), Some(of), _) => format!("{name} of {of}"),
        (Some(name), None, _) => name.clone(),
        (None, _, Some(value)) => format!("always {value:?}"),
        (None, _, None) => String::new(),
    }
}

fn said(error: &CrmError) -> String {
    let error = error as &dyn std::error::Error;
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
