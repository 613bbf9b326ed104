/** The partners as the CRM knows them. */
import type { PartnerRow } from '../api';
import { Resource } from '../resource';
import { Table, type Column } from '../table';

const columns: Column<PartnerRow>[] = [
  { name: 'Partner', text: (row) => row.name, view: (row) => <strong>{row.name}</strong> },
  { name: 'Tier', text: (row) => row.tier, view: (row) => <span class={`tier ${row.tier}`}>{row.tier}</span> },
  { name: 'Type', text: (row) => row.type },
  { name: 'Region', text: (row) => row.region.toUpperCase() },
  { name: 'Id', text: (row) => row.id, view: (row) => <code>{row.id}</code> },
];

export default function Partners() {
  return (
    <Resource<PartnerRow[]> path="/api/partners">
      {(partners) => (
        <Table
          caption="Partners"
          columns={columns}
          rows={partners}
          id={(row) => row.id}
          empty={
            <>
              <p>The CRM has no partners.</p>
              <p>
                Check the connection with <code>liaison crm check</code>, or load the sample with{' '}
                <code>liaison seed --crm</code>.
              </p>
            </>
          }
        />
      )}
    </Resource>
  );
}
