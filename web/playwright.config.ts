/**
 * Browser tests, against a stand-in that speaks the service's real stream. `real.spec.ts` runs against the service
 * itself: see `service.ts`. The browser is the system's Chromium: CHROMIUM names another.
 */
import { defineConfig } from '@playwright/test';

const PORT = Number(process.env['STAND_IN_PORT'] ?? 8791);
process.env['STAND_IN_PORT'] = String(PORT);

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  workers: 1,
  timeout: 20_000,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    viewport: { width: 1180, height: 800 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: 'node e2e/stand-in.mjs',
    url: `http://127.0.0.1:${PORT}/healthz`,
    reuseExistingServer: !process.env['CI'],
  },
});
