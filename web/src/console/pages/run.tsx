/** One eval run: its cases, the failed ones open, with what was asked, answered and expected. */
import { useSignal } from '@preact/signals';
import type { Case, RunDetail } from '../api';
import { Resource } from '../resource';
import { Status } from '../status';

export function Run({ id }: { id: string }) {
  return (
    <>
      <p class="back">
        <a href="#/evals">All runs</a>
      </p>
      <Resource<RunDetail> path={`/api/evals/runs/${encodeURIComponent(id)}`}>{(run) => <Cases run={run} />}</Resource>
    </>
  );
}

function Cases({ run }: { run: RunDetail }) {
  const failed = run.cases.filter((one) => !one.passed);
  const onlyFailed = useSignal(false);
  const filter = useSignal('');
  const word = filter.value.trim().toLowerCase();
  const shown = (onlyFailed.value ? failed : run.cases).filter((one) =>
    `${one.id} ${one.tags.join(' ')} ${one.turns.map((turn) => turn.ask).join(' ')}`.toLowerCase().includes(word),
  );
  return (
    <>
      <h2>
        {run.suite} <small>{run.id}</small>
      </h2>
      <div class="filter">
        <input
          type="search"
          aria-label="Filter cases"
          placeholder="Filter"
          value={filter.value}
          onInput={(event) => (filter.value = event.currentTarget.value)}
        />
        <label>
          <input
            type="checkbox"
            checked={onlyFailed.value}
            onChange={(event) => (onlyFailed.value = event.currentTarget.checked)}
          />{' '}
          Only failed ({failed.length})
        </label>
        <span role="status">
          {shown.length} of {run.cases.length} cases
        </span>
      </div>
      {shown.map((one) => (
        <CaseView key={one.id} one={one} />
      ))}
      {shown.length === 0 && <p class="empty">No case matches.</p>}
    </>
  );
}

function CaseView({ one }: { one: Case }) {
  return (
    <details class="case" open={!one.passed}>
      <summary>
        <Status kind={one.passed ? 'good' : 'bad'} text={one.passed ? 'passed' : 'failed'} />
        <strong>{one.id}</strong>
        <small>{one.tags.join(', ')}</small>
      </summary>
      {one.turns.map((turn, index) => (
        <dl key={index}>
          <dt>Asked</dt>
          <dd>{turn.ask}</dd>
          <dt>Answered</dt>
          <dd class="answer">{turn.answer}</dd>
          {turn.failures.length > 0 && (
            <>
              <dt>Failed</dt>
              <dd class="bad">
                <ul>
                  {turn.failures.map((failure, at) => (
                    <li key={at}>{failure}</li>
                  ))}
                </ul>
              </dd>
            </>
          )}
        </dl>
      ))}
    </details>
  );
}
