/** A write that waits for consent: exactly what will be written, and a yes or a no. */
import type { Approval } from '../answer';
import { Once, type Deed } from './once';
import type { UiProps } from './ui';

interface Props extends UiProps {
  approval: Approval;
}

export class ApprovalCard extends Once<Props> {
  #approved = false;

  override render({ ui: { words }, approval }: Props, { stage }: Deed) {
    const decide = (approved: boolean) => {
      this.#approved = approved;
      void this.send(`/api/approvals/${encodeURIComponent(approval.id)}`, { approved });
    };
    return (
      <div class="card" role="group" aria-label={words.confirmTitle}>
        <p class="label">{words.confirmTitle}</p>
        <dl>
          {approval.input.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {stage === 'done' ? (
          <p class="note" role="status">
            {this.#approved ? words.confirmed : words.cancelled}
          </p>
        ) : (
          <div class="actions">
            <button type="button" class="primary" onClick={() => decide(true)}>
              {words.confirm}
            </button>
            <button type="button" onClick={() => decide(false)}>
              {words.cancel}
            </button>
            {stage === 'failed' && (
              <p class="bad" role="alert">
                {words.notSent}
              </p>
            )}
          </div>
        )}
      </div>
    );
  }
}
