/** Signing: one token kept, one refresh on a 401, a refusal told as one. */
import { afterEach, expect, test, vi } from 'vitest';
import { Backend, BackendError } from '../src/widget/backend';

afterEach(() => vi.unstubAllGlobals());

function against(statuses: (number | 'offline')[], tokens: (string | Error)[]) {
  const sent: string[] = [];
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    sent.push((init.headers as Record<string, string>)['authorization'] ?? '');
    const status = statuses.shift() ?? 200;
    if (status === 'offline') return Promise.reject(new TypeError('Failed to fetch'));
    return Promise.resolve(new Response(JSON.stringify({ error: { request_id: 'r-1' } }), { status }));
  });
  const getToken = () => {
    const token = tokens.shift() ?? 'last';
    return token instanceof Error ? Promise.reject(token) : Promise.resolve(token);
  };
  return { sent, backend: new Backend(() => 'https://a.example', () => getToken, () => 'en') };
}

test('the token is asked for once, and again after a 401', async () => {
  const { backend, sent } = against([200, 200, 401, 200], ['one', 'two']);
  for (let call = 0; call < 3; call++) await backend.get('/x');
  expect(sent).toEqual(['Bearer one', 'Bearer one', 'Bearer one', 'Bearer two']);
});

async function trouble(statuses: (number | 'offline')[], tokens: (string | Error)[] = ['a', 'b']): Promise<string> {
  const { backend } = against(statuses, tokens);
  const error: unknown = await backend.post('/x', {}).catch((e: unknown) => e);
  return error instanceof BackendError ? `${error.trouble} ${error.reference}`.trim() : String(error);
}

test('what goes wrong has a name', async () => {
  expect(await trouble([401, 401])).toBe('signedOut r-1');
  expect(await trouble([500])).toBe('failed r-1');
  expect(await trouble(['offline'])).toBe('offline');
  expect(await trouble([], [''])).toBe('signedOut');
  expect(await trouble([], [new Error('portal refuses')])).toBe('signedOut');
  expect(await trouble([], [new TypeError('Failed to fetch')])).toBe('offline');
});
