/** The control of a field: what its type is edited with. What it holds is the conversation's. */
import type { Field } from '../../shared/confirmation';

interface Props {
  id: string;
  field: Field;
  value: string;
  /** What a choice says before anything is chosen. */
  choose: string;
  wrong: boolean;
  readOnly: boolean;
  describedBy: string;
  put(value: string): void;
}

/** Letters in a field: as many as in a comment. */
const LONGEST = 2000;

export function FieldInput({ id, field, value, choose, wrong, readOnly, describedBy, put }: Props) {
  const { type, required, choices = [] } = field;
  const common = {
    id,
    value,
    required,
    'aria-invalid': wrong,
    'aria-describedby': describedBy || undefined,
    onInput: (event: Event) => put((event.currentTarget as HTMLInputElement).value),
  };
  if (type === 'long_text') return <textarea rows={2} maxLength={LONGEST} readOnly={readOnly} {...common} />;
  if (type === 'choice') {
    // What was proposed is shown, whether it may be chosen or not.
    const offered = field.value && !choices.includes(field.value) ? [field.value, ...choices] : choices;
    return (
      <select {...common} disabled={readOnly}>
        <option value="">{choose}</option>
        {offered.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    );
  }
  if (type === 'date') return <input type="date" readOnly={readOnly} {...common} />;
  return (
    <input
      inputMode={type === 'amount' ? 'decimal' : 'text'}
      maxLength={LONGEST}
      autocomplete="off"
      readOnly={readOnly}
      {...common}
    />
  );
}
