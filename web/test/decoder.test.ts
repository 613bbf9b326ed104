/** The stream, cut anywhere, gives the same events. */
import { expect, test } from 'vitest';
import { EventDecoder } from '../src/stream/decoder';
import { readParts, StreamCut } from '../src/stream/read';

function decode(pieces: string[]): string[] {
  const decoder = new EventDecoder();
  return pieces.flatMap((piece) => decoder.push(piece));
}

const LINES = ['data: {"a":1}', '', ': keep-alive', '', 'event: x', 'id: 7', 'data:two', 'data: lines', '', 'data: [DONE]', '', ''];
const EVENTS = ['{"a":1}', 'two\nlines', '[DONE]'];

for (const [name, newline] of [['LF', '\n'], ['CRLF', '\r\n'], ['CR', '\r']] as const) {
  test(`every two cuts of a stream with ${name} give the same events`, () => {
    // A lone CR at the very end could be half of a CRLF, so the last event needs one character more.
    const text = LINES.join(newline) + (newline === '\r' ? ':' : '');
    for (let i = 0; i <= text.length; i++) {
      for (let j = i; j <= text.length; j++) {
        expect(decode([text.slice(0, i), text.slice(i, j), text.slice(j)]), `cut at ${i} and ${j}`).toEqual(EVENTS);
      }
    }
  });
}

test('an event without its blank line is not an event yet', () => {
  expect(decode(['data: half\n'])).toEqual([]);
  expect(decode(['data\n\n', ':\n\n'])).toEqual([]);
});

function body(bytes: Uint8Array, size: number, open = false): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      if (!open) controller.close();
    },
  });
}

async function types(text: string, size = 7, open = false): Promise<string[]> {
  const seen: string[] = [];
  for await (const part of readParts(body(new TextEncoder().encode(text), size, open))) seen.push(JSON.stringify(part));
  return seen;
}

test('letters of several bytes survive cuts between their bytes', async () => {
  const part = '{"type":"text-delta","id":"t","delta":"Größe – 12 € 🤝"}';
  for (const size of [1, 2, 3, 5, 1000]) expect(await types(`data: ${part}\n\ndata: [DONE]\n\n`, size)).toEqual([part]);
});

test('[DONE] ends the reading though the connection stays open', async () => {
  expect(await types('data: {"type":"finish"}\n\ndata: [DONE]\n\ndata: {"type":"late"}\n\n', 500, true)).toEqual(['{"type":"finish"}']);
});

test('a stream without [DONE], and data that is no part, are a cut', async () => {
  for (const text of ['', 'data: {"type":"start"}\n\n', 'data: {"type":\n\ndata: [DONE]\n\n', 'data: 7\n\ndata: [DONE]\n\n']) {
    await expect(types(text), text).rejects.toThrow(StreamCut);
  }
});
