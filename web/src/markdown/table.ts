/**
 * What a finished table needs to be read in a narrow panel: columns of numbers stand to the right, and a table of
 * many columns can be laid out as a list of records, each cell under the name of its column (see `answer.css`).
 */
import { isNumeric } from '../shared/format';

/** Tables with more columns than this do not fit beside each other in the panel. */
const NARROW = 4;

/** Marks the cells and rows; a table whose rows hold nothing is hidden. */
export function layTable(table: HTMLTableElement): void {
  const [head, ...rows] = [...table.rows].map((row) => [...row.cells]);
  if (!head) return;
  const wide = head.length > NARROW;
  table.parentElement?.classList.toggle('wide', wide);
  if (rows.length > 0) table.hidden = rows.every((row) => row.every((cell) => textOf(cell) === ''));
  head.forEach((name, column) => {
    const cells = rows.flatMap((row) => row[column] ?? []);
    const numbers = cells.length > 0 && cells.every((cell) => isNumeric(textOf(cell)));
    for (const cell of [name, ...cells]) cell.classList.toggle('number', numbers);
    for (const cell of cells) {
      if (wide) cell.dataset['label'] = textOf(name);
      // Without the spaces around what is not there, the style sheet can tell.
      if (textOf(cell) === '') cell.replaceChildren();
    }
  });
  // A table that is laid out as anything else stops being one for screen readers, unless it says so.
  if (!wide) return;
  table.setAttribute('role', 'table');
  for (const section of table.querySelectorAll('thead, tbody')) section.setAttribute('role', 'rowgroup');
  for (const row of table.rows) row.setAttribute('role', 'row');
  for (const name of head) name.setAttribute('role', 'columnheader');
  for (const cell of rows.flat()) cell.setAttribute('role', 'cell');
}

function textOf(cell: HTMLElement): string {
  return (cell.textContent ?? '').trim();
}
