/**
 * What would be written, for the partner to read, complete and correct; then what was written and what became of it.
 * Enter in a field confirms nothing: consent is given at its button.
 */
import { Component, createRef } from 'preact';
import { isUnsure, known, STATES, valueInWords, type Confirmation, type Field } from '../../shared/confirmation';
import { instantInWords } from '../../shared/format';
import { isMissing, MISSING, titleOf, type Draft } from '../consent';
import { FieldInput } from './field';
import { Icon } from './icon';
import type { UiProps } from './ui';

interface Props extends UiProps {
  confirmation: Confirmation;
}

export class ConfirmationCard extends Component<Props> {
  readonly #root = createRef<HTMLElement>();
  /** Whether the partner has pressed a button of this form. */
  #pressed = false;

  override componentDidUpdate({ ui, confirmation }: Props): void {
    const before = ui.state.drafts[confirmation.id]?.refusals ?? 0;
    if (this.#draft.refusals > before) this.#root.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    // The form goes with its buttons: the focus stays at what it has become.
    if (!this.#pressed || this.#isOpen || document.activeElement !== document.body) return;
    this.#pressed = false;
    this.#root.current?.focus();
  }

  override render({ ui: { words, language }, confirmation }: Props) {
    const { state, fields, notices, message, expires_at } = confirmation;
    const draft = this.#draft;
    const title = titleOf(confirmation, words);
    const stands = known(STATES, state);
    return (
      <section ref={this.#root} class="card consent" part="confirmation" tabIndex={-1} aria-label={title}>
        <h3>{title}</h3>
        {notices.map((notice) => (
          <p key={notice} class="note warn">
            <Icon name="alert" />
            {notice}
          </p>
        ))}
        {this.#isOpen ? this.#form(draft) : <Written fields={fields} language={language} />}
        {/* Always there, so that a screen reader hears what comes into it. */}
        <p class="note" role="status">
          {draft.sending !== null && words.sending}
          {draft.sending === null && state === 'proposed' && this.#isOpen && expires_at
            ? words.proposed.replace('{time}', () => instantInWords(expires_at, language))
            : null}
          {state !== 'proposed' && (
            <span class={`stands ${stands ?? ''}`}>
              <Icon name={state === 'approved' || state === 'done' ? 'tick' : 'page'} />
              {stands && words[stands]}
            </span>
          )}
          {message && <span>{message}</span>}
        </p>
        {draft.trouble && this.#trouble(draft)}
      </section>
    );
  }

  get #draft(): Draft {
    return this.props.ui.conversation.consent.draft(this.props.confirmation);
  }

  /** What is over by the service's word has no form any more, even if it could not say what it has become. */
  get #isOpen(): boolean {
    const { trouble } = this.#draft;
    return this.props.confirmation.state === 'proposed' && trouble !== 'over' && trouble !== 'unknown';
  }

  #form(draft: Draft) {
    const { ui, confirmation } = this.props;
    const { words, conversation } = ui;
    const gaps = confirmation.fields.filter((field) => isMissing(field, draft)).map(({ label }) => label);
    const hint = `missing-${confirmation.id}`;
    const press = (approved: boolean) => {
      this.#pressed = true;
      void conversation.consent.send(confirmation, approved);
    };
    const again = draft.trouble && draft.approved;
    return (
      <form noValidate onSubmit={(event) => event.preventDefault()}>
        <div class="fields">
          {confirmation.fields.map((field, index) => (
            <FieldView key={field.name} ui={ui} one={confirmation} field={field} draft={draft} id={`${confirmation.id}-${index}`} />
          ))}
        </div>
        {gaps.length > 0 && (
          <p id={hint} class="label">
            {words.stillMissing.replace('{names}', () => gaps.join(', '))}
          </p>
        )}
        <div class="buttons">
          <button
            type="button"
            class="primary"
            aria-disabled={draft.sending !== null}
            aria-describedby={gaps.length > 0 ? hint : undefined}
            onClick={() => press(true)}
          >
            {again ? words.retry : words.confirm}
          </button>
          <button type="button" aria-disabled={draft.sending !== null} onClick={() => press(false)}>
            {words.cancel}
          </button>
        </div>
      </form>
    );
  }

  #trouble({ trouble, said, reference }: Draft) {
    const { words } = this.props.ui;
    return (
      <>
        <p class="note bad" role="alert">
          <Icon name="alert" />
          {said || (trouble && words[trouble])} {this.#isOpen && !said && words.again}
        </p>
        {reference && (
          <p class="label">
            {words.reference}: {reference}
          </p>
        )}
      </>
    );
  }
}

interface FieldProps extends UiProps {
  one: Confirmation;
  field: Field;
  draft: Draft;
  id: string;
}

/** A field with its label, the words it came from, and what is to be done about it. */
function FieldView({ ui, one, field, draft, id }: FieldProps) {
  const { words, conversation } = ui;
  const value = draft.values[field.name] ?? '';
  const wrong = draft.wrong[field.name];
  // Whoever has changed a value has checked it.
  const doubt = isMissing(field, draft) ? words.missing : isUnsure(field) && value === field.value ? words.check : '';
  const mark = wrong === MISSING ? words.fillIn : wrong || doubt;
  const wide = field.type === 'text' || field.type === 'long_text' || field.type === 'fixed';
  return (
    <div class={wide ? 'wide' : undefined}>
      <p class="name">
        {field.type === 'fixed' ? field.label : <label for={id}>{field.label}</label>}
        {!field.required && field.type !== 'fixed' && <small>{words.optional}</small>}
      </p>
      {field.type === 'fixed' ? (
        <p class="value">{field.value}</p>
      ) : (
        <FieldInput
          id={id}
          field={field}
          value={value}
          choose={words.choose}
          wrong={Boolean(wrong)}
          readOnly={draft.sending !== null}
          describedBy={[mark && `${id}-mark`, field.words && `${id}-words`].filter(Boolean).join(' ')}
          put={(next) => conversation.consent.fill(one, field.name, next)}
        />
      )}
      {mark && (
        <p id={`${id}-mark`} class={wrong ? 'mark bad' : 'mark'}>
          {mark}
        </p>
      )}
      {field.words && <small id={`${id}-words`}>{words.quoted.replace('{words}', () => field.words ?? '')}</small>}
    </div>
  );
}

/** The fields as they are, where nothing is to be changed any more. */
function Written({ fields, language }: { fields: Field[]; language: string }) {
  return (
    <dl>
      {fields.map((field) =>
        field.value ? (
          <div key={field.name}>
            <dt>{field.label}</dt>
            <dd>{valueInWords(field, language)}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
