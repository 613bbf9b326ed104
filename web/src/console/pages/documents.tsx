/** What the assistant knows: each document, who may see it, when it holds, who answers for it, and what is on its way. */
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { instantInWords } from '../../shared/format';
import type { Catalog, DocumentRow } from '../api';
import { dropped, joined, type Chosen } from '../files';
import { ended, news } from '../intake';
import { Resource } from '../resource';
import { Status } from '../status';
import { Table, type Column } from '../table';
import { audienceInWords, capital, counted, inForce, isOverdue, reviewInWords, sentence, standingOf } from '../words';
import { Delete, Edit } from './describe';
import { OnItsWay } from './on-its-way';
import { Upload } from './upload';

export default function Documents() {
  const deleted = useSignal(0);
  return (
    <Resource<Catalog> path="/api/documents" version={ended.value + deleted.value}>
      {(catalog, put) => (
        <Shelf
          catalog={catalog}
          onDeleted={(gone) => {
            put({ ...catalog, documents: catalog.documents.filter((row) => row.id !== gone.id) });
            news.value = `${gone.path} is deleted.`;
            // Which also tells whether a document that it had replaced holds again.
            deleted.value += 1;
            // The button that had the focus is gone with its row.
            document.querySelector('h1')?.focus({ preventScroll: true });
          }}
        />
      )}
    </Resource>
  );
}

type Asking = { about: 'nothing' | 'files' } | { about: 'edit' | 'delete'; row: DocumentRow };

function Shelf({ catalog, onDeleted }: { catalog: Catalog; onDeleted(row: DocumentRow): void }) {
  const { documents, today } = catalog;
  const asking = useSignal<Asking>({ about: 'nothing' });
  const chosen = useSignal<Chosen[]>([]);
  const over = useDrop((files) => {
    // Somebody is about to save something else.
    if ('row' in asking.value) return;
    chosen.value = joined(chosen.value, files);
    asking.value = { about: 'files' };
  });
  const done = () => (asking.value = { about: 'nothing' });
  const now = asking.value;
  const upload = (
    <button type="button" class="primary" onClick={() => (asking.value = { about: 'files' })}>
      Upload documents
    </button>
  );
  return (
    <>
      {documents.length > 0 && <div class="above">{upload}</div>}
      <OnItsWay documents={documents} />
      <Table
        caption="Documents"
        noun="document"
        columns={columns(today, (asked) => (asking.value = asked))}
        rows={[...documents.filter(isFailed), ...documents.filter((row) => !isFailed(row))]}
        id={(row) => row.id}
        only={[
          { label: 'Only failed', test: isFailed },
          { label: 'Overdue for review', test: (row) => isOverdue(row, today) },
        ]}
        empty={<Nothing upload={upload} />}
      />
      {over.value && <div class="drop">Drop to upload</div>}
      {now.about === 'files' && (
        <Upload
          chosen={chosen.value}
          documents={documents}
          onChosen={(more) => (chosen.value = joined(chosen.value, more))}
          onTakenOff={(path) => (chosen.value = chosen.value.filter((one) => one.path !== path))}
          onClosed={() => {
            chosen.value = [];
            done();
          }}
        />
      )}
      {now.about === 'edit' && <Edit row={now.row} documents={documents} onClosed={done} />}
      {now.about === 'delete' && <Delete row={now.row} onDeleted={() => onDeleted(now.row)} onClosed={done} />}
    </>
  );
}

function Nothing({ upload }: { upload: preact.ComponentChildren }) {
  return (
    <>
      <p>No documents yet. Drop files or a folder here, or choose them:</p>
      <p>{upload}</p>
      <p>
        A running service follows the folders that <code>liaison.toml</code> names under <code>[ingest] folders</code>.
        While it is stopped, <code>liaison ingest FOLDER</code> reads one in.
      </p>
    </>
  );
}

