/** One gap: how it was asked, and the answer that becomes a document. */
import { useSignal } from '@preact/signals';
import { instantInWords } from '../../shared/format';
import { post, type GapAnswered, type GapRow } from '../api';
import { add } from '../intake';
import { Resource } from '../resource';
import { Status } from '../status';
import { capital, decisionOf, kindsInWords } from '../words';

export function GapView({ id }: { id: string }) {
  const version = useSignal(0);
  const answered = useSignal<GapAnswered | null>(null);
  const done = (now: GapAnswered | null) => {
    answered.value = now;
    version.value += 1;
  };
  return (
    <>
      <p class="back">
        <a href="#/gaps">All gaps</a>
      </p>
      <Resource<{ gaps: GapRow[] }> path="/api/gaps" version={version.value}>
        {({ gaps }) => {
          const gap = gaps.find((one) => one.id === id);
          if (!gap) return <p class="empty">There is no such gap any more.</p>;
          return (
            <>
              <h2>{gap.question}</h2>
              <p>
                <Status {...decisionOf(gap)} /> <small>{capital(kindsInWords(gap))}</small>
              </p>
              {answered.value && <Outcome answered={answered.value} />}
              {gap.state === 'open' ? <Answer gap={gap} done={done} /> : <Decided gap={gap} />}
              <section class="asked" aria-label="How it was asked">
                <h3>How it was asked</h3>
                <ul>
                  {gap.questions.map(({ question, partner, at }, index) => (
                    <li key={index}>
                      {question}{' '}
                      <small>
                        {gap.partners.find((one) => one.id === partner)?.name ?? partner}, {instantInWords(at, 'en-GB')}
                      </small>
                    </li>
                  ))}
                </ul>
              </section>
            </>
          );
        }}
      </Resource>
    </>
  );
}

function Outcome({ answered }: { answered: GapAnswered }) {
  return (
    <p class="not-yet" role="status">
      The answer is on its way into the knowledge as {answered.document}.{' '}
      {answered.case
        ? `The eval case ${answered.case} asks it again: liaison eval run HOME/suites.`
        : 'There is no eval case: nobody who asked may see the answer.'}{' '}
      <a href="#/documents">See how far</a>
    </p>
  );
}

function Decided({ gap }: { gap: GapRow }) {
  return (
    <p class="note">
      {gap.state === 'answered' ? `Answered in ${gap.document}` : 'Dismissed'} by {gap.decided_by}
      {gap.decided_at && `, ${instantInWords(gap.decided_at, 'en-GB')}`}.
    </p>
  );
}

/** The form for the answer. What could not be sent stays in it. */
function Answer({ gap, done }: { gap: GapRow; done(answered: GapAnswered | null): void }) {
  const wrong = useSignal('');
  const busy = useSignal(false);
  const path = `/api/gaps/${encodeURIComponent(gap.id)}`;
  const attempt = async (act: () => Promise<GapAnswered | null>) => {
    if (busy.value) return;
    [busy.value, wrong.value] = [true, ''];
    try {
      done(await act());
    } catch (error) {
      wrong.value = (error as Error).message;
    }
    busy.value = false;
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const body = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement)) as Record<string, string>;
    if (!body['title']?.trim() || !body['text']?.trim()) {
      wrong.value = 'An answer has a title and a text.';
      return;
    }
    void attempt(async () => {
      const answered = await post<GapAnswered>(`${path}/answer`, body);
      add(answered.job);
      return answered;
    });
  };
  const dismiss = () => void attempt(async () => (await post(`${path}/dismiss`, {}), null));
  return (
    <form class="reply" onSubmit={submit}>
      <p class="note">
        The answer becomes a document that everybody it is for can find. Partners never see the question as it was
        asked, nor who asked it.
      </p>
      <label for="title">Title</label>
      <input id="title" name="title" maxLength={200} />
      <label for="text">Answer, in Markdown</label>
      <textarea id="text" name="text" rows={8} maxLength={20_000} />
      <div class="fields">
        <div>
          <label for="audience">Who may find it</label>
          <input id="audience" name="audience" defaultValue="partners" autocomplete="off" spellcheck={false} />
          <small>
            <code>partners</code>, <code>internal</code> or conditions such as <code>tier=gold;region=emea</code>
          </small>
        </div>
        <div>
          <label for="owner">Owner</label>
          <input id="owner" name="owner" />
        </div>
        <div>
          <label for="review">Review by</label>
          <input id="review" name="review_by" type="date" />
        </div>
      </div>
      <div class="tools">
        <button type="submit" class="primary" aria-disabled={busy.value}>
          Answer
        </button>
        <button type="button" aria-disabled={busy.value} onClick={dismiss}>
          Dismiss
        </button>
      </div>
      {wrong.value && (
        <p class="bad" role="alert">
          {wrong.value}
        </p>
      )}
    </form>
  );
}
