/** Commissions: booked amounts that the vendor's plan explains otherwise, to be looked at before they are paid. */
import type { DifferenceRow, Differences } from '../api';
import { Resource } from '../resource';
import { Table, type Column } from '../table';
import { capital, counted } from '../words';

const columns: Column<DifferenceRow>[] = [
  {
    name: 'Commission',
    text: (row) => `${row.commission} ${row.opportunity}`,
    view: (row) => (
      <>
        <code>{row.commission}</code>
        <small>of deal {row.opportunity}</small>
      </>
    ),
    fit: 'line',
  },
  { name: 'Partner', text: (row) => row.partner_name },
  { name: 'Booked', text: (row) => row.booked, fit: 'number' },
  { name: 'What differs', text: (row) => capital(row.difference) },
];

export default function Commissions() {
  return (
    <Resource<Differences> path="/api/commissions/differences">
      {({ rules, entries, differences }) => (
        <Table
          caption="Commissions that differ from the plan"
          noun="difference"
          columns={columns}
          rows={differences}
          id={(row) => row.commission}
          empty={rules === null ? <NoPlan /> : <AllAlike rules={rules} entries={entries} />}
        />
      )}
    </Resource>
  );
}

function NoPlan() {
  return (
    <>
      <p>There is no commission plan to hold booked amounts against.</p>
      <p>
        Name one in <code>program.plan</code> of <code>liaison.toml</code>; <code>liaison program check</code> reads it.
      </p>
    </>
  );
}

function AllAlike({ rules, entries }: { rules: number; entries: number }) {
  return (
    <>
      <p>
        Nothing differs: {counted(entries, 'booked amount')} {entries === 1 ? 'is' : 'are'} as the plan gives{' '}
        {entries === 1 ? 'it' : 'them'}.
      </p>
      <p>The plan has {counted(rules, 'rule')}.</p>
    </>
  );
}
