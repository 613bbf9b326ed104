/** Choosing files and saying what they are, before they are sent. */
import { useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import type { DocumentRow } from '../api';
import { Dialog } from '../dialog';
import { picked, type Chosen } from '../files';
import { news } from '../intake';
import { sendAll } from '../sending';
import { statedIn, uploadTo } from '../statements';
import { audienceInWords, counted, sizeInWords } from '../words';
import { StatementFields } from './statement-fields';

interface Props {
  chosen: Chosen[];
  documents: DocumentRow[];
  onChosen(more: Chosen[]): void;
  onTakenOff(path: string): void;
  onClosed(): void;
}

export function Upload({ chosen, documents, onChosen, onTakenOff, onClosed }: Props) {
  const wrong = useSignal({ field: '', problem: '' });
  const taken = new Map(documents.filter((row) => row.is_upload).map((row) => [row.path, row]));

  const submit = (event: SubmitEvent, close: () => void) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    if (chosen.length === 0) {
      wrong.value = { field: '', problem: 'Choose a file first.' };
      return form.querySelector('button')?.focus();
    }
    const stated = statedIn(new FormData(form));
    if ('problem' in stated) {
      wrong.value = stated;
      return form.querySelector<HTMLElement>(`[name="${stated.field}"]`)?.focus();
    }
    sendAll(chosen.map(({ file, path }) => ({ file, path, to: uploadTo(path, stated.said, taken.get(path)) })));
    news.value = `Sending ${counted(chosen.length, 'file')}.`;
    close();
  };
  return (
    <Dialog title="Upload documents" onClosed={onClosed}>
      {(close) => (
        <form onSubmit={(event) => submit(event, close)} noValidate>
          <div class="well">
            <div class="tools">
              <Picker label="Choose files" onPicked={onChosen} />
              <Picker label="Choose a folder" folder onPicked={onChosen} />
              <small>or drop them here</small>
            </div>
            <Files chosen={chosen} taken={taken} onTakenOff={onTakenOff} />
          </div>
          <fieldset>
            <legend>{chosen.length > 1 ? `About all ${chosen.length} files` : 'About the file'}</legend>
            <p class="note">What is said here goes before what a file says of itself. All of it can be left empty.</p>
            <StatementFields
              paths={chosen.length > 1 ? [] : documents.map((row) => row.path)}
              wrong={wrong.value.field}
            />
          </fieldset>
          <div class="answer">
            <p class="bad" role="alert">
              {wrong.value.problem}
            </p>
            <button type="button" onClick={close}>
              Close
            </button>
            <button type="submit" class="primary">
              {chosen.length > 0 ? `Upload ${counted(chosen.length, 'file')}` : 'Upload'}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

interface PickerProps {
  label: string;
  folder?: boolean;
  onPicked(files: Chosen[]): void;
}

/** A button that opens the browser's own choice, whose input looks different everywhere. */
function Picker({ label, folder = false, onPicked }: PickerProps) {
  const input = useRef<HTMLInputElement>(null);
  // Preact's types do not know it.
  const whole = folder ? { webkitdirectory: true } : {};
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        {...whole}
        aria-label={label}
        onChange={({ currentTarget }) => {
          onPicked(picked(currentTarget.files ?? []));
          // The same file can be chosen again after it was left out.
          currentTarget.value = '';
        }}
      />
    </>
  );
}

/** So many files are named; a folder may hold thousands. */
const NAMED = 6;

function Files({ chosen, taken, onTakenOff }: Pick<Props, 'chosen' | 'onTakenOff'> & { taken: Map<string, DocumentRow> }) {
  if (chosen.length === 0) return null;
  const replaced = chosen.filter(({ path }) => taken.has(path)).length;
  return (
    <>
      <ul class="files">
        {chosen.slice(0, NAMED).map(({ path, file }) => (
          <li key={path}>
            <span>
              {path}
              <small>
                {sizeInWords(file.size)}
                {taken.has(path) && `, ${replacing(taken.get(path))}`}
              </small>
            </span>
            <button type="button" class="plain" aria-label={`Leave out ${path}`} onClick={() => onTakenOff(path)}>
              Leave out
            </button>
          </li>
        ))}
      </ul>
      {chosen.length > NAMED && (
        <small>
          and {chosen.length - NAMED} more
          {replaced > 0 && `; ${replaced} of all replace an earlier version and keep its limited audience`}
        </small>
      )}
    </>
  );
}

function replacing(row: DocumentRow | undefined): string {
  if (!row || row.audience === 'partners') return 'a new version of what is there';
  return `a new version: stays ${audienceInWords(row.audience).join(', ')} unless you choose`;
}
