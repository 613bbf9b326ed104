/** The frame: sections at the side, the one that is open in the middle, sign-in in place of both. */
import { useEffect, useRef } from 'preact/hooks';
import { news, pending, watchJobs } from './intake';
import { pageFor, pages } from './pages';
import { section } from './route';
import { signOut, token } from './session';
import { SignIn } from './sign-in';
import { pendingInWords } from './words';

export function App() {
  const name = section.value;
  const title = pages[name]?.title ?? 'Not found';
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);

  useEffect(() => {
    document.title = `${token.value ? title : 'Sign in'} · Liaison console`;
    // A new section begins at its heading, for whoever does not see that the page has changed.
    if (!first.current) heading.current?.focus();
    first.current = false;
  }, [name, token.value]);

  useEffect(() => (token.value ? watchJobs() : undefined), [token.value]);

  if (!token.value) return <SignIn />;
  return (
    <div class="shell">
      <header>
        <a class="brand" href="#/documents">
          <span class="mark" aria-hidden="true" />
          Liaison
        </a>
        <nav aria-label="Sections">
          <ul>
            {Object.entries(pages).map(([key, page]) => (
              <li key={key}>
                <a href={`#/${key}`} aria-current={key === name ? 'page' : undefined}>
                  {page.title}
                  {key === 'documents' && <Pending />}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <button type="button" class="plain" onClick={() => signOut()}>
          Sign out
        </button>
      </header>
      <main>
        {name !== 'documents' && <NotYet />}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <Section name={name} />
      </main>
      <p class="unseen" role="status">
        {news}
      </p>
    </div>
  );
}

/** How much is not searchable yet, beside the section that shows it. */
function Pending() {
  const { files, folders } = pending.value;
  if (files + folders === 0) return null;
  return (
    <>
      <span class="count" aria-hidden="true">
        {files + folders}
      </span>
      <span class="unseen">, {pendingInWords(files, folders)}</span>
    </>
  );
}

/** The same in words, wherever its section is not open. */
function NotYet() {
  const { files, folders } = pending.value;
  if (files + folders === 0) return null;
  return (
    <p class="not-yet">
      {pendingInWords(files, folders)}. <a href="#/documents">See how far</a>
    </p>
  );
}

function Section({ name }: { name: string }) {
  if (!pages[name]) return <p class="empty">There is no such section.</p>;
  const Page = pageFor(name);
  if (!Page) return <p class="empty">Loading…</p>;
  if (Page === 'failed') return <p class="empty bad">This section could not be loaded. Reload the page.</p>;
  return <Page />;
}
