/** The partners as the CRM knows them. */
import type { PartnerRow } from '../api';
import { Resource } from '../resource';
import { Table, type Column } from '../table';
import { capital } from '../words';

const columns: Column<PartnerRow>[] = [
  { name: 'Partner', text: (row) => row.name, view: (row) => <strong>{row.name}</strong> },
  { name: 'Tier', text: (row) => capital(row.tier) },
  { name: 'Type', text: (row) => capital(row.type) },
  { name: 'Region', text: (row) => row.region.toUpperCase() },
  { name: 'Id', text: (row) => row.id, view: (row) => <code>{row.id}</code> },
  {
    name: 'Content',
    text: () => '',
    view: (row) => (
      <a href={`#/one-pagers/${encodeURIComponent(row.id)}`} aria-label={`Draft a one-pager for ${row.name}`}>
        Draft a one-pager
      </a>
    ),
    fit: 'line',
  },
];

export default function Partners() {
  return (
    <Resource<PartnerRow[]> path="/api/partners">
      {(partners) => (
        <Table
          caption="Partners"
          noun="partner"
          columns={columns}
          rows={partners}
          id={(row) => row.id}
          empty={
            <>
              <p>The CRM has no partners.</p>
              <p>
                Check it with <code>liaison doctor</code>, or load the sample with <code>liaison seed --crm</code>.
              </p>
            </>
          }
        />
      )}
    </Resource>
  );
}
