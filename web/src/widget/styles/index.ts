/** The widget's style sheet: written as CSS files, shipped inside the script, adopted by the shadow root. */
import tokens from '../../shared/tokens.css?inline';
import answer from './answer.css?inline';
import panel from './panel.css?inline';
import source from './source.css?inline';

let sheet: CSSStyleSheet | undefined;

/** One sheet for all elements on the page. Constructed sheets need no `unsafe-inline` in the page's CSP. */
export function styles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(tokens + panel + answer + source);
  }
  return sheet;
}
