/** What the assistant knows: each document, who may see it, when it holds, and why it failed if it did. */
import { instantInWords } from '../../shared/format';
import type { Catalog, DocumentRow } from '../api';
import { Resource } from '../resource';
import { Status } from '../status';
import { Table, type Column } from '../table';
import { audienceInWords, capital, inForce, standingOf } from '../words';

export default function Documents() {
  return (
    <Resource<Catalog> path="/api/documents">
      {({ documents, today = new Date().toISOString().slice(0, 10) }) => (
        <Table
          caption="Documents"
          noun="document"
          columns={columns(today)}
          rows={[...documents.filter(isFailed), ...documents.filter((row) => !isFailed(row))]}
          id={(row) => row.id}
          only={{ label: 'Only failed', test: isFailed }}
          empty={
            <>
              <p>No documents yet.</p>
              <p>
                Stop the service, read some in with <code>liaison ingest FOLDER</code>, and start it again.
              </p>
            </>
          }
        />
      )}
    </Resource>
  );
}

function columns(today: string): Column<DocumentRow>[] {
  return [
    {
      name: 'Document',
      text: (row) => `${row.title} ${row.path} ${row.reason ?? ''}`,
      view: (row) => (
        <>
          <strong>{row.title || row.path}</strong>
          {row.title && <small>{row.path}</small>}
          {row.reason && <small class="bad">{capital(row.reason)}.</small>}
        </>
      ),
    },
    {
      name: 'Audience',
      text: (row) => `${audienceInWords(row.audience).join(' ')} ${row.audience}`,
      view: (row) => <Lines lines={audienceInWords(row.audience)} />,
      fit: 'line',
    },
    {
      name: 'Status',
      text: (row) => [standingOf(row, today).text, ...inForce(row)].join(' '),
      view: (row) => (
        <>
          <Status {...standingOf(row, today)} />
          {inForce(row).map((line) => (
            <small key={line}>{line}</small>
          ))}
        </>
      ),
      fit: 'line',
    },
    { name: 'Passages', text: (row) => String(row.passages), fit: 'number' },
    { name: 'Read', text: (row) => instantInWords(row.ingested_at ?? '', 'en-GB'), fit: 'line' },
  ];
}

function isFailed(row: DocumentRow): boolean {
  return row.status === 'failed';
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
