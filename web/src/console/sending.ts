/** Files on their way to the service: two at a time, whatever page is open meanwhile. */
import { effect, untracked } from '@preact/signals';
import { ApiError, upload, type Job } from './api';
import { add, news, sending, type Sending } from './intake';
import { token } from './session';

/** A file and the address that takes it. */
export interface Parcel {
  path: string;
  file: Blob;
  to: string;
}

const AT_ONCE = 2;

const parcels = new Map<number, { parcel: Parcel; stop: AbortController }>();
let keys = 0;

/** Sends files in their order. */
export function sendAll(more: Parcel[]): void {
  const added = more.map((parcel): Sending => {
    const key = ++keys;
    parcels.set(key, { parcel, stop: new AbortController() });
    return { key, path: parcel.path, bytes: parcel.file.size, sent: 0, stage: 'waiting', why: '', again: false };
  });
  sending.value = [...sending.value, ...added];
  goOn();
}

/** Sends a file once more that was refused. */
export function sendAgain(key: number): void {
  change(key, { stage: 'waiting', sent: 0, why: '' });
  goOn();
}

/** Forgets files, on their way or refused. */
export function forget(test: (one: Sending) => boolean): void {
  const gone = sending.value.filter(test);
  sending.value = sending.value.filter((one) => !gone.includes(one));
  for (const { key } of gone) {
    parcels.get(key)?.stop.abort();
    parcels.delete(key);
  }
  goOn();
}

function goOn(): void {
  const under = sending.value.filter((one) => one.stage === 'sending').length;
  const next = sending.value.filter((one) => one.stage === 'waiting').slice(0, Math.max(0, AT_ONCE - under));
  for (const { key } of next) void sendOne(key);
}

async function sendOne(key: number): Promise<void> {
  const known = parcels.get(key);
  if (!known) return;
  const { parcel, stop } = known;
  change(key, { stage: 'sending' });
  try {
    const job = await upload<Job>(parcel.to, parcel.file, (sent) => change(key, { sent }), stop.signal);
    add(job);
    forget((one) => one.key === key);
  } catch (error) {
    if (stop.signal.aborted) return;
    const { status, message } = error as ApiError;
    news.value = `${parcel.path} was not taken. ${message}`;
    // What is wrong with a file or with what is said about it stays wrong.
    change(key, { stage: 'refused', why: message, again: status === 0 || status >= 500 });
    goOn();
  }
}

function change(key: number, what: Partial<Sending>): void {
  sending.value = sending.value.map((one) => (one.key === key ? { ...one, ...what } : one));
}

// Nothing goes on under a name that has signed out.
effect(() => {
  if (!token.value) untracked(() => forget(() => true));
});

// A tab that closes now would lose what is not sent yet.
effect(() => {
  const busy = sending.value.some((one) => one.stage !== 'refused');
  onbeforeunload = busy ? (event: BeforeUnloadEvent) => event.preventDefault() : null;
});
