/** What is not searchable yet, and what lately did not become so: each with how far it is and what can be done. */
import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';
import type { DocumentRow, Job } from '../api';
import { blind, cancel, jobs, news, pending, sending, worthALine, type Sending } from '../intake';
import { forget, sendAgain } from '../sending';
import { Status } from '../status';
import { counted, isFolder, isOpen, jobInWords, pendingInWords, sentence, sizeInWords } from '../words';

/** A folder of thousands would push the table out of sight. */
const LINES = 12;

export function OnItsWay({ documents }: { documents: DocumentRow[] }) {
  const dismissed = useSignal<string[]>([]);
  const lines = worthALine(jobs.value, Date.now()).filter((job) => !dismissed.value.includes(job.id));
  const leaving = sending.value;
  if (lines.length + leaving.length === 0) return null;
  const { files, folders } = pending.value;
  const searchable = new Set(documents.filter((row) => row.is_upload && row.passages > 0).map((row) => row.path));
  // What was refused comes first and is never left out: it is for the reader to act on.
  const sends = [...leaving].sort((a, b) => Number(b.stage === 'refused') - Number(a.stage === 'refused'));
  const named = sends.slice(0, Math.max(LINES, sends.filter((one) => one.stage === 'refused').length));
  const shown = lines.slice(0, LINES);
  const more = sends.length - named.length + lines.length - shown.length;
  const unsent = leaving.filter(isUnsent).length;
  const stop = () => {
    forget(isUnsent);
    news.value = 'Sending was stopped.';
  };
  return (
    <section class="intake" aria-labelledby="on-its-way">
      <div class="head">
        <div>
          <h2 id="on-its-way">On its way</h2>
          <p class="note">
            {files + folders > 0 ? `${pendingInWords(files, folders)}.` : 'Nothing is under way any more.'}
          </p>
        </div>
        {unsent > 1 && (
          <button type="button" onClick={stop}>
            Stop sending ({unsent} left)
          </button>
        )}
      </div>
      {blind.value && <p class="bad">What you see here may be out of date. {blind}</p>}
      <ul>
        {named.map((one) => (
          <SendingLine key={one.key} one={one} />
        ))}
        {shown.map((job) => (
          <JobLine
            key={job.id}
            job={job}
            searchable={searchable.has(job.path)}
            onDismissed={() => (dismissed.value = [...dismissed.value, job.id])}
          />
        ))}
      </ul>
      {more > 0 && <p class="note">and {counted(more, 'other')}</p>}
    </section>
  );
}

function isUnsent(one: Sending): boolean {
  return one.stage !== 'refused';
}

function SendingLine({ one }: { one: Sending }) {
  const refused = one.stage === 'refused';
  const text = { waiting: 'waiting to be sent', sending: `sending ${percent(one)} %`, refused: 'not taken' }[one.stage];
  return (
    <Line
      path={one.path}
      about={sizeInWords(one.bytes)}
      state={<Status kind={refused ? 'bad' : 'quiet'} text={text} />}
      bar={one.stage === 'sending' && one.bytes > 0 ? { done: one.sent, total: one.bytes } : undefined}
      why={refused ? one.why : ''}
    >
      {one.again && (
        <button type="button" aria-label={`Send ${one.path} again`} onClick={() => sendAgain(one.key)}>
          Send again
        </button>
      )}
      <button
        type="button"
        aria-label={`${refused ? 'Dismiss' : 'Cancel'} ${one.path}`}
        onClick={() => forget((other) => other.key === one.key)}
      >
        {refused ? 'Dismiss' : 'Cancel'}
      </button>
    </Line>
  );
}

function percent({ sent, bytes }: Sending): number {
  // Not 100 before the service has said that it has it.
  return bytes === 0 ? 0 : Math.min(99, Math.floor((100 * sent) / bytes));
}

interface JobProps {
  job: Job;
  /** Whether partners find a version of it now. */
  searchable: boolean;
  onDismissed(): void;
}

function JobLine({ job, searchable, onDismissed }: JobProps) {
  const asked = useSignal<'no' | 'yes' | { why: string }>('no');
  const open = isOpen(job);
  const now = jobInWords(job);
  const ask = async () => {
    if (asked.value === 'yes') return;
    asked.value = 'yes';
    try {
      await cancel(job);
    } catch (error) {
      asked.value = { why: (error as Error).message };
      news.value = `${job.path} was not cancelled. ${asked.value.why}`;
    }
  };
  const refusal = typeof asked.value === 'object' ? asked.value.why : '';
  return (
    <Line
      path={job.path}
      about={[job.bytes === null ? 'folder' : sizeInWords(job.bytes), consequence(job, searchable)].filter(Boolean).join(' · ')}
      state={open && asked.value === 'yes' ? <Status kind="quiet" text="cancelling…" /> : <Status {...now} />}
      bar={open && job.total > 0 ? job : undefined}
      why={[job.reason ? sentence(job.reason) : '', refusal && `It was not cancelled. ${refusal}`].filter(Boolean).join(' ')}
    >
      {open ? (
        <button type="button" aria-label={`Cancel ${job.path}`} aria-disabled={asked.value === 'yes'} onClick={ask}>
          Cancel
        </button>
      ) : (
        <button type="button" aria-label={`Dismiss ${job.path}`} onClick={onDismissed}>
          Dismiss
        </button>
      )}
    </Line>
  );
}

/** What a job means for what partners find meanwhile. */
function consequence(job: Job, searchable: boolean): string {
  if (isFolder(job) || job.state === 'searchable') return '';
  if (isOpen(job)) return searchable ? 'the version before stays searchable until then' : '';
  return searchable ? 'the version before stays searchable' : 'not searchable';
}

interface LineProps {
  path: string;
  about: string;
  state: ComponentChildren;
  bar: { done: number; total: number } | undefined;
  /** What went wrong. */
  why: string;
  children: ComponentChildren;
}

function Line({ path, about, state, bar, why, children }: LineProps) {
  return (
    <li>
      <div class="what">
        <strong>{path}</strong>
        <small>{about}</small>
        {why && <small class="bad">{why}</small>}
      </div>
      <div class="far">
        {state}
        {bar && <progress aria-label={`How far ${path} is`} max={bar.total} value={bar.done} />}
      </div>
      <div class="tools">{children}</div>
    </li>
  );
}
