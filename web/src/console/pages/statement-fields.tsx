/** The fields in which staff says what a document is: for new files and for an upload that is there. */
import { useId } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { DocumentRow } from '../api';
import { CERTAIN } from '../statements';

interface Props {
  /** The upload that is described anew; none for new files. */
  row?: DocumentRow;
  /** Paths of documents that can be replaced; empty where several files would replace the same. */
  paths: string[];
  /** The name of the field that is wrong. */
  wrong: string;
}

export function StatementFields({ row, paths, wrong }: Props) {
  const audience = useSignal(choiceOf(row));
  const [list, conditions] = [useId(), row && choiceOf(row) === CERTAIN ? row.audience : ''];
  return (
    <div class="fields">
      <Field label="Who may find it" wide hint={audience.value === '' && 'All partners, where the file does not say.'}>
        {(id, hint) => (
          <select
            id={id}
            name="audience"
            value={audience.value}
            aria-describedby={audience.value === '' ? hint : undefined}
            onChange={(event) => (audience.value = event.currentTarget.value)}
          >
            <option value="">As the file says</option>
            <option value="partners">All partners</option>
            <option value="internal">Internal only</option>
            <option value={CERTAIN}>Certain partners…</option>
          </select>
        )}
      </Field>
      {audience.value === CERTAIN && (
        <Field
          label="Conditions"
          wide
          hint={
            <>
              Such as <code>tier=gold,platinum;region=emea</code>. All must hold; each is of <code>tier</code>,{' '}
              <code>region</code>, <code>type</code> or <code>partner</code>.
            </>
          }
        >
          {(id, hint) => (
            <input
              id={id}
              name="conditions"
              defaultValue={conditions}
              autocomplete="off"
              spellcheck={false}
              aria-describedby={hint}
              aria-invalid={wrong === 'conditions'}
            />
          )}
        </Field>
      )}
      <Field label="In force from">
        {(id) => <input id={id} type="date" name="effective_from" defaultValue={row?.effective_from ?? ''} />}
      </Field>
      <Field label="No longer in force from">
        {(id) => (
          <input
            id={id}
            type="date"
            name="effective_until"
            defaultValue={row?.effective_until ?? ''}
            aria-invalid={wrong === 'effective_until'}
          />
        )}
      </Field>
      <Field label="Owner">
        {(id) => <input id={id} name="owner" defaultValue={row?.owner ?? ''} autocomplete="off" />}
      </Field>
      <Field label="Review by">
        {(id) => <input id={id} type="date" name="review_by" defaultValue={row?.review_by ?? ''} />}
      </Field>
      {paths.length > 0 && (
        <Field
          label="Replaces"
          wide
          hint={
            row
              ? 'The path of a document, or several with commas between them.'
              : 'The path of a document whose place it takes, from its own first day on.'
          }
        >
          {(id, hint) => (
            <>
              <input
                id={id}
                name="supersedes"
                defaultValue={row?.supersedes.join(', ')}
                list={list}
                autocomplete="off"
                spellcheck={false}
                aria-describedby={hint}
              />
              <datalist id={list}>
                {[...new Set(paths)].map((path) => (
                  <option key={path} value={path} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      )}
    </div>
  );
}

function choiceOf(row: DocumentRow | undefined): string {
  if (!row) return '';
  return row.audience.includes('=') ? CERTAIN : row.audience;
}

interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  /** Over both columns. */
  wide?: boolean;
  children(id: string, hint: string): ComponentChildren;
}

function Field({ label, hint, wide, children }: FieldProps) {
  const id = useId();
  return (
    <div class={wide ? 'wide' : undefined}>
      <label for={id}>{label}</label>
      {children(id, `${id}-hint`)}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}
