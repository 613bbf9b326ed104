/**
 * Server-sent events, read as text arrives: any chunking of the same bytes gives the same events.
 * Knows the line protocol only; what an event's data means is `parts.ts`.
 */

/** Collects `data:` lines into events; an event is complete at its blank line. */
export class EventDecoder {
  #rest = '';
  #data: string[] = [];

  /** Takes the next piece of text, gives the data of every event that it completes. */
  push(text: string): string[] {
    const events: string[] = [];
    this.#rest += text;
    let start = 0;
    // A CR at the very end may be half of a CRLF: it waits for the next piece.
    const lineEnd = /\r\n|\n|\r(?!$)/g;
    for (let end = lineEnd.exec(this.#rest); end; end = lineEnd.exec(this.#rest)) {
      this.#line(this.#rest.slice(start, end.index), events);
      start = lineEnd.lastIndex;
    }
    this.#rest = this.#rest.slice(start);
    return events;
  }

  #line(line: string, events: string[]): void {
    if (line === '') {
      if (this.#data.length > 0) events.push(this.#data.join('\n'));
      this.#data = [];
    } else if (line.startsWith('data:')) {
      this.#data.push(line.slice(line[5] === ' ' ? 6 : 5));
    }
    // Comments (keep-alives), `event:`, `id:` and `retry:` carry nothing that this protocol uses.
  }
}
