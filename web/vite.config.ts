/** The console: one page under /ui/, its sections loaded when first opened. Empties `dist`, so it builds first. */
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/ui/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    // `light-dark()` stays as written: lowering it doubles every colour.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    outDir: 'dist',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // Nothing inlined as a data: URL, so that the page's CSP can stay at 'self'.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/widget.js': 'http://127.0.0.1:8080' } },
});
