/** Requests: what partners have consented to and the vendor decides; one of them when it is named. */
import { instantInWords } from '../../shared/format';
import type { RequestRow } from '../api';
import { dueInWords, isWaiting, kindInWords, standingOf } from '../request-words';
import { Resource } from '../resource';
import { detail } from '../route';
import { Status } from '../status';
import { Table, type Column } from '../table';
import { capital, counted } from '../words';
import { RequestView } from './request';

const now = () => Date.now();

const columns: Column<RequestRow>[] = [
  {
    name: 'Request',
    text: (row) => `${kindInWords(row)} ${row.summary}`,
    view: (row) => (
      <>
        <a href={`#/requests/${encodeURIComponent(row.id)}`}>
          <strong>{row.summary}</strong>
          <small>{kindInWords(row)}</small>
        </a>
        <Marks row={row} />
      </>
    ),
  },
  { name: 'Partner', text: (row) => row.partner_name },
  {
    name: 'State',
    text: (row) => `${standingOf(row).text} ${dueInWords(row, now())}`,
    view: (row) => (
      <>
        <Status {...standingOf(row)} />
        <small class={row.is_overdue ? 'bad' : undefined}>{capital(dueInWords(row, now()))}</small>
      </>
    ),
    fit: 'line',
  },
  { name: 'Manager', text: (row) => row.assignee?.name || 'nobody in the CRM' },
  {
    name: 'Submitted',
    text: (row) => (row.submitted_at ? instantInWords(row.submitted_at, 'en-GB') : ''),
    fit: 'line',
  },
];

/** What deserves a look before anything is decided. */
function Marks({ row: { conflicts, checked, is_written } }: { row: RequestRow }) {
  return (
    <>
      {conflicts.length > 0 && <small class="warn">{counted(conflicts.length, 'possible conflict')}</small>}
      {!checked && <small class="warn">Not checked for conflicts</small>}
      {!is_written && <small class="warn">Not in the CRM yet</small>}
    </>
  );
}

export default function Requests() {
  const id = detail.value;
  if (id) return <RequestView key={id} id={id} />;
  return (
    <Resource<{ requests: RequestRow[] }> path="/api/requests">
      {({ requests }) => (
        <Table
          caption="Requests"
          noun="request"
          columns={columns}
          rows={requests}
          id={(row) => row.id}
          only={[
            { label: 'Waiting for a decision', test: isWaiting },
            { label: 'Overdue', test: (row) => row.is_overdue },
            { label: 'With conflicts', test: (row) => row.conflicts.length > 0 },
          ]}
          empty={
            <>
              <p>No partner has asked for anything yet.</p>
              <p>
                The assistant proposes to register a deal, to extend a protection or to request marketing funds; what a
                partner confirms is written to the CRM and waits here for a decision.
              </p>
            </>
          }
        />
      )}
    </Resource>
  );
}
