/** The lender's seal by its two adapters: one contract, and a seal service that goes wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verify, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sealDigest } from '../../../activities/sign/lender-sign.ts';
import { generateSm2KeyPair } from '../../../platform/crypto/sm2.ts';
import { secondOpinionVerify } from '../../../platform/crypto/second-opinion.ts';
import { signForReaders } from '../../../platform/crypto/reader-signature.ts';
import { sm3 } from '../../../platform/crypto/sm3.ts';
import { createHttpLenderSeal } from '../../../platform/key-service/http-seal.ts';
import {
  createFileLenderSeal,
  type LenderSeal,
  openLenderSeal,
} from '../../../platform/key-service/lender-seal.ts';
import { makePaperSealKey } from '../../../platform/paper-seal-key.ts';
import { finalCode } from '../../activities/workplace.ts';

const keys = { keyId: 'seal-1', ...generateSm2KeyPair() };
const paper = await makePaperSealKey();
const file = createFileLenderSeal(keys, paper);

let dir = '';
let server: Server;
let url = '';
let asked: { path: string; body: string; authorization: string | undefined }[] = [];
let instead: ((path: string) => { status: number; body: unknown } | null) | null = null;

/** The other side of the protocol, as a vendor's adapter would be. */
async function serve(path: string, body: string): Promise<unknown> {
  const given = body === '' ? {} : (JSON.parse(body) as { digest?: string; bytes?: string });
  const reader = await file.readerKey();
  if (path === '/v1/seal')
    return { publicKey: keys.publicKey, certificates: reader.certificatesPem };
  const signature =
    path === '/v1/seal/sm2'
      ? await file.sign(Buffer.from(given.digest ?? '', 'base64'))
      : await reader.sign(Buffer.from(given.bytes ?? '', 'base64'));
  return { signature: signature.toString('base64') };
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'xindai-seal-'));
  writeFileSync(join(dir, 'token'), 'token-of-the-lender\n');
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      const path = request.url ?? '';
      asked.push({ path, body, authorization: request.headers.authorization });
      const planned = instead?.(path) ?? null;
      const send = (status: number, answer: unknown) =>
        response.writeHead(status).end(JSON.stringify(answer));
      if (planned !== null) return void send(planned.status, planned.body);
      serve(path, body).then(
        (answer) => send(200, answer),
        () => send(422, {}),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => {
  asked = [];
  instead = null;
});

const http = (): LenderSeal => createHttpLenderSeal(url, join(dir, 'token'));
const digest = sm3('the contract');

describe.each([
  ['file', () => file],
  ['http', http],
] as const)('the seal by %s', (_name, open) => {
  it('signs a digest that the second SM2 implementation accepts', async () => {
    const { signature, publicKey } = await sealDigest({ lenderSeal: open() }, digest);
    expect(publicKey).toBe(keys.publicKey);
    expect(secondOpinionVerify(publicKey, digest, signature)).toBe(true);
  });

  it('signs for readers under its certificate', async () => {
    const key = await open().readerKey();
    const [pem] = key.certificatesPem;
    const bytes = Buffer.from('attributes');
    const { publicKey } = new X509Certificate(pem ?? '');
    expect(verify('sha256', bytes, publicKey, await key.sign(bytes))).toBe(true);
  });

  it('refuses what is no digest', async () => {
    await expect(open().sign(Buffer.from('a whole text'))).rejects.toThrow(RangeError);
  });
});

describe('the seal over HTTP', () => {
  it('sends the digest and no key, under the token', async () => {
    await http().sign(digest);
    expect(asked).toEqual([
      {
        path: '/v1/seal/sm2',
        body: JSON.stringify({ digest: digest.toString('base64') }),
        authorization: 'Bearer token-of-the-lender',
      },
    ]);
  });

  it('is asked again when the service is away, and never when it refuses', async () => {
    instead = () => ({ status: 503, body: {} });
    await expect(http().sign(digest)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    instead = () => ({ status: 403, body: {} });
    await expect(http().sign(digest)).rejects.toMatchObject({ code: 'REFUSED' });
    instead = () => ({ status: 200, body: { signature: '***' } });
    await expect(http().sign(digest)).rejects.toMatchObject({ code: 'ANSWER_INVALID' });
  });

  it('is not believed when it signs another digest or with another key', async () => {
    const other = await file.sign(sm3('another contract'));
    instead = (path) =>
      path === '/v1/seal' ? null : { status: 200, body: { signature: other.toString('base64') } };
    expect(await finalCode(sealDigest({ lenderSeal: http() }, digest))).toBe(
      'SEAL_SIGNATURE_WRONG',
    );
    const key = await http().readerKey();
    await expect(signForReaders(key, [digest])).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });
});

describe('choosing the seal', () => {
  const service = { url: 'https://kms.example', tokenFile: '' };
  it('keeps no key in the files of a production with a key service', () => {
    const config = { environment: 'production', keyService: service } as const;
    expect(() => openLenderSeal(config, { seal: keys, paperSeal: undefined })).toThrow(
      /take "seal" and "paperSeal" out/,
    );
  });

  it('does not start without any', () => {
    const config = {
      environment: 'development',
      keyService: { url: undefined, tokenFile: undefined },
    } as const;
    expect(() => openLenderSeal(config, { seal: undefined, paperSeal: paper })).toThrow(
      /KEY_SERVICE_URL is not set/,
    );
  });
});
