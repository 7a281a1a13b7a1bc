/** A loan that needs a dual recording with staff: recorded, inspected, sealed, looked at, and only then signed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sm2SpkiPem } from '../../platform/crypto/sm2-keys.ts';
import { sm3, sm3Hex } from '../../platform/crypto/sm3.ts';
import { readGatewayKeys } from '../../platform/keys.ts';
import { acceptOffer, confirmCosts, provedSigning } from '../../tools/teller/applicant.ts';
import { data } from '../../tools/teller/world.ts';
import { openBench } from '../platform/crypto/openssl.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, type Loan, reach } from '../support/loan.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({ policy: { 'recording.requiredAboveFen': 0 } });
});
afterAll(async () => await house?.close());

const chunk = (n: number) => new Uint8Array(5_000).fill(n);

/** Records a session of the loan's contract with a member of operations; gives its id. */
async function recordWithStaff(loan: Loan, contractId: string): Promise<string> {
  const session = await data(loan.client.contracts.openRecording(contractId, { consent: true }));
  const operations = house.world.as('operations', 'operations-wang');
  const shown = { nameShown: '测试员工', licenceNumber: 'LIC-0001' };
  await data(operations.recordings.attend(session.id, shown));
  for (const n of [1, 0, 2]) {
    const times = { fromMs: n * 5_000, toMs: (n + 1) * 5_000 };
    await data(loan.client.recordings.putChunk(session.id, n, chunk(n), sm3Hex(chunk(n)), times));
  }
  await data(loan.client.recordings.complete(session.id, { chunkCount: 3 }));
  return session.id;
}

/** Waits until the worker has inspected and sealed the session. */
async function untilSealed(loan: Loan, id: string) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const session = await data(loan.client.recordings.get(id));
    if (session.manifest !== null) return { ...session, manifest: session.manifest };
    if (Date.now() > deadline) throw new Error('the recording was not sealed');
    await sleep(200);
  }
}

it('is signed after another person than sat in it passed its sealed recording, which OpenSSL verifies', async () => {
  const loan = await applyAs(house, 'straight-approval');
  await reach(loan, 'OFFER/OFFER_ANSWER');
  await acceptOffer(loan.client, loan.id);
  const { contractId } = await reach(loan, 'SIGN/SIGNATURE');
  if (contractId === null) throw new Error('there is no contract');
  const digestSm3 = sm3Hex(await data(loan.client.contracts.pdf(contractId)));
  const sign = async () => {
    const answer = await loan.client.contracts.sign(
      contractId,
      await provedSigning(loan.client, contractId),
    );
    return answer.ok ? 'SIGNED' : answer.problem.code;
  };
  expect(await sign()).toBe('DISCLOSURE_UNCONFIRMED');
  await confirmCosts(loan.client, contractId);
  expect(await sign()).toBe('RECORDING_MISSING');

  const rejectedId = await recordWithStaff(loan, contractId);
  await untilSealed(loan, rejectedId);
  expect(await sign()).toBe('RECORDING_UNREVIEWED');
  const desk = house.world.as('reviewer', 'reviewer-li');
  const waiting = await data(desk.recordings.waiting());
  expect(waiting.items.map(({ id }) => id)).toEqual([rejectedId]);
  const again = { verdict: 'RERECORD' as const, reasons: ['ANSWER_UNCLEAR' as const] };
  await data(desk.recordings.review(rejectedId, again));
  expect(await sign()).toBe('RECORDING_MISSING');

  const id = await recordWithStaff(loan, contractId);
  const { manifest, chainSm3 } = await untilSealed(loan, id);
  expect(JSON.parse(manifest.text)).toMatchObject({
    recordingId: id,
    contractSm3: digestSm3,
    chainSm3,
  });
  const keys = readGatewayKeys(house.config.gateway.keysFile, 'test');
  expect(manifest.publicKey).toBe(keys.seal?.publicKey);
  const bench = openBench();
  try {
    bench.file('digest', sm3(manifest.text));
    bench.file('signature', Buffer.from(manifest.signature, 'base64'));
    bench.file('seal.pem', sm2SpkiPem(keys.seal?.publicKey ?? ''));
    bench.file('manifest.json', manifest.text);
    bench.file('token.tsr', Buffer.from(manifest.token, 'base64'));
    bench.file('tsa.pem', keys.tsaCertificatePem);
    const dgst =
      '-sm3 -sigopt distid:1234567812345678 -verify seal.pem -signature signature digest';
    expect(bench.openssl('dgst', ...dgst.split(' ')).text).toContain('Verified OK');
    const stamped = 'ts -verify -data manifest.json -in token.tsr -CAfile tsa.pem -partial_chain';
    expect(bench.openssl(...stamped.split(' ')).text).toContain('Verification: OK');
    bench.file('manifest.json', manifest.text.replace('"number":2', '"number":3'));
    expect(bench.openssl(...stamped.split(' ')).ok).toBe(false);
  } finally {
    bench.remove();
  }
  await data(desk.recordings.review(id, { verdict: 'PASS' }));
  expect(await sign()).toBe('SIGNED');
  await reach(loan, 'DISBURSE/PAYOUT_RELEASE');
});
