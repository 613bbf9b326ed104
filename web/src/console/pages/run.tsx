/** One eval run: its figures and its cases, the failed ones open, with what was asked, answered and expected. */
import { useSignal } from '@preact/signals';
import { instantInWords } from '../../shared/format';
import type { Case, RunDetail, RunRow } from '../api';
import { inPercent, inSeconds, passInterval } from '../interval';
import { Markdown } from '../markdown';
import { Resource } from '../resource';
import { Status } from '../status';

export function Run({ id }: { id: string }) {
  return (
    <>
      <p class="back">
        <a href="#/evals">All runs</a>
      </p>
      <Resource<RunDetail> path={`/api/evals/runs/${encodeURIComponent(id)}`}>
        {(run) => (
          <>
            <h2>
              {run.suite} <small>{run.id}</small>
            </h2>
            {run.totals && <Figures totals={run.totals} />}
            <CompareWith id={id} />
            <Cases run={run} />
          </>
        )}
      </Resource>
    </>
  );
}

function Figures({ totals }: { totals: RunRow }) {
  const [low, high] = passInterval(totals.passed, totals.cases);
  const figures: [name: string, value: string, note?: string][] = [
    ['Passed', `${totals.passed} of ${totals.cases}`, `95 %: ${inPercent(low)} – ${inPercent(high)}`],
    ['Citations valid', totals.citations_valid === null ? '—' : inPercent(totals.citations_valid)],
    ['Numbers unproven', String(totals.numbers_without_provenance)],
    ['Outside audience', String(totals.outside_audience ?? '—')],
    ['Declined', `${totals.declined ?? '—'} of ${totals.questions ?? '—'}`, 'questions'],
    ['Answer, p50', inSeconds(totals.p50_total_ms), `p95 ${inSeconds(totals.p95_total_ms)}`],
  ];
  return (
    <dl class="figures">
      {figures.map(([name, value, note]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            {note && <small>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The other runs, to hold this one beside. The older of the two comes first, whichever was opened. */
function CompareWith({ id }: { id: string }) {
  return (
    <Resource<{ runs: RunRow[] }> path="/api/evals/runs">
      {({ runs }) => {
        const at = runs.findIndex((run) => run.id === id);
        if (at < 0 || runs.length < 2) return null;
        const go = (chosen: string) => {
          const pair = runs.findIndex((run) => run.id === chosen) > at ? [chosen, id] : [id, chosen];
          location.hash = `#/evals/${pair.map(encodeURIComponent).join('/')}`;
        };
        return (
          <p class="choice">
            <label for="beside">Compare with</label>
            <select id="beside" onChange={(event) => event.currentTarget.value && go(event.currentTarget.value)}>
              <option value="">choose a run</option>
              {runs
                .filter((run) => run.id !== id)
                .map((run) => (
                  <option key={run.id} value={run.id}>
                    {instantInWords(run.started_at, 'en-GB')}: {run.passed} of {run.cases}, {run.suite}
                  </option>
                ))}
            </select>
          </p>
        );
      }}
    </Resource>
  );
}

function Cases({ run }: { run: RunDetail }) {
  const failed = run.cases.filter((one) => !one.passed);
  const onlyFailed = useSignal(false);
  const filter = useSignal('');
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = (onlyFailed.value ? failed : run.cases).filter((one) => {
    const text = `${one.id} ${one.tags.join(' ')} ${one.turns.map((turn) => turn.ask).join(' ')}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <>
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
        <CaseView key={`${one.id} ${one.repetition ?? 1}`} one={one} />
      ))}
      {shown.length === 0 && <p class="empty">No case matches.</p>}
    </>
  );
}

function CaseView({ one }: { one: Case }) {
  const about = [one.partner && `as ${one.partner}`, ...one.tags, (one.repetition ?? 1) > 1 && `time ${one.repetition}`];
  return (
    <details class="case" open={!one.passed}>
      <summary>
        <Status kind={one.passed ? 'good' : 'bad'} text={one.passed ? 'passed' : 'failed'} />
        <strong>{one.id}</strong>
        <small>{about.filter(Boolean).join(', ')}</small>
      </summary>
      {one.turns.map((turn, index) => (
        <dl key={index}>
          <dt>Asked</dt>
          <dd>{turn.ask}</dd>
          <dt>Answered</dt>
          <dd>{turn.answer === null ? 'Nothing.' : <Markdown text={turn.answer} />}</dd>
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
