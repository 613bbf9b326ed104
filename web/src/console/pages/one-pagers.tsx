/** A one-pager or a battle card for a partner, drafted from the knowledge, every claim with its source. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { en } from '../../i18n/en';
import { placeInWords } from '../../shared/place';
import { post, type PartnerRow, type Piece } from '../api';
import { Markdown } from '../markdown';
import { Resource } from '../resource';
import { detail } from '../route';
import { capital } from '../words';

type State = { stage: 'idle' | 'drafting' } | { stage: 'failed'; why: string } | { stage: 'there'; piece: Piece };

export default function OnePagers() {
  return (
    <Resource<{ templates: string[] }> path="/api/one-pagers/templates">
      {({ templates }) => (
        <Resource<PartnerRow[]> path="/api/partners">
          {(partners) =>
            partners.length === 0 ? (
              <div class="empty">
                <p>A one-pager is for a partner, and the CRM has none.</p>
                <p>
                  Load the sample with <code>liaison seed --crm</code>.
                </p>
              </div>
            ) : (
              <Desk templates={templates} partners={partners} />
            )
          }
        </Resource>
      )}
    </Resource>
  );
}

function Desk({ templates, partners }: { templates: string[]; partners: PartnerRow[] }) {
  const state = useSignal<State>({ stage: 'idle' });
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    if (state.value.stage === 'drafting') return;
    const { template, partner, topic } = Object.fromEntries(new FormData(form)) as Record<string, string>;
    if (!topic?.trim()) {
      state.value = { stage: 'failed', why: 'Name a topic: a product, a competitor, a program.' };
      return form.querySelector('input')?.focus();
    }
    state.value = { stage: 'drafting' };
    try {
      state.value = { stage: 'there', piece: await post<Piece>('/api/one-pagers', { template, partner, topic }) };
    } catch (error) {
      state.value = { stage: 'failed', why: (error as Error).message };
    }
  };
  const now = state.value;
  return (
    <>
      <form class="brief" onSubmit={submit} noValidate>
        <div>
          <label for="template">Template</label>
          <select id="template" name="template">
            {templates.map((name) => (
              <option key={name} value={name}>
                {capital(name.replace(/-(?!pager)/g, ' '))}
              </option>
            ))}
          </select>
        </div>
        <div>
          <label for="partner">Partner</label>
          <select id="partner" name="partner">
            {partners.map((partner) => (
              <option key={partner.id} value={partner.id} selected={partner.id === detail.value}>
                {partner.name} ({capital(partner.tier)})
              </option>
            ))}
          </select>
        </div>
        <div class="grow">
          <label for="topic">Topic</label>
          <input
            id="topic"
            name="topic"
            maxLength={200}
            autocomplete="off"
            placeholder="A product, a competitor, a program"
          />
        </div>
        <button type="submit" class="primary">
          {now.stage === 'drafting' ? 'Drafting…' : 'Draft'}
        </button>
      </form>
      <p class="bad" role="alert">
        {now.stage === 'failed' && now.why}
      </p>
      {now.stage === 'idle' && (
        <p class="empty">Each claim is a quote from the documents that this partner may see, with its source.</p>
      )}
      {now.stage === 'there' && <Draft key={now.piece.markdown} piece={now.piece} />}
    </>
  );
}

function Draft({ piece }: { piece: Piece }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const copied = useSignal('');
  useEffect(() => heading.current?.focus(), []);
  const copy = () =>
    navigator.clipboard.writeText(piece.markdown).then(
      () => (copied.value = 'Copied.'),
      () => (copied.value = 'The browser did not allow it.'),
    );
  if (piece.sections.length === 0) {
    return (
      <div class="empty" role="status">
        <p>The documents that this partner may see hold nothing on this.</p>
      </div>
    );
  }
  return (
    <>
      <div class="tools">
        <button type="button" onClick={() => save(piece, 'html', 'text/html')}>
          Save as HTML
        </button>
        <button type="button" onClick={() => save(piece, 'md', 'text/markdown')}>
          Save as Markdown
        </button>
        {/* Browsers give the clipboard to secure pages only. */}
        {isSecureContext && (
          <button type="button" onClick={copy}>
            Copy Markdown
          </button>
        )}
        <span role="status">{copied}</span>
      </div>
      <article class="piece">
        <h2 ref={heading} tabIndex={-1}>
          {piece.title}
        </h2>
        {piece.sections.map((section) => (
          <section key={section.heading}>
            <h3>{section.heading}</h3>
            <ul>
              {section.claims.map((claim) => (
                <li key={claim.text}>
                  <Markdown text={claim.text} /> <small>{claim.citations.map((n) => `[${n}]`).join(' ')}</small>
                </li>
              ))}
            </ul>
          </section>
        ))}
        <h3>Sources</h3>
        <ol class="sources">
          {piece.citations.map((citation) => (
            <li key={citation.n} value={citation.n}>
              {citation.title}
              <small>
                {[placeInWords(citation.anchor, en, citation.title), citation.document].filter(Boolean).join(' · ')}
              </small>
            </li>
          ))}
        </ol>
      </article>
      {piece.empty.length > 0 && (
        <p class="left-out">
          Left out, as the documents that this partner may see hold nothing for it: {piece.empty.join(', ')}.
        </p>
      )}
    </>
  );
}

function save(piece: Piece, ending: 'html' | 'md', type: string): void {
  const link = document.createElement('a');
  const text = ending === 'html' ? piece.html : piece.markdown;
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = `${piece.title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '')}.${ending}`;
  link.click();
  // Later, so that the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
