/** What the adapters refuse of a gateway that lies: answers signed and well formed, but not to what was asked. */
import { describe, expect, test } from 'vitest';
import { createBankAdapter, STATEMENT_HEADER } from '../../activities/adapters/bank.ts';
import { createPbocAdapter } from '../../activities/adapters/bureaus.ts';
import { createCertificateAdapter } from '../../activities/adapters/certificates.ts';
import type { Gateway } from '../../activities/adapters/gateway.ts';
import type { GatewayAnswer } from '../../activities/adapters/gateway-answer.ts';
import { createIdentityAdapter } from '../../activities/adapters/identity.ts';
import { createTimestampAdapter } from '../../activities/adapters/timestamp.ts';
import { fen } from '../../domain/money.ts';
import { sm3, sm3Hex } from '../../platform/crypto/sm3.ts';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { createCsr } from '../../platform/crypto/x509.ts';
import { createFakePorts } from './fakes/fake-ports.ts';

const person = { name: '林清和', idNumber: '999999199001011234' };
const requestNo = 'XD1';

function found(data: unknown): Gateway {
  return answering({ kind: 'FOUND', charged: true, data });
}
function answering(answer: GatewayAnswer): Gateway {
  return { call: async () => answer };
}

describe('about somebody else', () => {
  test.each([
    ['another number', { ...person, idNumber: '999999199001015678' }, 'WRONG_PERSON'],
    ['another name', { ...person, name: '林清' }, 'WRONG_PERSON'],
    ['nobody', undefined, 'BAD_ANSWER'],
  ])('an identity answer about %s is not used', async (_title, subject, code) => {
    const identity = createIdentityAdapter(found({ result: 'MATCH', subject }));
    await expect(identity.twoFactor({ requestNo, ...person })).rejects.toMatchObject({ code });
  });

  test.each([
    ['another number', { PRH: { PA01BQ01: person.name, PA01BI01: '1' } }, 'WRONG_PERSON'],
    ['nobody', { PRH: {} }, 'BAD_ANSWER'],
    ['nothing', null, 'BAD_ANSWER'],
  ])('a report about %s is not used', async (_title, report, code) => {
    const pboc = createPbocAdapter(found(report), 'lender');
    const consent = { authorisationId: 'a', sm3: 'b', purpose: '02' };
    await expect(pboc.report({ requestNo, ...person, mobile: '1', consent })).rejects.toMatchObject(
      { code },
    );
  });

  test('a holder check of another card is not used', async () => {
    const bank = createBankAdapter(found({ card: '2', result: 'MATCH', status: 'OPEN' }));
    await expect(bank.account({ requestNo, card: '1', holderName: '林' })).rejects.toMatchObject({
      code: 'WRONG_PERSON',
    });
  });
});

describe('payments', () => {
  const transfer = (gateway: Gateway) =>
    createBankAdapter(gateway).transfer({
      requestNo,
      amountFen: fen(100),
      toCard: '1',
      holderName: '林',
      purpose: 'LN',
    });

  test('an answer about another amount is about another payment', async () => {
    const paid = { status: 'PAID', bankReference: 'B', amountFen: 101 };
    await expect(transfer(found(paid))).rejects.toMatchObject({ code: 'BAD_ANSWER' });
  });

  test('accepted for later cannot be paid already', async () => {
    const data = { status: 'PAID', bankReference: 'B', amountFen: 100 };
    const gateway = answering({ kind: 'ACCEPTED', charged: true, data, retryAfterMs: undefined });
    await expect(transfer(gateway)).rejects.toMatchObject({ code: 'BAD_ANSWER' });
  });

  test('paid without a reference is not paid', async () => {
    await expect(transfer(found({ status: 'PAID', amountFen: 100 }))).rejects.toMatchObject({
      code: 'BAD_ANSWER',
    });
  });

  test('a status nobody agreed on is no answer', async () => {
    await expect(transfer(found({ status: 'DONE', amountFen: 100 }))).rejects.toMatchObject({
      code: 'BAD_ANSWER',
    });
  });

  test('a payment that came back is not with the payee', async () => {
    const bank = createBankAdapter(
      found({ status: 'RETURNED', amountFen: 100, bankReference: 'B' }),
    );
    const answer = await bank.query({ requestNo, of: 'XD2' });
    expect(answer).toMatchObject({ data: { status: 'REFUSED', reason: 'RETURNED' } });
  });
});

describe('a question put off (3001)', () => {
  test('is BUSY with the time they name, so that the same number is sent again', async () => {
    const gateway = answering({ kind: 'ACCEPTED', charged: false, data: null, retryAfterMs: 900 });
    const asked = createIdentityAdapter(gateway).twoFactor({ requestNo, ...person });
    await expect(asked).rejects.toMatchObject({ code: 'BUSY', retryAfterMs: 900, retryable: true });
  });
});

