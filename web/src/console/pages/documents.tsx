/** What the assistant knows: each document, who may see it, when it holds, and why it failed if it did. */
import { instantInWords } from '../../shared/format';
import type { DocumentRow } from '../api';
import { Resource } from '../resource';
import { Status } from '../status';
import { Table, type Column } from '../table';

const columns: Column<DocumentRow>[] = [
  {
    name: 'Document',
    text: (row) => `${row.title} ${row.path} ${row.reason ?? ''}`,
    view: (row) => (
      <>
        <strong>{row.title || row.path}</strong>
        {row.title && <small>{row.path}</small>}
        {row.reason && <small class="bad">{row.reason}</small>}
      </>
    ),
  },
  { name: 'Audience', text: (row) => row.audience },
  {
    name: 'In force',
    text: (row) => inForce(row).join(' '),
    view: (row) => <Lines lines={inForce(row)} />,
    fit: 'line',
  },
  {
    name: 'Status',
    text: (row) => row.status,
    view: (row) => <Status kind={kindOf(row.status)} text={row.status} />,
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

function inForce({ effective_from: from, effective_until: until }: DocumentRow): string[] {
  const lines = [from ? `from ${from}` : '', until ? `until ${until}` : ''].filter(Boolean);
  return lines.length > 0 ? lines : ['always'];
}

function Lines({ lines }: { lines: string[] }) {
  return (
    <>
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </>
  );
}

function kindOf(status: string): 'good' | 'bad' | 'quiet' {
  if (status === 'failed') return 'bad';
  return ['searchable', 'ready', 'indexed', 'ok'].includes(status) ? 'good' : 'quiet';
}
