/** The eval runs, newest first as the service sends them; one run's cases when one is open. */
import { instantInWords } from '../../shared/format';
import type { RunRow } from '../api';
import { inPercent, passInterval } from '../interval';
import { Resource } from '../resource';
import { detail } from '../route';
import { Table, type Column } from '../table';
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
  { name: 'Passed', text: (run) => `${run.passed} of ${run.cases}`, view: (run) => <Passed run={run} />, fit: 'number' },
  {
    name: 'Citations valid',
    text: (run) => (run.citations_valid === null ? '—' : inPercent(run.citations_valid)),
    fit: 'number',
  },
  { name: 'Numbers unproven', text: (run) => String(run.numbers_without_provenance), fit: 'number' },
  { name: 'Seconds', text: (run) => run.seconds.toFixed(1), fit: 'number' },
];

export default function Evals() {
  const run = detail.value;
  if (run) return <Run key={run} id={run} />;
  return (
    <Resource<{ runs: RunRow[] }> path="/api/evals/runs">
      {({ runs }) => (
        <Table
          caption="Eval runs"
          columns={columns}
          rows={runs}
          id={(row) => row.id}
          empty={
            <>
              <p>No runs yet.</p>
              <p>
                Start one with <code>liaison eval run evals/suites/program-rules.yaml</code>.
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
      <small title="95 % interval of the pass rate">
        {inPercent(low)} – {inPercent(high)}
      </small>
    </>
  );
}
