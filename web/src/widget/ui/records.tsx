/** A tool's records as a table, folded: the answer has said them already, here they are in full. */
import type { ToolOutput } from '../../stream/parts';
import { instantInWords, isNumeric } from '../../shared/format';
import type { UiProps } from './ui';

interface Props extends UiProps {
  table: ToolOutput;
}

export function RecordsTable({ ui: { words, language }, table }: Props) {
  const numeric = table.columns.map((_, column) => table.rows.every((row) => isNumeric(row[column] ?? '')));
  const kind = (column: number) => (numeric[column] ? 'number' : undefined);
  const title = `${words.records} ${instantInWords(table.as_of, language)}`;
  return (
    <details class="fold">
      <summary>{title}</summary>
      <div class="table" role="region" tabIndex={0} aria-label={title}>
        <table>
          {table.headline && <caption>{table.headline}</caption>}
          <thead>
            <tr>
              {table.columns.map((name, column) => (
                <th key={name} scope="col" class={kind(column)}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, index) => (
              <tr key={index}>
                {table.columns.map((name, column) => (
                  <td key={name} class={kind(column)}>
                    {row[column]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
