/** Hand-overs: conversations that wait for a person; one of them when it is named. */
import { instantInWords } from '../../shared/format';
import type { HandoffRow } from '../api';
import { Resource } from '../resource';
import { detail } from '../route';
import { Status } from '../status';
import { Table, type Column } from '../table';
import { deliveryOf, stateOf } from '../words';
import { HandoffView } from './handoff';

const columns: Column<HandoffRow>[] = [
  {
    name: 'Partner',
    text: (row) => `${row.partner.name} ${row.subject}`,
    view: (row) => (
      <a href={`#/handoffs/${encodeURIComponent(row.id)}`}>
        <strong>{row.partner.name}</strong>
        <small>{row.subject}</small>
      </a>
    ),
  },
  {
    name: 'State',
    text: (row) => stateOf(row).text,
    view: (row) => <Status {...stateOf(row)} />,
    fit: 'line',
  },
  { name: 'Manager', text: (row) => row.manager.name || 'nobody in the CRM' },
  {
    name: 'E-mail',
    text: (row) => deliveryOf(row).text,
    view: (row) => (
      <>
        <Status {...deliveryOf(row)} />
        {row.delivery.reason && <small>{row.delivery.reason}</small>}
      </>
    ),
    fit: 'words',
  },
  {
    name: 'Last written',
    text: (row) => instantInWords(row.updated_at, 'en-GB'),
    view: (row) => (
      <>
        {instantInWords(row.updated_at, 'en-GB')}
        <small>asked {instantInWords(row.opened_at, 'en-GB')}</small>
      </>
    ),
    fit: 'line',
  },
];

export default function Handoffs() {
  const id = detail.value;
  if (id) return <HandoffView key={id} id={id} />;
  return (
    <Resource<{ handoffs: HandoffRow[] }> path="/api/handoffs">
      {({ handoffs }) => (
        <Table
          caption="Hand-overs"
          noun="hand-over"
          columns={columns}
          rows={handoffs}
          id={(row) => row.id}
          only={[
            { label: 'Waiting for an answer', test: (row) => row.state === 'open' },
            { label: 'E-mail failed', test: (row) => row.delivery.state === 'failed' },
          ]}
          empty={
            <>
              <p>No partner has asked for a person yet.</p>
              <p>
                They are offered one when a question is declined, when they ask for one, and after two answers that
                did not help. With <code>[mail]</code> in the settings their manager is told by e-mail.
              </p>
            </>
          }
        />
      )}
    </Resource>
  );
}
