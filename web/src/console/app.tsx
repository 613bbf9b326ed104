/** The frame: sections at the side, the one that is open in the middle, sign-in in place of both. */
import { useEffect, useRef } from 'preact/hooks';
import { pageFor, pages } from './pages';
import { section } from './route';
import { signOut, token } from './session';
import { SignIn } from './sign-in';

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
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <Section name={name} />
      </main>
    </div>
  );
}

function Section({ name }: { name: string }) {
  if (!pages[name]) return <p class="empty">There is no such section.</p>;
  const Page = pageFor(name);
  if (!Page) return <p class="empty">Loading…</p>;
  if (Page === 'failed') return <p class="empty bad">This section could not be loaded. Reload the page.</p>;
  return <Page />;
}
