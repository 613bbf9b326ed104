/** From an HTTP response to parts. A stream that ends before its `[DONE]` has lost something, and says so. */
import { EventDecoder } from './decoder';
import type { Part } from './parts';

/** The connection ended, or stopped making sense, before the answer was complete. */
export class StreamCut extends Error {
  override name = 'StreamCut';
}

/** Yields each part as soon as its event is complete; returns at `[DONE]`. */
export async function* readParts(body: ReadableStream<Uint8Array>): AsyncGenerator<Part, void> {
  const reader = body.getReader();
  const utf8 = new TextDecoder();
  const events = new EventDecoder();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw new StreamCut('the stream ended before the answer did');
      for (const data of events.push(utf8.decode(value, { stream: true }))) {
        if (data === '[DONE]') return;
        yield parse(data);
      }
    }
  } finally {
    // Whoever stops reading (a stop, an error, the end) also closes the connection.
    reader.cancel().catch(() => {});
  }
}

function parse(data: string): Part {
  try {
    const part: unknown = JSON.parse(data);
    if (typeof part === 'object' && part !== null && 'type' in part) return part as Part;
  } catch {
    // Falls through: half a JSON text and a JSON text that is no part are the same failure.
  }
  throw new StreamCut('the stream carried something that is not a part');
}
