/** No source of ours parses text as HTML or as code, and none reaches for a store that outlives the tab. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FORBIDDEN =
  /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc|setHTML|eval\(|new Function|localStorage|document\.cookie/;

for (const folder of ['src', 'portal']) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(ts|tsx|js|html)$/.test(name)) continue;
    test(`${folder}/${name}`, () => expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(FORBIDDEN));
  }
}
