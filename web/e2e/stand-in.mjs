// A stand-in for the service, for browser tests only: the real pages under the real headers, the real stream with
// canned answers. What it does is steered by words in the question: see `answers.mjs`.
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answerTo, asking, passages } from './answers.mjs';
import { gapsOf } from './gaps.mjs';
import { conversationOf, handOver, staffHandoffs } from './handoffs.mjs';
import { intakeOf } from './intake.mjs';
import { comparison, differences, partners, piece, run, runs } from './records.mjs';
import { approvalOf, consentedTo, proposals, requestsOf } from './requests.mjs';

const PORT = Number(process.env.STAND_IN_PORT ?? 8791);
const WEB = fileURLToPath(new URL('..', import.meta.url));
// Each has documents of its own, so that a test may change them.
const STAFF = /^staff-/;
const CSP =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

let issued = 0;
let expired = 0;
const failedOnce = new Set();

http
  .createServer((request, response) => {
    route(request, response).catch((error) => {
      console.error(error);
      if (!response.headersSent) problem(response, 500, 'internal', 'stand-in broke');
      else response.destroy();
    });
  })
  .listen(PORT, '127.0.0.1');

async function route(request, response) {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const path = url.pathname;
  if (path === '/healthz') return json(response, { status: 'ok' });
  // Every token so far counts as expired from now on.
  if (path === '/test/expire') return json(response, { expired: (expired = issued) });
  if (path === '/test/empty') return page(response, '<liaison-chat></liaison-chat><script src="/widget.js"></script>');
  if (path === '/portal/partners') return json(response, partners);
  if (path === '/portal/token') return json(response, { token: `${url.searchParams.get('partner')}.${++issued}` });
  if (path.startsWith('/api/')) return api(request, response, path);
  if (path === '/widget.js') return file(response, 'dist/widget.js');
  if (path.startsWith('/portal/')) return file(response, `portal/${path.slice(8) || 'index.html'}`);
  if (path.startsWith('/ui/')) return file(response, `dist/${path.slice(4) || 'index.html'}`);
  return problem(response, 404, 'not_found', 'nothing here');
}

async function api(request, response, path) {
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  if (/^\/api\/(commissions|documents|jobs|partners|evals|gaps|one-pagers|requests)(\/|$)/.test(path) || isStaffs(request, path)) {
    return staff(response, token, path, request);
  }
  const number = Number(token.split('.')[1] ?? 0);
  if (!number || number <= expired) return problem(response, 401, 'token_expired', 'the identity token has expired');
  if (path === '/api/chat') return chat(response, await body(request), token);
  if (path.startsWith('/api/sources/')) {
    const passage = passages[decodeURIComponent(path.slice(13))];
    return passage ? json(response, passage) : problem(response, 404, 'not_found', 'no such passage');
  }
  if (path === '/api/statements/2026-q4.csv') return response.writeHead(200, { 'content-type': 'text/csv' }).end('id,deal\r\n');
  if (path === '/api/feedback') return response.writeHead(204).end();
  if (path === '/api/handoffs') return json(response, handOver(token.split('.')[0], await body(request)), 201);
  if (path.startsWith('/api/conversations/')) {
    const asked = [token.split('.')[0], decodeURIComponent(path.slice(19))];
    const known = conversationOf(...asked) ?? consentedTo(...asked);
    return known ? json(response, known) : problem(response, 404, 'not_found', 'no such conversation');
  }
  if (path.startsWith('/api/approvals/')) {
    const sent = request.method === 'POST' ? await body(request) : {};
    const [status, answer] = approvalOf(token.split('.')[0], request.method, path.slice(15), sent);
    return json(response, answer, status);
  }
  return problem(response, 404, 'not_found', 'nothing here');
}

/** Partners post to `/api/handoffs`; everything else about hand-overs is for staff. */
function isStaffs(request, path) {
  return path.startsWith('/api/handoffs') && !(path === '/api/handoffs' && request.method === 'POST');
}

