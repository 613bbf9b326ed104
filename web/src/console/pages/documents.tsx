/** What the assistant knows: each document, who may see it, when it holds, and why it failed if it did. */
import { instantInWords } from '../../shared/format';
import type { DocumentRow } from '../api';
import { Resource } from '../resource';
import { Status } from '../status';
import { Table, type Column } from '../table';

const columns: Column<DocumentRow>[] = [
  {
    name: 'Document',
    text: (row) => `${row.title} ${row.path}`,
    view: (row) => (
      <>
        <strong>{row.title || row.path}</strong>
        {row.title && <small>{row.path}</small>}
      </>
    ),
  },
  { name: 'Audience', text: (row) => row.audience },
  { name: 'In force', text: inForce, fit: 'line' },
  {
    name: 'Status',
    text: (row) => `${row.status} ${row.reason ?? ''}`,
    view: (row) => (
      <>
        <Status kind={kindOf(row.status)} text={row.status} />
        {row.reason && <small class="reason">{row.reason}</small>}
      </>
    ),
  },
  { name: 'Passages', text: (row) => String(row.passages), fit: 'number' },
  { name: 'Read', text: (row) => instantInWords(row.ingested_at ?? '', 'en-GB'), fit: 'line' },
];

export default function Documents() {
  return (
    <Resource<{ documents: DocumentRow[] }> path="/api/documents">
      {({ documents }) => (
        <Table
          caption="Documents"
          columns={columns}
          rows={documents}
          id={(row) => row.id}
          empty={
            <>
              <p>No documents yet.</p>
              <p>
                Read some in with <code>liaison ingest FOLDER</code>.
              </p>
            </>
          }
        />
      )}
    </Resource>
  );
}

function inForce({ effective_from: from, effective_until: until }: DocumentRow): string {
  if (from && until) return `${from} – ${until}`;
  if (from) return `from ${from}`;
  return until ? `until ${until}` : 'always';
}

function kindOf(status: string): 'good' | 'bad' | 'quiet' {
  if (status === 'failed') return 'bad';
  return ['ready', 'indexed', 'ok'].includes(status) ? 'good' : 'quiet';
}
