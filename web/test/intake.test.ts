/** What is on its way: from chosen files to what the service is told, and how closely it is watched. */
import { expect, test } from 'vitest';
import type { Job } from '../src/console/api';
import { dropped, joined, picked } from '../src/console/files';
import { pause, worthALine } from '../src/console/intake';
import { changesTo, statedIn, uploadTo, type Statements } from '../src/console/statements';
import { job, row } from './documents';

function file(name: string, webkitRelativePath = ''): File {
  return Object.defineProperty(new File(['x'], name), 'webkitRelativePath', { value: webkitRelativePath });
}

const nothing: Statements = { audience: '', effective_from: '', effective_until: '', owner: '', review_by: '', supersedes: '' };

test('a chosen folder keeps its paths, in one spelling', () => {
  const paths = picked([file('a.md'), file('b.pdf', 'rules/2026/b.pdf'), file('Ru\u0308ck.md')]).map(({ path }) => path);
  expect(paths).toEqual(['a.md', 'rules/2026/b.pdf', 'R\u00fcck.md']);
});

test('what is chosen later counts, and hidden files do not', () => {
  const [first, second] = [file('a.md'), file('a.md')];
  const chosen = joined(picked([first, file('b.md')]), picked([second, file('.DS_Store', 'rules/.DS_Store'), file('c', '.git/c')]));
  expect(chosen.map(({ path }) => path)).toEqual(['a.md', 'b.md']);
  expect(chosen[0]?.file).toBe(second);
});

test('a dropped folder is read to its last file', async () => {
  const leaf = (fullPath: string) => ({ isFile: true, fullPath, file: (take: (file: File) => void) => take(file('x')) });
  const batches = [[leaf('/rules/a.md')], [leaf('/rules/b.md')], []];
  const folder = { isDirectory: true, createReader: () => ({ readEntries: (take: (some: unknown) => void) => take(batches.shift()) }) };
  const items = [
    { webkitGetAsEntry: () => folder, getAsFile: () => null },
    { webkitGetAsEntry: () => null, getAsFile: () => file('alone.md') },
  ];
  const found = await dropped({ items } as unknown as DataTransfer);
  expect(found.map(({ path }) => path)).toEqual(['rules/a.md', 'rules/b.md', 'alone.md']);
});

test('what a form says', () => {
  const check = (fields: Record<string, string>, expected: object) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    expect(statedIn(form)).toMatchObject(expected);
  };
  check({}, { said: nothing });
  check({ audience: 'internal', conditions: 'tier=gold' }, { said: { audience: 'internal' } });
  check({ audience: 'certain', conditions: ' tier=gold ' }, { said: { audience: 'tier=gold' } });
  check({ audience: 'certain', conditions: ' ' }, { field: 'conditions' });
  check({ effective_from: '2026-01-01', effective_until: '2026-01-01' }, { field: 'effective_until' });
  check({ effective_from: '2026-01-01', effective_until: '2026-01-02', owner: ' Ida ' }, { said: { owner: 'Ida' } });
});

test('where a file goes', () => {
  const said = { ...nothing, owner: 'A & B', review_by: '2027-01-01' };
  expect(uploadTo('rules/a b.md', said, undefined)).toBe('/api/documents?path=rules%2Fa+b.md&owner=A+%26+B&review_by=2027-01-01');
  const audience = (chosen: string, earlier: string) =>
    new URLSearchParams(uploadTo('a.md', { ...nothing, audience: chosen }, row({ audience: earlier })).split('?')[1]).get('audience');
  // A new version of a limited document is not opened by saying nothing.
  expect(audience('', 'internal')).toBe('internal');
  expect(audience('partners', 'internal')).toBe('partners');
  expect(audience('', 'partners')).toBe(null);
});

test('what changes about a document', () => {
  const now = row({ audience: 'internal', owner: 'Ida', effective_from: '2026-01-01' });
  const same = { ...nothing, audience: 'internal', owner: 'Ida', effective_from: '2026-01-01' };
  const check = (more: Partial<Statements>, expected: object) => expect(changesTo(now, { ...same, ...more })).toEqual(expected);
  check({}, {});
  check({ owner: '', audience: 'partners' }, { owner: null, audience: 'partners' });
  check({ effective_from: '', review_by: '2027-01-01' }, { effective_from: null, review_by: '2027-01-01' });
  check({ supersedes: 'old.md, older.md' }, { supersedes: ['old.md', 'older.md'] });
  expect(changesTo(row({ supersedes: ['old.md'] }), { ...nothing, audience: 'partners' })).toEqual({ supersedes: null });
});

test('which jobs deserve a line', () => {
  const now = Date.parse('2026-11-20T09:40:00Z');
  const check = (jobs: Partial<Job>[], expected: string[]) =>
    expect(worthALine(jobs.map((one) => job({ path: one.id ?? '', ...one })), now).map(({ id }) => id)).toEqual(expected);
  // The newest come first; shown is what is under way, then what waits longest.
  check([{ id: '3' }, { id: '2' }, { id: '1', state: 'reading' }], ['1', '2', '3']);
  check([{ id: '2', state: 'searchable' }, { id: '1', state: 'failed' }], ['1']);
  check([{ id: '1', state: 'searchable', reason: '2 of 40 files could not be taken in' }], ['1']);
  check([{ id: '2', path: 'a', state: 'searchable' }, { id: '1', path: 'a', state: 'failed' }], []);
  check([{ id: '1', state: 'failed', updated_at: '2026-11-20T09:20:00Z' }], []);
});

test('how often the jobs are looked at', () => {
  const check = (open: boolean, hidden: boolean, failures: number, expected: number) =>
    expect(pause(open, hidden, failures)).toBe(expected);
  check(true, false, 0, 1_000);
  check(true, true, 0, 10_000);
  check(false, false, 0, 10_000);
  check(false, true, 0, 60_000);
  check(true, false, 3, 4_000);
  check(true, false, 20, 30_000);
});
