/** An upload that is there: described anew, or deleted. */
import { useSignal } from '@preact/signals';
import { patch, remove, type DocumentRow, type Job } from '../api';
import { Dialog } from '../dialog';
import { add, news } from '../intake';
import { changesTo, statedIn } from '../statements';
import { StatementFields } from './statement-fields';

interface EditProps {
  row: DocumentRow;
  documents: DocumentRow[];
  onClosed(): void;
}

export function Edit({ row, documents, onClosed }: EditProps) {
  const wrong = useSignal({ field: '', problem: '' });
  const saving = useSignal(false);
  const submit = async (event: SubmitEvent, close: () => void) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    if (saving.value) return;
    const stated = statedIn(new FormData(form));
    if ('problem' in stated) {
      wrong.value = stated;
      return form.querySelector<HTMLElement>(`[name="${stated.field}"]`)?.focus();
    }
    const changes = changesTo(row, stated.said);
    if (Object.keys(changes).length === 0) return close();
    saving.value = true;
    try {
      add(await patch<Job>(addressOf(row), changes));
      news.value = 'Saved. It holds as soon as the document has been taken in again.';
      close();
    } catch (error) {
      wrong.value = { field: '', problem: (error as Error).message };
    }
    saving.value = false;
  };
  return (
    <Dialog title="Edit document" onClosed={onClosed}>
      {(close) => (
        <form onSubmit={(event) => submit(event, close)} noValidate>
          <p>
            <strong>{row.title || row.path}</strong>
            <small>{row.path}</small>
          </p>
          <p class="note">
            Its text stays as it is, so nothing is embedded again. A field that is emptied goes back to what the file
            says of itself.
          </p>
          <StatementFields
            row={row}
            paths={documents.filter((other) => other.id !== row.id).map((other) => other.path)}
            wrong={wrong.value.field}
          />
          <div class="answer">
            <p class="bad" role="alert">
              {wrong.value.problem}
            </p>
            <button type="button" onClick={close}>
              Close
            </button>
            <button type="submit" class="primary">
              {saving.value ? 'Saving…' : 'Save'}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

interface DeleteProps {
  row: DocumentRow;
  onDeleted(): void;
  onClosed(): void;
}

export function Delete({ row, onDeleted, onClosed }: DeleteProps) {
  const problem = useSignal('');
  const deleting = useSignal(false);
  const go = async (close: () => void) => {
    if (deleting.value) return;
    deleting.value = true;
    try {
      await remove(addressOf(row));
      close();
      onDeleted();
    } catch (error) {
      problem.value = (error as Error).message;
    }
    deleting.value = false;
  };
  return (
    <Dialog title="Delete this document?" onClosed={onClosed}>
      {(close) => (
        <>
          <p>
            <strong>{row.title || row.path}</strong>
            <small>{row.path}</small>
          </p>
          <p class="note">Nobody finds it from that moment on, and its file is deleted. This cannot be undone.</p>
          <div class="answer">
            <p class="bad" role="alert">
              {problem}
            </p>
            <button type="button" onClick={close}>
              Keep it
            </button>
            <button type="button" class="danger" onClick={() => go(close)}>
              {deleting.value ? 'Deleting…' : 'Delete'}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

function addressOf(row: DocumentRow): string {
  return `/api/documents/${encodeURIComponent(row.id)}`;
}
