/** What Markdown may become, and what it may not, however it is cut. */
import { expect, test } from 'vitest';
import { markdownSink } from '../src/markdown/sink';

const opened: string[] = [];
const citations = { label: (id: string, shown: string) => `Citation ${shown} of ${id}`, open: (id: string) => opened.push(id) };

function rendered(markdown: string, size: number, cited = true): HTMLElement {
  const root = document.createElement('div');
  const sink = markdownSink(root, cited ? citations : undefined);
  for (let at = 0; at < markdown.length; at += size) sink.write(markdown.slice(at, at + size));
  sink.end();
  return root;
}

function check(markdown: string, look: (root: HTMLElement) => void): void {
  for (const size of [1, 2, 3, 7, 1000]) look(rendered(markdown, size));
}

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '![a](https://evil.example/x.png)',
  '![a](data:image/svg+xml,<svg onload=alert(1)>)',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](\tjavascript:alert(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '[x](vbscript:msgbox)',
  '[x](//evil.example)',
  '[x](/admin/delete)',
  '<iframe src="https://evil.example"></iframe>',
  '- [ ] <form action=x>',
  '| <svg onload=alert(1)> | ![a](b) |\n|---|---|\n| <b>1</b> | [x](javascript:1) |\n',
];

for (const markdown of HOSTILE) {
  test(`stays words: ${markdown.split('\n')[0]}`, () =>
    check(markdown, (root) => {
      expect(root.querySelector('img, script, iframe, svg, form, input, object, embed, style, [src], [style]')).toBeNull();
      for (const link of root.querySelectorAll('a')) expect(link.hasAttribute('href')).toBe(false);
      for (const element of root.querySelectorAll('*')) {
        for (const name of element.getAttributeNames()) expect(name).not.toMatch(/^on/);
      }
    }));
}

test('a safe link opens elsewhere and tells nothing', () =>
  check('See [the guide](https://docs.example/a?b=1&c=2).', (root) => {
    const link = root.querySelector('a');
    expect(link?.getAttribute('href')).toBe('https://docs.example/a?b=1&c=2');
    expect(link?.getAttribute('rel')).toContain('noopener');
    expect(root.textContent).toBe('See the guide.');
  }));

test('a citation is a button that opens its passage', () =>
  check('Deals are protected for **90 days** [1](#cite-4f1c-9).\n', (root) => {
    opened.length = 0;
    const button = root.querySelector('button');
    expect(button?.textContent).toBe('1');
    expect(button?.getAttribute('aria-label')).toBe('Citation 1 of 4f1c-9');
    expect(root.querySelector('a')).toBeNull();
    expect(root.querySelector('strong')?.textContent).toBe('90 days');
    button?.click();
    expect(opened).toEqual(['4f1c-9']);
  }));

test('without anyone to open them, citations are left out', () => {
  expect(rendered('Yes [1](#cite-a).', 3, false).textContent).toBe('Yes .');
});

test('tables have headers with a scope and citations in cells', () =>
  check('| Deal | Until |\n|---|---|\n| Alpha | 2026-03-12 [2](#cite-b) |\n| Beta | – |\n\nDone.', (root) => {
    expect([...root.querySelectorAll('th')].map((cell) => [cell.textContent?.trim(), cell.getAttribute('scope')])).toEqual([
      ['Deal', 'col'],
      ['Until', 'col'],
    ]);
    expect(root.querySelectorAll('tbody tr').length).toBe(2);
    expect(root.querySelectorAll('tbody td button').length).toBe(1);
    expect(root.querySelector('.table')?.getAttribute('tabindex')).toBe('0');
  }));

test('lists, headings, code and quotes', () =>
  check('# Big\n\n1. one\n2. two\n\n- a\n- b\n\n`code`\n\n> said\n', (root) => {
    expect(root.querySelector('h1, h2, h3')).toBeNull();
    expect(root.querySelector('h4')?.textContent).toBe('Big');
    expect(root.querySelectorAll('ol > li').length).toBe(2);
    expect(root.querySelectorAll('ul > li').length).toBe(2);
    expect(root.querySelector('code')?.textContent).toBe('code');
    expect(root.querySelector('blockquote')?.textContent).toBe('said');
  }));

test('dollars are money, not formulas', () => {
  for (const text of ['You earn $1,240.50 and $USD later$ too.', 'From US$a to $b.']) {
    check(text, (root) => expect(root.textContent).toBe(text));
  }
});
