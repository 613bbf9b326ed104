/** One request: what the partner consented to, who else claims it, what the rules propose, and the decision. */
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { isUnsure, valueInWords, type Field } from '../../shared/confirmation';
import { instantInWords } from '../../shared/format';
import { ApiError, post, type RequestRow } from '../api';
import { inPercent } from '../interval';
import { dueInWords, eventInWords, isWaiting, kindInWords, proposalInWords, standingOf } from '../request-words';
import { Resource } from '../resource';
import { Status } from '../status';
import { capital, sentence } from '../words';

export function RequestView({ id }: { id: string }) {
  const version = useSignal(0);
  const refused = useSignal('');
  /** Whether it was decided here and now. */
  const fresh = useSignal(false);
  const path = `/api/requests/${encodeURIComponent(id)}`;
  return (
    <>
      <p class="back">
        <a href="#/requests">All requests</a>
      </p>
      <Resource<RequestRow> path={path} version={version.value}>
        {(request, put) => (
          <>
            <h2>
              {request.summary} <small>{kindInWords(request)}</small>
            </h2>
            {refused.value && (
              <p class="bad" role="alert">
                {refused.value}
              </p>
            )}
            <Standing request={request} />
            <Asked fields={request.fields} />
            <Conflicts request={request} />
            {request.proposal && <Proposal proposal={request.proposal} />}
            {isWaiting(request) ? (
              <Decision
                path={path}
                request={request}
                decided={(now) => {
                  fresh.value = true;
                  put(now);
                }}
                late={(why) => {
                  refused.value = why;
                  version.value += 1;
                }}
              />
            ) : (
              <Decided request={request} fresh={fresh.value} />
            )}
            <History request={request} />
          </>
        )}
      </Resource>
    </>
  );
}

function Standing({ request }: { request: RequestRow }) {
  const { assignee, submitted_at, is_written, is_overdue } = request;
  const due = dueInWords(request, Date.now());
  return (
    <dl class="figures standing">
      <div>
        <dt>State</dt>
        <dd>
          <Status {...standingOf(request)} />
          {due && <small class={is_overdue ? 'bad' : undefined}>{capital(due)}</small>}
        </dd>
      </div>
      <div>
        <dt>Partner</dt>
        <dd>
          {request.partner_name}
          {submitted_at && <small>submitted {instantInWords(submitted_at, 'en-GB')}</small>}
        </dd>
      </div>
      <div>
        <dt>To be decided by</dt>
        <dd>
          {assignee?.name || 'Nobody in the CRM'}
          {assignee?.email && <small>{assignee.email}</small>}
        </dd>
      </div>
      <div>
        <dt>CRM</dt>
        <dd>{is_written ? <Status kind="good" text="written" /> : <Status kind="quiet" text="not written yet" />}</dd>
      </div>
    </dl>
  );
}

