/** A table of rows with a filter over everything it shows. Columns say how a row is shown and what is searched. */
import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';

export interface Column<T> {
  name: string;
  /** The words in the cell, which the filter searches. */
  text(row: T): string;
  /** How the cell looks, where that is more than its words. */
  view?(row: T): ComponentChildren;
  /** How the column stands: numbers to the right, short things on one line. */
  fit?: 'number' | 'line';
}

interface Props<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  id(row: T): string;
  /** Shown when there are no rows at all: what to do about it. */
  empty: ComponentChildren;
}

export function Table<T>({ caption, columns, rows, id, empty }: Props<T>) {
  const filter = useSignal('');
  if (rows.length === 0) return <div class="empty">{empty}</div>;
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = rows.filter((row) => {
    const text = columns.map((column) => column.text(row)).join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <>
      <div class="filter">
        <input
          type="search"
          aria-label={`Filter ${caption.toLowerCase()}`}
          placeholder="Filter"
          value={filter.value}
          onInput={(event) => (filter.value = event.currentTarget.value)}
        />
        <span role="status">
          {shown.length === rows.length ? rows.length : `${shown.length} of ${rows.length}`}
        </span>
      </div>
      <div class="frame" role="region" aria-label={caption} tabIndex={0}>
        <table>
          <caption class="unseen">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.name} scope="col" class={column.fit}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={id(row)}>
                {columns.map((column) => (
                  <td key={column.name} class={column.fit}>
                    {column.view ? column.view(row) : column.text(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p class="empty">Nothing matches “{filter}”.</p>}
      </div>
    </>
  );
}
