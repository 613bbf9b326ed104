/** What is on its way into the knowledge, watched for as long as somebody is signed in. */
import { computed, signal } from '@preact/signals';
import { get, remove, type Job } from './api';
import { endedInWords, isFolder, isOpen } from './words';

/** A file on its way to the service, before it is a job. */
export interface Sending {
  key: number;
  path: string;
  bytes: number;
  /** Bytes that have left. */
  sent: number;
  stage: 'waiting' | 'sending' | 'refused';
  /** Why it was refused. */
  why: string;
  /** Whether sending it again could help. */
  again: boolean;
}

/** The service's jobs, the newest first. */
export const jobs = signal<Job[]>([]);
export const sending = signal<Sending[]>([]);
/** Goes up whenever jobs have ended: what is known of the documents is old then. */
export const ended = signal(0);
/** What has happened lately, for whoever does not see it. */
export const news = signal('');
/** Why the jobs shown may be out of date. */
export const blind = signal('');

/** How many documents, and how many folders, are not taken in yet. */
export const pending = computed(() => {
  const open = jobs.value.filter(isOpen);
  const folders = open.filter(isFolder).length;
  const leaving = sending.value.filter((one) => one.stage !== 'refused').length;
  return { files: open.length - folders + leaving, folders };
});

let look = () => {};

/** Watches the jobs until the returned function is called. */
export function watchJobs(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let [turn, failures] = [0, 0];
  let seen = false;
  look = async () => {
    clearTimeout(timer);
    const mine = ++turn;
    try {
      const { jobs: now } = await get<{ jobs: Job[] }>('/api/jobs');
      // An older answer may not know of what was added since.
      if (mine !== turn) return;
      if (seen) compare(jobs.value, now);
      [jobs.value, blind.value, failures, seen] = [now, '', 0, true];
    } catch (error) {
      if (mine !== turn) return;
      failures += 1;
      if (failures > 1) blind.value = (error as Error).message;
    }
    timer = setTimeout(look, pause(jobs.value.some(isOpen), document.hidden, failures));
  };
  const seenAgain = () => !document.hidden && look();
  document.addEventListener('visibilitychange', seenAgain);
  look();
  return () => {
    turn += 1;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', seenAgain);
    look = () => {};
    [jobs.value, blind.value, news.value] = [[], '', ''];
  };
}

/** Milliseconds until the jobs are looked at again. */
export function pause(open: boolean, hidden: boolean, failures: number): number {
  const usual = open ? (hidden ? 10_000 : 1_000) : hidden ? 60_000 : 10_000;
  return Math.max(usual, Math.min(2 ** failures * 500, 30_000) * Math.sign(failures));
}

/** Takes up a job that the service has just made. */
export function add(job: Job): void {
  jobs.value = [job, ...jobs.value];
  look();
}

/** Takes a job back. Rejects when the service does not. */
export async function cancel(job: Job): Promise<void> {
  try {
    await remove(`/api/jobs/${encodeURIComponent(job.id)}`);
  } finally {
    look();
  }
}

/** The jobs that deserve a line: what is under way, what waits, then what ended otherwise than hoped, lately. */
export function worthALine(all: Job[], now: number): Job[] {
  const open = all.filter(isOpen).reverse();
  const newest = new Set(new Map([...all].reverse().map((job) => [job.path, job])).values());
  const amiss = all.filter(
    (job) =>
      !isOpen(job) &&
      (job.state !== 'searchable' || job.reason !== null) &&
      // A later job for the same path has made up for it.
      newest.has(job) &&
      now - Date.parse(job.updated_at) < LATELY,
  );
  return [...open.filter((job) => job.state !== 'queued'), ...open.filter((job) => job.state === 'queued'), ...amiss];
}

/** Fifteen minutes: the table of documents keeps what failed for longer. */
const LATELY = 15 * 60_000;

function compare(before: Job[], now: Job[]): void {
  const was = new Map(before.map((job) => [job.id, job]));
  const over = now.filter((job) => {
    const earlier = was.get(job.id);
    return !isOpen(job) && (!earlier || isOpen(earlier));
  });
  if (over.length === 0) return;
  ended.value += 1;
  // A folder that was looked through without a change is no news.
  const told = over.filter((job) => was.has(job.id));
  if (told.length > 0) news.value = endedInWords(told);
}