/** Each field with the words that it came from. */
function Asked({ fields }: { fields: Field[] }) {
  if (fields.length === 0) return null;
  return (
    <section class="request" aria-label="What the partner asks">
      <h3>What the partner asks</h3>
      <dl>
        {fields.map((field) => (
          <div key={field.name}>
            <dt>{field.label}</dt>
            <dd>
              {valueInWords(field, 'en-GB') || '—'}
              {field.words && (
                <small>
                  from “{field.words}”{isUnsure(field) && <span class="warn">, read with little certainty</span>}
                </small>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Conflicts({ request: { conflicts, checked } }: { request: RequestRow }) {
  return (
    <section class="request" aria-label="Conflicts">
      <h3>Conflicts</h3>
      {!checked && (
        <p class="warn">
          The check for conflicts could not be made. Look for other claims yourself before you decide.
        </p>
      )}
      {checked && conflicts.length === 0 && <p class="note">None found.</p>}
      <ul>
        {conflicts.map(({ claimant, what, customer, likeness, reasons }, index) => (
          <li key={index}>
            <strong>{claimant}</strong>: {what}
            <small>
              {customer}, {inPercent(likeness)} alike{reasons.length > 0 && `: ${reasons.join('; ')}`}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Proposal({ proposal }: { proposal: NonNullable<RequestRow['proposal']> }) {
  return (
    <section class="request" aria-label="What the rules of engagement propose">
      <h3>What the rules of engagement propose</h3>
      <p>
        <strong>{proposalInWords(proposal)}</strong> <small>A proposal: the decision is yours.</small>
      </p>
      <ul class="reasons">
        {proposal.reasons.map((reason, index) => (
          <li key={index}>{sentence(reason)}</li>
        ))}
      </ul>
    </section>
  );
}

interface DecisionProps {
  path: string;
  request: RequestRow;
  decided(now: RequestRow): void;
  /** Told when somebody else has decided meanwhile. */
  late(why: string): void;
}

/** The form for the decision. What could not be sent stays in it; Enter in a field decides nothing. */
function Decision({ path, request, decided, late }: DecisionProps) {
  const reason = useSignal('');
  const until = useSignal(request.suggested?.protected_until ?? '');
  const wrong = useSignal('');
  const busy = useSignal(false);
  const protects = Boolean(request.suggested?.protected_until) || PROTECTING.includes(request.kind);
  const decide = async (decision: 'approve' | 'reject') => {
    if (busy.value) return;
    const said = reason.value.trim();
    if (decision === 'reject' && said === '') {
      wrong.value = 'Give the partner a reason for the rejection.';
      document.getElementById('reason')?.focus();
      return;
    }
    [busy.value, wrong.value] = [true, ''];
    const protected_until = decision === 'approve' && until.value ? until.value : null;
    try {
      decided(await post<RequestRow>(`${path}/decision`, { decision, reason: said || null, protected_until }));
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof ApiError && error.status === 409) late(message);
      else wrong.value = message;
    }
    busy.value = false;
  };
  return (
    <form class="reply" aria-label="Decision" onSubmit={(event) => event.preventDefault()}>
      <label for="reason">Reason, which the partner reads; needed to reject</label>
      <textarea
        id="reason"
        rows={3}
        maxLength={2000}
        value={reason.value}
        aria-invalid={wrong.value !== '' && reason.value.trim() === ''}
        onInput={(event) => (reason.value = event.currentTarget.value)}
      />
      {protects && (
        <>
          <label for="until">If approved, protected until</label>
          <input id="until" type="date" value={until.value} onInput={(event) => (until.value = event.currentTarget.value)} />
        </>
      )}
      <div class="tools">
        <button type="button" aria-disabled={busy.value} onClick={() => void decide('approve')}>
          Approve
        </button>
        <button type="button" aria-disabled={busy.value} onClick={() => void decide('reject')}>
          Reject
        </button>
        {busy.value && <span role="status">Sending…</span>}
      </div>
      {wrong.value && (
        <p class="bad" role="alert">
          {wrong.value}
        </p>
      )}
    </form>
  );
}

/** What an approval protects, until a day. */
const PROTECTING = ['register_deal', 'extend_protection'];

/** What was decided. It takes the place of the form, and the focus with it, for whoever has just decided. */
function Decided({ request, fresh }: { request: RequestRow; fresh: boolean }) {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => void (fresh && line.current?.focus()), [fresh]);
  const { decided_at, decided_by, reason } = request;
  if (!decided_at) return null;
  return (
    <p ref={line} class="not-yet" tabIndex={-1}>
      {capital(standingOf(request).text)}
      {decided_by && ` by ${decided_by}`}, {instantInWords(decided_at, 'en-GB')}
      {reason && `: ${reason}`}
    </p>
  );
}

function History({ request: { events } }: { request: RequestRow }) {
  return (
    <details class="case">
      <summary>
        <strong>What happened, and when</strong>
      </summary>
      <ol class="audit">
        {events.map((event, index) => (
          <li key={index}>
            {capital(eventInWords(event))} <small>{instantInWords(event.at, 'en-GB')}</small>
          </li>
        ))}
      </ol>
    </details>
  );
}