describe('statements', () => {
  const content = `${STATEMENT_HEADER}\na\nb\n`;
  const whole = { day: '2026-01-05', sm3: sm3Hex(content), lineCount: 2, content };
  const ask = (data: object) =>
    createBankAdapter(found(data)).statement({ requestNo, day: '2026-01-05' });

  test('a whole file gives its lines without the header', async () => {
    expect(await ask(whole)).toMatchObject({ data: { lines: ['a', 'b'] } });
  });

  const withContent = (text: string) => ({ ...whole, content: text, sm3: sm3Hex(text) });
  test.each([
    ['of another day', { ...whole, day: '2026-01-06' }],
    ['with another digest', { ...whole, sm3: sm3Hex('x') }],
    ['with a line missing', withContent(`${STATEMENT_HEADER}\na\n`)],
    ['cut in its last line', withContent(`${STATEMENT_HEADER}\na\nb`)],
    ['with other columns', withContent('line,amount\na\nb\n')],
  ])('a file %s is no file', async (_title, data) => {
    await expect(ask(data)).rejects.toMatchObject({ code: 'BAD_ANSWER' });
  });
});

describe('certificates', () => {
  const ours = generateSm2KeyPair();
  const subject = { country: 'CN', commonName: person.name };
  const csr = createCsr({ subject, keyPair: ours });

  /** A real CA's certificate for `forCsr`, given as the answer to a request for `csr`. */
  async function certify(
    forCsr: Buffer,
    more: { rootsPem?: string; now?: Date; serial?: string } = {},
  ) {
    const world = createFakePorts();
    const made = await world.ca.certificate({
      requestNo,
      csr: forCsr,
      holder: person,
      identityEvidence: {},
    });
    if (made.kind !== 'FOUND') throw new Error('no certificate');
    const [certificatePem, chainPem] = made.data.chainPem;
    const now = more.now ?? new Date();
    const adapter = createCertificateAdapter({
      gateway: found({ serial: more.serial ?? made.data.serial, certificatePem, chainPem }),
      crlUrl: 'http://127.0.0.1:1/',
      rootsPem: more.rootsPem ?? world.caRootPem,
      clock: { now: () => now },
    });
    return adapter.certificate({ requestNo, csr, holder: person, identityEvidence: {} });
  }

  test('for our key under our root is taken', async () => {
    expect(await certify(csr)).toMatchObject({ kind: 'FOUND', data: { chainPem: { length: 2 } } });
  });

  test("for somebody else's key is WRONG_PERSON", async () => {
    const theirs = createCsr({ subject, keyPair: generateSm2KeyPair() });
    await expect(certify(theirs)).rejects.toMatchObject({ code: 'WRONG_PERSON' });
  });

  test('under a root we do not trust is no answer', async () => {
    const rootsPem = createFakePorts().caRootPem;
    await expect(certify(csr, { rootsPem })).rejects.toMatchObject({ code: 'BAD_ANSWER' });
  });

  test('that has run out is no answer', async () => {
    const now = new Date(Date.now() + 2 * 86_400_000);
    await expect(certify(csr, { now })).rejects.toMatchObject({ code: 'BAD_ANSWER' });
  });

  test('under another serial than stated is no answer', async () => {
    await expect(certify(csr, { serial: '77' })).rejects.toMatchObject({ code: 'BAD_ANSWER' });
  });

  const crlOf = (respond: () => Promise<Response>, now = new Date()) =>
    createCertificateAdapter({
      gateway: found(null),
      crlUrl: 'http://127.0.0.1:1/crl',
      rootsPem: createFakePorts().caRootPem,
      clock: { now: () => now },
      fetch: respond,
    }).crl();

  test('a revocation list that has run out or is no list is refused', async () => {
    const list = new Uint8Array(await createFakePorts().ca.crl());
    const later = new Date(Date.now() + 2 * 86_400_000);
    expect(await crlOf(async () => new Response(list))).toEqual(Buffer.from(list));
    await expect(crlOf(async () => new Response(list), later)).rejects.toMatchObject({
      code: 'BAD_ANSWER',
    });
    await expect(crlOf(async () => new Response('garbage'))).rejects.toMatchObject({
      code: 'BAD_ANSWER',
    });
    await expect(crlOf(async () => new Response('', { status: 503 }))).rejects.toMatchObject({
      code: 'UNREACHABLE',
    });
    await expect(crlOf(() => Promise.reject(new TypeError('refused')))).rejects.toMatchObject({
      code: 'UNREACHABLE',
    });
  });
});

describe('time stamps', () => {
  const stamp = (body: Uint8Array<ArrayBuffer> | string, status = 200) =>
    createTimestampAdapter({
      url: 'http://127.0.0.1:1/tsa',
      trustedCertificates: [],
      fetch: async () => new Response(body, { status }),
    }).stamp(sm3('x'));

  /** TimeStampResp with status rejection and no token. */
  const rejection = Uint8Array.from([0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02]);

  test.each([
    ['garbage', 'garbage', 200, 'BAD_ANSWER'],
    ['nothing', '', 200, 'BAD_ANSWER'],
    ["an authority's refusal", rejection, 200, 'BUSY'],
    ['a failing server', 'oops', 503, 'UNREACHABLE'],
  ])('%s is no stamp', async (_title, body, status, code) => {
    await expect(stamp(body, status)).rejects.toMatchObject({ code });
  });
});
