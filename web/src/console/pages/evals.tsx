/** The eval runs, newest first as the service sends them; one run, or two beside each other, when named. */
import { instantInWords } from '../../shared/format';
import type { RunRow } from '../api';
import { inPercent, passInterval, inSeconds } from '../interval';
import { Resource } from '../resource';
import { detail, other } from '../route';
import { Table, type Column } from '../table';
import { Compared } from './compared';
import { Run } from './run';

const columns: Column<RunRow>[] = [
  {
    name: 'Run',
    text: (run) => `${run.suite} ${run.id}`,
    view: (run) => (
      <a href={`#/evals/${encodeURIComponent(run.id)}`}>
        <strong>{run.suite}</strong>
        <small>{run.id}</small>
      </a>
    ),
  },
  { name: 'Started', text: (run) => instantInWords(run.started_at, 'en-GB'), fit: 'line' },
  {
    name: 'Passed',
    text: (run) => `${run.passed} of ${run.cases}`,
    view: (run) => <Passed run={run} />,
    fit: 'number',
  },
  {
    name: 'Citations valid',
    text: (run) => (run.citations_valid === null ? '—' : inPercent(run.citations_valid)),
    fit: 'number',
  },
  { name: 'Numbers unproven', text: (run) => String(run.numbers_without_provenance), fit: 'number' },
  { name: 'Outside audience', text: (run) => String(run.outside_audience ?? '—'), fit: 'number' },
  { name: 'Answer, p95', text: (run) => inSeconds(run.p95_total_ms), fit: 'number' },
];

export default function Evals() {
  const [run, beside] = [detail.value, other.value];
  if (run && beside) return <Compared key={`${run} ${beside}`} a={run} b={beside} />;
  if (run) return <Run key={run} id={run} />;
  return (
    <Resource<{ runs: RunRow[] }> path="/api/evals/runs">
      {({ runs }) => (
        <Table
          caption="Eval runs"
          noun="run"
          columns={columns}
          rows={runs}
          id={(row) => row.id}
          empty={
            <>
              <p>No runs yet.</p>
              <p>
                Stop the service, start one with <code>liaison eval run evals/suites</code>, and start the service
                again.
              </p>
            </>
          }
        />
      )}
    </Resource>
  );
}

function Passed({ run }: { run: RunRow }) {
  const [low, high] = passInterval(run.passed, run.cases);
  return (
    <>
      {run.passed} of {run.cases}
      <small>
        95 %: {inPercent(low)} – {inPercent(high)}
      </small>
    </>
  );
}