async function staff(response, token, path, request) {
  const empty = token === 'nobody-has-anything';
  if (!STAFF.test(token) && !empty) return problem(response, 401, 'unauthorized', 'no such staff token');
  if (/^\/api\/(documents|jobs)/.test(path)) return intake(response, token, path, request);
  if (path.startsWith('/api/handoffs')) {
    const answer = staffHandoffs(token, request.method, path, request.method === 'POST' ? await body(request) : {});
    return answer ? json(response, answer) : problem(response, 404, 'not_found', 'There is no such hand-over.');
  }
  if (path.startsWith('/api/requests')) {
    const [status, answer] = requestsOf(token, request.method, path, request.method === 'POST' ? await body(request) : {});
    return json(response, answer, status);
  }
  if (path.startsWith('/api/gaps')) {
    const answer = gapsOf(token, path, request.method === 'POST' ? await body(request) : {});
    if (!answer) return problem(response, 404, 'not_found', 'There is no such gap.');
    return 'status' in answer ? response.writeHead(answer.status).end() : json(response, answer);
  }
  if (path === '/api/partners') return json(response, empty ? [] : partners);
  if (path === '/api/commissions/differences') return json(response, empty ? { rules: 12, entries: 148, differences: [] } : differences);
  if (path === '/api/evals/runs') return json(response, { runs: empty ? [] : runs });
  if (path === `/api/evals/runs/${run.id}`) return json(response, run);
  if (path === `/api/evals/runs/${comparison.a}/compare/${comparison.b}`) return json(response, comparison);
  if (path === '/api/one-pagers/templates') return json(response, { templates: ['one-pager', 'battle-card'] });
  if (path === '/api/one-pagers') {
    const { topic } = await body(request);
    if (topic === 'nothing') return json(response, { ...piece, sections: [], citations: [] });
    return json(response, piece);
  }
  return problem(response, 404, 'not_found', 'There is no such run.');
}

async function intake(response, token, path, request) {
  const answer = intakeOf(token)(request.method, path, new URL(request.url, 'http://stand-in').searchParams, await bytes(request));
  if ('code' in answer) return problem(response, answer.status, answer.code, answer.message);
  return 'body' in answer ? json(response, answer.body, answer.status) : response.writeHead(answer.status).end();
}

async function chat(response, { id, messages }, token) {
  const question = messages?.at(-1)?.parts?.find((part) => part.type === 'text')?.text ?? '';
  if (/fail once/.test(question) && !failedOnce.has(id)) {
    failedOnce.add(id);
    return problem(response, 500, 'internal', 'the model is away');
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-vercel-ai-ui-message-stream': 'v1',
  });
  const partner = token.split('.')[0];
  for (const part of /pasted/.test(question) ? consent(partner, id, question) : answerTo(question, partner)) {
    if (part === 'cut') return response.destroy();
    if (typeof part === 'number') {
      await pause(part);
      continue;
    }
    const bytes = Buffer.from(`data: ${part === 'done' ? '[DONE]' : JSON.stringify(part)}\r\n\r\n`);
    // In two pieces that respect neither lines nor letters.
    const half = bytes.length >> 1;
    response.write(bytes.subarray(0, half));
    await pause(4);
    response.write(bytes.subarray(half));
  }
  response.end();
}

function consent(partner, conversation, question) {
  const answer = `answer-${crypto.randomUUID()}`;
  return asking(answer, proposals(partner, conversation, question, answer));
}

async function file(response, name) {
  const path = join(WEB, normalize(name));
  const type = TYPES[extname(path)];
  if (!path.startsWith(WEB) || !type) return problem(response, 404, 'not_found', 'nothing here');
  try {
    const content = await readFile(path);
    response.writeHead(200, { 'content-type': type, 'content-security-policy': CSP });
    response.end(content);
  } catch {
    problem(response, 404, 'not_found', 'not built');
  }
}

function page(response, inside) {
  response.writeHead(200, { 'content-type': TYPES['.html'], 'content-security-policy': CSP });
  response.end(`<!doctype html><html lang="de"><title>Leer</title><link rel="icon" href="data:,"><main><h1>Leer</h1></main>${inside}</html>`);
}

function json(response, value, status = 200) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function problem(response, status, code, message) {
  json(response, { error: { code, message, request_id: 'req-42' } }, status);
}

async function body(request) {
  return JSON.parse((await bytes(request)).toString() || '{}');
}

async function bytes(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces);
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
