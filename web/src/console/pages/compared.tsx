/** Two runs beside each other: what the later one broke first, then what it fixed. */
import type { ComponentChildren } from 'preact';
import type { Change, Comparison } from '../api';
import { Resource } from '../resource';
import { Status } from '../status';

/** `a` is the earlier run. */
export function Compared({ a, b }: { a: string; b: string }) {
  const [first, second] = [a, b].map(encodeURIComponent);
  return (
    <>
      <p class="back">
        <a href="#/evals">All runs</a>
      </p>
      <h2>
        From <a href={`#/evals/${first}`}>{a}</a> to <a href={`#/evals/${second}`}>{b}</a>
      </h2>
      <Resource<Comparison> path={`/api/evals/runs/${first}/compare/${second}`}>
        {(found) => (
          <>
            <p class="verdict">{verdict(found)}</p>
            <Changes kind="bad" word="broken" changes={found.broken} />
            <Changes kind="good" word="fixed" changes={found.fixed} />
            <Names title="Still failing" names={found.still_failing} />
            <Names title="Only in the earlier run" names={found.only_in_a} />
            <Names title="Only in the later run" names={found.only_in_b} />
          </>
        )}
      </Resource>
    </>
  );
}

function verdict({ broken, fixed, still_passing, still_failing, p_value }: Comparison): string {
  const both = still_passing + still_failing.length + broken.length + fixed.length;
  if (both === 0) return 'The two runs have no case in common.';
  const said = `Of ${both} cases in both runs, ${broken.length} broke and ${fixed.length} were fixed; ${still_passing} still pass.`;
  if (broken.length + fixed.length === 0) return said;
  // The exact two-sided McNemar test, from the service.
  return `${said} A change that does nothing would look at least this lopsided with a probability of ${p_value.toFixed(2)}.`;
}

function Changes({ kind, word, changes }: { kind: 'good' | 'bad'; word: string; changes: Change[] }) {
  return (
    <>
      {changes.map((one) => (
        <details key={one.case} class="case" open={kind === 'bad'}>
          <summary>
            <Status kind={kind} text={word} />
            <strong>{one.case}</strong>
          </summary>
          <dl>
            <dt>Asked</dt>
            <dd>{one.question}</dd>
            <dt>{kind === 'bad' ? 'Fails' : 'Failed'}</dt>
            <dd>
              <ul>
                {one.reasons.map((reason, at) => (
                  <li key={at}>{reason}</li>
                ))}
              </ul>
            </dd>
          </dl>
        </details>
      ))}
    </>
  );
}

function Names({ title, names }: { title: string; names: string[] }): ComponentChildren {
  if (names.length === 0) return null;
  return (
    <details class="case">
      <summary>
        <strong>
          {title} ({names.length})
        </strong>
      </summary>
      <ul class="names">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </details>
  );
}
