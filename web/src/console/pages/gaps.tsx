/** Gaps: what partners ask and the knowledge does not answer; one of them, to be answered, when it is named. */
import { instantInWords } from '../../shared/format';
import type { GapRow } from '../api';
import { Resource } from '../resource';
import { detail } from '../route';
import { Status } from '../status';
import { Table, type Column } from '../table';
import { capital, counted, decisionOf, kindsInWords } from '../words';
import { GapView } from './gap';

const columns: Column<GapRow>[] = [
  {
    name: 'Question',
    text: (row) => row.question,
    view: (row) => (
      <a href={`#/gaps/${encodeURIComponent(row.id)}`}>
        <strong>{row.question}</strong>
        <small>{capital(kindsInWords(row))}</small>
      </a>
    ),
  },
  { name: 'State', text: (row) => decisionOf(row).text, view: (row) => <Status {...decisionOf(row)} />, fit: 'line' },
  { name: 'Asked', text: (row) => String(row.count), fit: 'number' },
  {
    name: 'By',
    text: (row) => row.partners.map(({ name }) => name).join(', '),
    view: (row) => (
      <>
        {counted(row.partners.length, 'partner')}
        <small>{row.partners.map(({ name }) => name).join(', ')}</small>
      </>
    ),
    fit: 'words',
  },
  { name: 'Last asked', text: (row) => instantInWords(row.last_asked, 'en-GB'), fit: 'line' },
];

export default function Gaps() {
  const id = detail.value;
  if (id) return <GapView key={id} id={id} />;
  return (
    <Resource<{ gaps: GapRow[] }> path="/api/gaps">
      {({ gaps }) => (
        <Table
          caption="Gaps"
          noun="gap"
          columns={columns}
          rows={gaps}
          id={(row) => row.id}
          only={[{ label: 'Open', test: (row) => row.state === 'open' }]}
          empty={
            <>
              <p>No gaps: nothing was declined, voted down or handed over yet.</p>
              <p>Questions that mean the same come together here, to be answered once for all partners.</p>
            </>
          }
        />
      )}
    </Resource>
  );
}
