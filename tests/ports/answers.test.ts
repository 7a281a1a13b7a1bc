/** What the adapters make of the answers that are not the good one, person by person, from the real sandbox. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fen } from '../../domain/money.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { newNumber } from './contracts/world.ts';
import { openSandboxWorld, type SandboxWorld } from './sandbox-world.ts';

let world: SandboxWorld;
beforeAll(async () => {
  world = await openSandboxWorld();
}, 60_000);
afterAll(async () => {
  await world?.close();
});

const consent = { authorisationId: 'AU-1', sm3: sm3Hex('text'), purpose: '02' };

describe('identity', () => {
  test.each([
    ['identity-mismatch', 'twoFactor', { kind: 'FOUND', data: 'MISMATCH' }],
    ['identity-no-data', 'twoFactor', { kind: 'NO_RECORD' }],
    ['mobile-mismatch', 'mobile', { kind: 'FOUND', data: 'MISMATCH' }],
    ['account-of-somebody-else', 'bankCard', { kind: 'FOUND', data: 'MISMATCH' }],
  ] as const)('%s is told by %s', async (key, check, expected) => {
    const request = { requestNo: newNumber(), ...world.persona(key) };
    expect(await world.ports.identity[check](request)).toMatchObject(expected);
  });

  test('a picture used before, by whomever, is REJECTED', async () => {
    const image = randomBytes(1_000);
    const [one, other] = [await world.newApplicant(), await world.newApplicant()];
    await world.ports.identity.face({ requestNo: newNumber(), ...one, image });
    await expect(
      world.ports.identity.face({ requestNo: newNumber(), ...other, image }),
    ).rejects.toMatchObject({ code: 'REJECTED', retryable: false });
  });
});

describe('bureaus', () => {
  test.each(['pboc', 'baihang'] as const)(
    '%s refuses a purpose a lender may not have',
    async (bureau) => {
      const request = {
        requestNo: newNumber(),
        ...(await world.newApplicant()),
        consent: { ...consent, purpose: '99' },
      };
      await expect(world.ports[bureau].report(request)).rejects.toMatchObject({
        code: 'UNAUTHORISED',
        retryable: false,
      });
    },
  );

  test.each(['pboc', 'baihang'] as const)(
    '%s refuses without the digest of the authorisation',
    async (bureau) => {
      const request = {
        requestNo: newNumber(),
        ...(await world.newApplicant()),
        consent: { ...consent, sm3: '' },
      };
      await expect(world.ports[bureau].report(request)).rejects.toMatchObject({
        code: 'UNAUTHORISED',
      });
    },
  );

  test('a report that takes its time is BUSY until it is there, under the same number', async () => {
    const request = { requestNo: newNumber(), ...world.persona('bureau-slow'), consent };
    await expect(world.ports.pboc.report(request)).rejects.toMatchObject({
      code: 'BUSY',
      retryAfterMs: expect.any(Number),
    });
    await expect
      .poll(() => world.ports.pboc.report(request).catch(() => null), { timeout: 10_000 })
      .toMatchObject({ kind: 'FOUND', charged: true });
  });

  test('a number already used for another person is REJECTED', async () => {
    const requestNo = newNumber();
    await world.ports.pboc.report({ requestNo, ...(await world.newApplicant()), consent });
    await expect(
      world.ports.pboc.report({ requestNo, ...(await world.newApplicant()), consent }),
    ).rejects.toMatchObject({ code: 'REJECTED' });
  });
});

describe('registry', () => {
  test('a sanctioned person is on a list', async () => {
    const request = { requestNo: newNumber(), ...world.persona('sanctioned') };
    const answer = await world.ports.registry.sanctions(request);
    expect(answer).toMatchObject({
      kind: 'FOUND',
      data: [{ list: expect.any(String), reason: expect.any(String) }],
    });
  });

  test.each([
    ['court-enforcement', true],
    ['court-settled', false],
  ])('the case of %s is open: %s', async (key, open) => {
    const request = { requestNo: newNumber(), ...world.persona(key) };
    const data = [{ caseNumber: expect.any(String), kind: expect.any(String), open }];
    expect(await world.ports.registry.court(request)).toMatchObject({ kind: 'FOUND', data });
  });
});

describe('bank', () => {
  const pay = (key: string, requestNo: string) => {
    const { name, card } = world.persona(key);
    return world.ports.bank.transfer({
      requestNo,
      amountFen: fen(100_000),
      toCard: card,
      holderName: name,
      purpose: 'LN-1',
    });
  };

  test('a closed account refuses the transfer, and a query says the same', async () => {
    const requestNo = newNumber();
    const refused = { kind: 'FOUND', data: { status: 'REFUSED', reason: 'ACCOUNT_CLOSED' } };
    expect(await pay('payout-refused', requestNo)).toMatchObject(refused);
    expect(await world.ports.bank.query({ requestNo: newNumber(), of: requestNo })).toMatchObject(
      refused,
    );
  });

  test('a transfer accepted for later is ACCEPTED until the bank has settled it', async () => {
    const requestNo = newNumber();
    expect(await pay('payout-accepted-then-refused', requestNo)).toMatchObject({
      data: { status: 'ACCEPTED' },
    });
    await expect
      .poll(() => world.ports.bank.query({ requestNo: newNumber(), of: requestNo }), {
        timeout: 10_000,
      })
      .toMatchObject({ data: { status: 'REFUSED' } });
  });

  test("another holder's name does not match the account", async () => {
    const { card } = await world.newApplicant();
    const answer = await world.ports.bank.account({
      requestNo: newNumber(),
      card,
      holderName: '别人',
    });
    expect(answer).toMatchObject({ data: { match: false, open: true } });
  });

  test('the statement of the day has one line per movement of our account, and its amounts', async () => {
    const requestNo = newNumber();
    await pay('straight-approval', requestNo);
    const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const answer = await world.ports.bank.statement({ requestNo: newNumber(), day });
    const lines = answer.kind === 'FOUND' ? answer.data.lines : [];
    expect(
      lines.filter((line) => line.includes(`,OUT,100000,`) && line.includes(requestNo)),
    ).toHaveLength(1);
  });
});

describe('certificates', () => {
  test('a malformed certificate request is REJECTED', async () => {
    const { name, idNumber } = await world.newApplicant();
    const request = {
      requestNo: newNumber(),
      csr: Buffer.from('no csr'),
      identityEvidence: { a: 'b' },
      holder: { name, idNumber },
    };
    await expect(world.ports.ca.certificate(request)).rejects.toMatchObject({ code: 'REJECTED' });
  });

  test('revoking what was never issued finds no record', async () => {
    const request = { requestNo: newNumber(), serial: 'abcdef', reason: 'WITHDRAWN' };
    expect(await world.ports.ca.revoke(request)).toMatchObject({ kind: 'NO_RECORD' });
  });
});
