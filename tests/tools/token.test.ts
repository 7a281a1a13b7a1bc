/**
 * `npm run token`: where the token comes from, and when none is printed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchToken, requireDevelopmentKeys } from '../../tools/token.ts';

let folder: string;
let sandbox: Server;
let url: string;
let asked: { path: string | undefined; body: string }[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'xindai-token-'));
  asked = [];
  sandbox = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      asked.push({ path: request.url, body });
      const refused = body.includes('nobody');
      response.statusCode = refused ? 400 : 200;
      response.end(refused ? 'no such role' : JSON.stringify({ token: 'a.b.c' }));
    });
  });
  await new Promise<void>((resolve) => {
    sandbox.listen(0, '127.0.0.1', resolve);
  });
  const address = sandbox.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterEach(() => {
  sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a token is asked of the sandbox for exactly the role and the subject', async () => {
  expect(await fetchToken(url, { role: 'reviewer', subject: 'reviewer-li' })).toBe('a.b.c');
  expect(asked).toEqual([
    { path: '/_admin/tokens', body: '{"role":"reviewer","subject":"reviewer-li"}' },
  ]);
});

test('a refusal and a missing sandbox are one sentence each', async () => {
  await expect(fetchToken(url, { role: 'nobody' })).rejects.toThrow('no such role');
  await expect(fetchToken('http://127.0.0.1:1', { role: 'reviewer' })).rejects.toThrow(
    'No sandbox answers at http://127.0.0.1:1: run npm start first.',
  );
});

test('no token is printed on keys that are not marked as development, or without keys', () => {
  const keys = join(folder, 'gateway-keys.json');
  expect(() => requireDevelopmentKeys(keys)).toThrow('run npm start first');
  writeFileSync(keys, JSON.stringify({ signing: {} }));
  expect(() => requireDevelopmentKeys(keys)).toThrow('not marked as development keys');
  writeFileSync(keys, JSON.stringify({ development: false }));
  expect(() => requireDevelopmentKeys(keys)).toThrow('not marked as development keys');
  writeFileSync(keys, JSON.stringify({ development: true }));
  expect(() => requireDevelopmentKeys(keys)).not.toThrow();
});
