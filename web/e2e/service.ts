/**
 * The real service in demo mode, for `real.spec.ts`: the one at LIAISON_URL, else one that LIAISON_BIN starts in a
 * home of its own, with the model of LIAISON_TEST_HOME. `make test` names both.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Service {
  url: string;
  /** What staff signs in with; empty for a service that was not started here. */
  token: string;
  stop(): void;
}

/** Whether there is a service to test, or a way to start one. */
export const reachable = Boolean(
  process.env['LIAISON_URL'] ?? (process.env['LIAISON_BIN'] && process.env['LIAISON_TEST_HOME']),
);

export async function service(): Promise<Service> {
  const { LIAISON_URL: running, LIAISON_BIN: binary, LIAISON_TEST_HOME: prepared } = process.env;
  if (running) return { url: running.replace(/\/$/, ''), token: process.env['LIAISON_STAFF_TOKEN'] ?? '', stop() {} };
  if (!binary || !prepared) throw new Error('there is no service to test');
  const home = mkdtempSync(join(tmpdir(), 'liaison-e2e-'));
  for (const part of ['runtime', 'models']) symlinkSync(join(prepared, part), join(home, part));
  const child = spawn(binary, ['--home', home, 'demo', '--listen', '127.0.0.1:0'], { cwd: home, stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = () => {
    child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  };
  try {
    return { ...(await links(child)), stop };
  } catch (error) {
    stop();
    throw error;
  }
}

/** Waits for the links that a ready demo prints. */
function links(child: ChildProcess): Promise<{ url: string; token: string }> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (piece: Buffer) => {
      said += piece.toString();
      const found = /portal +(http:\S+?)\/portal\/[\s\S]*staff token +(\S+)\s/.exec(said);
      if (found) resolve({ url: found[1] ?? '', token: found[2] ?? '' });
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`the service ended:\n${said}`)));
  });
}
