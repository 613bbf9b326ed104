/**
 * Markdown to DOM nodes, as it streams. Nothing is ever parsed as HTML, so there is nothing to sanitise and no
 * Trusted Types policy to grant: what the text may become is the closed list `ELEMENTS`, which holds no image,
 * no script and no form control. Headings start at level 4, below those of the page and of the widget.
 */
import * as smd from 'streaming-markdown';
import { layTable } from './table';

const ELEMENTS: Partial<Record<smd.Token, string>> = {
  [smd.PARAGRAPH]: 'p',
  [smd.HEADING_1]: 'h4',
  [smd.HEADING_2]: 'h4',
  [smd.HEADING_3]: 'h5',
  [smd.HEADING_4]: 'h5',
  [smd.HEADING_5]: 'h6',
  [smd.HEADING_6]: 'h6',
  [smd.CODE_INLINE]: 'code',
  [smd.ITALIC_AST]: 'em',
  [smd.ITALIC_UND]: 'em',
  [smd.STRONG_AST]: 'strong',
  [smd.STRONG_UND]: 'strong',
  [smd.STRIKE]: 's',
  [smd.LINK]: 'a',
  [smd.RAW_URL]: 'a',
  [smd.IMAGE]: 'span',
  [smd.BLOCKQUOTE]: 'blockquote',
  [smd.LINE_BREAK]: 'br',
  [smd.RULE]: 'hr',
  [smd.LIST_UNORDERED]: 'ul',
  [smd.LIST_ORDERED]: 'ol',
  [smd.LIST_ITEM]: 'li',
  [smd.TABLE_ROW]: 'tr',
};

/** Absolute links only: a relative one would point into the page that embeds the widget. */
const SAFE_LINK = /^(https?:\/\/|mailto:)/i;
const CITATION = /^#cite-(.+)$/;

/** What turns a citation's target into the words that name its button; also told when it is pressed. */
export interface Citations {
  label(id: string, shown: string): string;
  open(id: string, shown: string, button: HTMLButtonElement): void;
}

/** Where Markdown is written; `end` once, after the last `write`. */
export interface Sink {
  write(markdown: string): void;
  end(): void;
}

/** Writes into `root`. Without `citations`, citation links are left out. */
export function markdownSink(root: HTMLElement, citations?: Citations): Sink {
  const open: HTMLElement[] = [root];
  const top = (): HTMLElement => open[open.length - 1] ?? root;
  const parser = smd.parser({
    data: null,
    add_token(_, token) {
      if (token === smd.DOCUMENT) return;
      open.push(start(top(), token));
    },
    end_token() {
      const done = open.pop();
      // The parser takes dollar signs for formulas; in a partner's answer they are money.
      if (done?.dataset['dollar']) done.append(done.dataset['dollar']);
      if (done instanceof HTMLTableElement) layTable(done);
    },
    add_text(_, text) {
      top().append(text);
    },
    set_attr(_, attribute, value) {
      if (attribute === smd.HREF) open[open.length - 1] = link(top(), value, citations);
      else if (attribute === smd.START) top().setAttribute('start', value);
    },
  });
  return {
    write: (markdown) => smd.parser_write(parser, markdown),
    end() {
      smd.parser_end(parser);
      // The parser leaves open what the text leaves open, as a table at its very end.
      for (const left of open) if (left instanceof HTMLTableElement) layTable(left);
    },
  };
}

function start(parent: HTMLElement, token: smd.Token): HTMLElement {
  switch (token) {
    case smd.CODE_BLOCK:
    case smd.CODE_FENCE:
      return parent.appendChild(make('pre')).appendChild(make('code'));
    case smd.TABLE: {
      // A wide table scrolls in its own box, which the keyboard can reach.
      const box = parent.appendChild(make('div'));
      box.className = 'table';
      box.tabIndex = 0;
      return box.appendChild(make('table'));
    }
    case smd.TABLE_ROW: {
      const section = parent.querySelector('thead') ? 'tbody' : 'thead';
      const body = parent.querySelector<HTMLElement>('tbody');
      return (body ?? parent.appendChild(make(section))).appendChild(make('tr'));
    }
    case smd.TABLE_CELL: {
      const heads = parent.parentElement?.tagName === 'THEAD';
      const cell = parent.appendChild(make(heads ? 'th' : 'td'));
      if (heads) cell.setAttribute('scope', 'col');
      return cell;
    }
    case smd.EQUATION_BLOCK:
    case smd.EQUATION_INLINE: {
      const span = parent.appendChild(make('span'));
      span.dataset['dollar'] = token === smd.EQUATION_BLOCK ? '$$' : '$';
      span.append(span.dataset['dollar']);
      return span;
    }
    default:
      return parent.appendChild(make(ELEMENTS[token] ?? 'span'));
  }
}

/** The target of a link is known only at its end: the element so far is replaced when it turns out a citation. */
function link(element: HTMLElement, target: string, citations?: Citations): HTMLElement {
  const id = CITATION.exec(target)?.[1];
  if (id === undefined) {
    if (SAFE_LINK.test(target)) {
      element.setAttribute('href', target);
      element.setAttribute('target', '_blank');
      element.setAttribute('rel', 'noopener noreferrer nofollow');
    }
    return element;
  }
  const shown = element.textContent ?? '';
  if (!citations) return replace(element, make('span'), '');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'cite';
  button.setAttribute('part', 'citation');
  button.setAttribute('aria-label', citations.label(id, shown));
  button.addEventListener('click', () => citations.open(id, shown, button));
  return replace(element, button, shown);
}

function replace(element: HTMLElement, by: HTMLElement, text: string): HTMLElement {
  by.textContent = text;
  element.replaceWith(by);
  return by;
}

function make(name: string): HTMLElement {
  return document.createElement(name);
}
