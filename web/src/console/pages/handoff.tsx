/** One hand-over: the conversation, what was tried, the answer to it, and who wrote what when. */
import { useSignal } from '@preact/signals';
import { en } from '../../i18n/en';
import { instantInWords } from '../../shared/format';
import { placeInWords } from '../../shared/place';
import { post, type HandoffDetail, type HandoffRow, type Message } from '../api';
import { Markdown } from '../markdown';
import { Resource } from '../resource';
import { Status } from '../status';
import { capital, deliveryOf, entryInWords, sentence, stateOf } from '../words';

export function HandoffView({ id }: { id: string }) {
  const version = useSignal(0);
  const path = `/api/handoffs/${encodeURIComponent(id)}`;
  return (
    <>
      <p class="back">
        <a href="#/handoffs">All hand-overs</a>
      </p>
      <Resource<HandoffDetail> path={path} version={version.value}>
        {(handoff) => (
          <>
            <h2>
              {handoff.partner.name} <small>{handoff.subject}</small>
            </h2>
            <Standing handoff={handoff} />
            <ol class="transcript" aria-label="Conversation">
              {handoff.transcript.map((message, index) => (
                <Said key={index} message={message} />
              ))}
            </ol>
            {handoff.state !== 'closed' && <Answer path={path} handoff={handoff} done={() => (version.value += 1)} />}
            <Tried handoff={handoff} />
            <Audit handoff={handoff} />
          </>
        )}
      </Resource>
    </>
  );
}

function Standing({ handoff }: { handoff: HandoffRow }) {
  const { manager, delivery } = handoff;
  return (
    <dl class="figures standing">
      <div>
        <dt>State</dt>
        <dd>
          <Status {...stateOf(handoff)} />
        </dd>
      </div>
      <div>
        <dt>Manager</dt>
        <dd>
          {manager.name || 'Nobody in the CRM'}
          {manager.email && <small>{manager.email}</small>}
        </dd>
      </div>
      <div>
        <dt>E-mail to the manager</dt>
        <dd>
          <Status {...deliveryOf(handoff)} />
          {delivery.reason && <small>{sentence(delivery.reason)}</small>}
        </dd>
      </div>
    </dl>
  );
}

function Said({ message }: { message: Message }) {
  if (message.role === 'event') {
    return <li class="event">{message.event === 'opened' ? 'Handed over to a person' : 'Closed'}</li>;
  }
  return (
    <li class={message.role}>
      <p class="who">
        {speaker(message)} <small>{instantInWords(message.at, 'en-GB')}</small>
        {message.role === 'assistant' && message.declined && <Status kind="quiet" text="declined" />}
        {message.role === 'assistant' && message.vote === -1 && <Status kind="bad" text="voted down" />}
      </p>
      {message.role === 'assistant' ? <Markdown text={message.text ?? ''} /> : <p class="words">{message.text}</p>}
    </li>
  );
}

function speaker(message: Exclude<Message, { role: 'event' }>): string {
  if (message.role === 'manager') return message.name;
  if (message.role === 'assistant') return 'Assistant';
  return message.to === 'manager' ? 'Partner, to the manager' : 'Partner';
}

/** The form for the answer. What could not be sent stays in it. */
function Answer({ path, handoff, done }: { path: string; handoff: HandoffRow; done(): void }) {
  const text = useSignal('');
  const name = useSignal(handoff.manager.name);
  const wrong = useSignal('');
  const busy = useSignal(false);
  const send = async (action: string, body: unknown) => {
    if (busy.value) return;
    [busy.value, wrong.value] = [true, ''];
    try {
      await post(`${path}/${action}`, body);
      text.value = '';
      done();
    } catch (error) {
      wrong.value = (error as Error).message;
    }
    busy.value = false;
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (text.value.trim() === '') wrong.value = 'Write an answer first.';
    else void send('replies', { text: text.value, name: name.value });
  };
  return (
    <form class="reply" onSubmit={submit}>
      <label for="reply">Answer to {handoff.partner.name}</label>
      <textarea
        id="reply"
        rows={5}
        maxLength={4000}
        value={text.value}
        aria-invalid={wrong.value !== '' && text.value.trim() === ''}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      <div class="tools">
        <label for="signed">Signed</label>
        <input
          id="signed"
          maxLength={100}
          placeholder="Partner manager"
          value={name.value}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
        <button type="submit" class="primary" aria-disabled={busy.value}>
          Send answer
        </button>
        <button type="button" aria-disabled={busy.value} onClick={() => void send('close', {})}>
          Close hand-over
        </button>
      </div>
      <p class="note">The partner reads it in the same conversation.</p>
      {wrong.value && (
        <p class="bad" role="alert">
          {wrong.value}
        </p>
      )}
    </form>
  );
}

function Tried({ handoff: { tried, nearest } }: { handoff: HandoffDetail }) {
  if (tried.length + nearest.length === 0) return null;
  return (
    <section class="tried" aria-label="What was tried">
      <h3>What was tried</h3>
      <ul>
        {tried.map(({ name, arguments: of, records }, index) => (
          <li key={index}>
            <code>{name}</code> <small>{JSON.stringify(of)}</small> {records > 0 && <small>{records} records</small>}
          </li>
        ))}
      </ul>
      {nearest.length > 0 && (
        <>
          <h3>Nearest passages</h3>
          <ul>
            {nearest.map((near) => (
              <li key={near.passage_id}>
                {near.title}{' '}
                <small>{[placeInWords(near.anchor, en, near.title), near.document].filter(Boolean).join(' · ')}</small>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Audit({ handoff: { audit } }: { handoff: HandoffDetail }) {
  return (
    <details class="case">
      <summary>
        <strong>Who did what, and when</strong>
      </summary>
      <ol class="audit">
        {audit.map((entry, index) => (
          <li key={index}>
            {capital(entryInWords(entry))} <small>{instantInWords(entry.written_at, 'en-GB')}</small>
          </li>
        ))}
      </ol>
    </details>
  );
}
