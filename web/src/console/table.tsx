/** A table of rows with a filter over everything it shows. Columns say how a row is shown and what is searched. */
import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';

export interface Column<T> {
  name: string;
  /** The words in the cell, which the filter searches. */
  text(row: T): string;
  /** How the cell looks, where that is more than its words. */
  view?(row: T): ComponentChildren;
  /** How the column stands: numbers to the right, short things on one line, a few words with room for two. */
  fit?: 'number' | 'line' | 'words';
}

interface Kind<T> {
  label: string;
  test(row: T): boolean;
}

interface Props<T> {
  caption: string;
  /** What one row is, for counting: `document`. */
  noun: string;
  columns: Column<T>[];
  rows: T[];
  id(row: T): string;
  /** Kinds of rows that deserve attention; those that are ticked are shown alone. */
  only?: Kind<T>[];
  /** Shown when there are no rows at all: what to do about it. */
  empty: ComponentChildren;
}

export function Table<T>({ caption, noun, columns, rows, id, only = [], empty }: Props<T>) {
  const filter = useSignal('');
  const ticked = useSignal<string[]>([]);
  if (rows.length === 0) return <div class="empty">{empty}</div>;
  const kinds = only.map((kind) => ({ ...kind, rows: rows.filter(kind.test) })).filter((kind) => kind.rows.length > 0);
  const alone = kinds.filter((kind) => ticked.value.includes(kind.label));
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = rows.filter((row) => {
    if (alone.length > 0 && !alone.some((kind) => kind.test(row))) return false;
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
        {kinds.map(({ label, rows: { length } }) => (
          <label key={label}>
            <input
              type="checkbox"
              checked={ticked.value.includes(label)}
              onChange={({ currentTarget: { checked } }) => {
                const others = ticked.value.filter((one) => one !== label);
                ticked.value = checked ? [...others, label] : others;
              }}
            />{' '}
            {label} ({length})
          </label>
        ))}
        <span role="status">
          {shown.length === rows.length ? rows.length : `${shown.length} of ${rows.length}`}{' '}
          {rows.length === 1 ? noun : `${noun}s`}
        </span>
      </div>
      <div class="frame" role="region" aria-label={caption} tabIndex={0}>
        {/* Roles in words: on a small screen the rows are laid out as cards. */}
        <table role="table">
          <caption class="unseen">{caption}</caption>
          <thead role="rowgroup">
            <tr role="row">
              {columns.map((column) => (
                <th key={column.name} role="columnheader" scope="col" class={column.fit}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {shown.map((row) => (
              <tr key={id(row)} role="row">
                {columns.map((column) => (
                  <td key={column.name} role="cell" class={column.fit} data-label={column.name}>
                    {/* One child: on a small screen it stands beside the column's name. */}
                    <div>{column.view ? column.view(row) : column.text(row)}</div>
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
