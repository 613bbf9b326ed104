/** A tool's records as a table, folded: the answer has said them already, here they are in full. */
import { layTable } from '../../markdown/table';
import { instantInWords } from '../../shared/format';
import type { ToolOutput } from '../../stream/parts';
import type { UiProps } from './ui';

interface Props extends UiProps {
  table: ToolOutput;
}

export function RecordsTable({ ui: { words, language }, table }: Props) {
  const title = `${words.records} ${instantInWords(table.as_of, language)}`;
  // A record may have nothing in any of the columns. When it was read is said all the same.
  if (!table.rows.flat().some(Boolean)) return <p class="note">{title}</p>;
  return (
    <details class="fold">
      <summary>{title}</summary>
      <div class="table" role="region" tabIndex={0} aria-label={title}>
        <table
          ref={(made) => {
            if (made) layTable(made);
          }}
        >
          {table.headline && <caption>{table.headline}</caption>}
          <thead>
            <tr>
              {table.columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, index) => (
              <tr key={index}>
                {table.columns.map((name, column) => (
                  <td key={name}>{row[column]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
