/** A statement to keep: files that the service makes for this partner, fetched with its token. */
import { useSignal } from '@preact/signals';
import type { ToolOutput } from '../../stream/parts';
import type { UiProps } from './ui';

type Statement = NonNullable<ToolOutput['statement']>;

interface Props extends UiProps {
  statement: Statement;
}

const FORMS = ['pdf', 'csv'];

/** The statements on which an answer's records stand, each once. */
export function statementsIn(tables: ToolOutput[]): Statement[] {
  const all = tables.flatMap(({ statement }) => (statement ? [statement] : []));
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

export function StatementLinks({ ui: { words, conversation }, statement: { name, label } }: Props) {
  const failed = useSignal(false);
  const fetching = useSignal(false);
  const fetchIt = async (file: string) => {
    fetching.value = true;
    failed.value = false;
    try {
      save(await conversation.statement(file), `statement-${file}`);
    } catch {
      failed.value = true;
    }
    fetching.value = false;
  };
  const title = words.statement.replace('{label}', label);
  return (
    <p class="note statement">
      {title}{' '}
      {FORMS.map((form) => (
        <button
          key={form}
          type="button"
         
          disabled={fetching.value}
          aria-label={`${title}, ${form.toUpperCase()}`}
          onClick={() => void fetchIt(`${name}.${form}`)}
        >
          {form.toUpperCase()}
        </button>
      ))}
      {failed.value && <span role="alert">{words.noStatement}</span>}
    </p>
  );
}

/** Hands a file to the browser, as a click on a link to it would. */
function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // Not at once: the browser has yet to read it.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