/** Lets files be dropped anywhere on the page; whether some are held over it. */
function useDrop(take: (files: Chosen[]) => void) {
  const over = useSignal(false);
  useEffect(() => {
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const moved = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      over.value = true;
    };
    const left = (event: DragEvent) => event.relatedTarget === null && (over.value = false);
    const fell = (event: DragEvent) => {
      if (!holdsFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      over.value = false;
      dropped(event.dataTransfer).then(take, () => (news.value = 'What was dropped could not be read.'));
    };
    addEventListener('dragover', moved);
    addEventListener('dragleave', left);
    addEventListener('drop', fell);
    return () => {
      removeEventListener('dragover', moved);
      removeEventListener('dragleave', left);
      removeEventListener('drop', fell);
    };
  }, []);
  return over;
}

function columns(today: string, ask: (asked: Asking) => void): Column<DocumentRow>[] {
  return [
    {
      name: 'Document',
      text: (row) => [row.title, row.path, row.reason, ...row.notices].join(' '),
      view: (row) => (
        <>
          <strong>{row.title || row.path}</strong>
          {row.title && <small>{row.path}</small>}
          {row.reason && <small class="bad">{sentence(row.reason)}</small>}
          <Notices lines={row.notices} />
        </>
      ),
    },
    {
      name: 'Audience',
      text: (row) => `${audienceInWords(row.audience).join(' ')} ${row.audience}`,
      view: (row) => <Lines lines={audienceInWords(row.audience)} />,
      fit: 'words',
    },
    {
      name: 'Status',
      text: (row) => [standingOf(row, today).text, ...inForce(row, today)].join(' '),
      view: (row) => (
        <>
          <Status {...standingOf(row, today)} />
          {inForce(row, today).map((line) => (
            <small key={line}>{line}</small>
          ))}
        </>
      ),
      fit: 'words',
    },
    {
      name: 'Owner',
      text: (row) => `${row.owner ?? ''} ${reviewInWords(row, today)}`,
      view: (row) => (
        <>
          <Owner name={row.owner ?? '—'} />
          {row.review_by && (
            <small class={isOverdue(row, today) ? 'bad' : undefined}>{capital(reviewInWords(row, today))}</small>
          )}
        </>
      ),
      fit: 'words',
    },
    {
      name: 'Read',
      text: (row) => `${counted(row.passages, 'passage')} ${instantInWords(row.ingested_at, 'en-GB')}`,
      view: (row) => (
        <>
          {counted(row.passages, 'passage')}
          <small>{instantInWords(row.ingested_at, 'en-GB')}</small>
        </>
      ),
      fit: 'line',
    },
    {
      name: 'Change',
      text: (row) => (row.is_upload ? '' : 'from a folder'),
      view: (row) =>
        row.is_upload ? (
          <div class="row-tools">
            <button type="button" aria-label={`Edit ${row.path}`} onClick={() => ask({ about: 'edit', row })}>
              Edit
            </button>
            <button type="button" aria-label={`Delete ${row.path}`} onClick={() => ask({ about: 'delete', row })}>
              Delete
            </button>
          </div>
        ) : (
          <small>From a folder</small>
        ),
      fit: 'line',
    },
  ];
}

function isFailed(row: DocumentRow): boolean {
  return row.status === 'failed';
}

/** So many notices are shown at once: a workbook may have one for each of its sheets. */
const NOTICES = 2;

function Notices({ lines }: { lines: string[] }) {
  const said = lines.map((line, at) => (
    <small key={line} class="warn">
      {at === 0 && 'Read, but: '}
      {sentence(line)}
    </small>
  ));
  return (
    <>
      {said.slice(0, NOTICES)}
      {said.length > NOTICES && (
        <details class="warn">
          <summary>{said.length - NOTICES} more</summary>
          {said.slice(NOTICES)}
        </details>
      )}
    </>
  );
}

/** Often an address: it would push the last column out of sight if it did not break, before `@` or a dot. */
function Owner({ name }: { name: string }) {
  return (
    <>
      {name.split(/(?=[@.])/).map((part) => (
        <>
          <wbr />
          {part}
        </>
      ))}
    </>
  );
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
