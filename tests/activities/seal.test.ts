/** Sealing a contract under bad input: revoked certificates, a replayed signature, an attempt that died between two parties. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderContract } from '../../activities/contract/render.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { obtainKey } from '../../activities/sign/certificate.ts';
import { sealContract } from '../../activities/sign/seal.ts';
import { readContract } from '../../db/queries/contract.ts';
import { closeOffer, latestOffer, storeOffer } from '../../db/queries/offer.ts';
import { buildOffer } from '../../tools/golden-sql/samples/offer.ts';
import { application } from '../domain/samples.ts';
import {
  admitted,
  confirmedCosts,
  consent,
  finalCode,
  openWorkplace,
  type Workplace,
} from './workplace.ts';

const AT = '2026-11-24T02:00:00.000Z';

let place: Workplace;
beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

/** A contract that its person was shown, before an outside world of its own. */
async function drawnUp() {
  const { deps, ports } = place.with({});
  const one = await admitted(deps, 'CONTRACT');
  const applicationId = one.id;
  await consent(deps, one);
  await deps.db.transaction().execute(async (tx) => {
    await storeOffer(tx, {
      applicationId,
      round: 1,
      productCode: 'PERSONAL_CREDIT',
      productVersion: 1,
      offer: buildOffer(),
      capRule: {},
      validUntil: new Date('2030-01-01T00:00:00Z'),
    });
    const offer = await latestOffer(tx, applicationId);
    if (offer !== undefined) await closeOffer(tx, offer.id, 'ACCEPTED', new Date());
  });
  await renderContract(deps, { applicationId, expectedVersion: 0, on: '2026-11-24', at: AT });
  const contract = await readContract(deps.db, applicationId);
  if (contract === undefined) throw new Error('there is no contract');
  const cause = `sign:${contract.id}`;
  const seal = (under: ActivityDeps = deps) =>
    sealContract(under, {
      applicationId,
      contractId: contract.id,
      digestSm3: contract.sm3,
      actor: { kind: 'human', subject: 'applicant', role: 'applicant' },
      cause,
      at: new Date().toISOString(),
    });
  const confirm = () => confirmedCosts(place.owner, contract.id, contract.disclosureSm3 ?? '');
  /** The borrower's word that they sign, proved by a code, over what they saw. */
  const say = async (digestSm3 = contract.sm3) => {
    const [code, at] = [randomUUID(), new Date()];
    const over = { contract_id: contract.id, digest_sm3: digestSm3 };
    await place.owner
      .insertInto('signing_codes')
      .values({
        ...over,
        id: code,
        code_hmac: Buffer.from('hmac'),
        created_at: at,
        expires_at: new Date(at.getTime() + 300_000),
        used_at: at,
      })
      .execute();
    await place.owner
      .insertInto('signing_intents')
      .values({ ...over, act_key: cause, code_id: code, sealed_intent: Buffer.from('s'), at })
      .execute();
  };
  const signer = { name: application().identity.name, applicationId };
  return { deps, ports, contract, applicationId, seal, confirm, say, signer };
}

/** The same, read and said. */
async function toSeal() {
  const one = await drawnUp();
  await one.confirm();
  await one.say();
  return one;
}

type ToSeal = Awaited<ReturnType<typeof drawnUp>>;

async function revoke({ ports, contract }: ToSeal, serial: string, reason: string): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  await ports.ca.revoke({ requestNo: `revoke-${contract.id}`, signal, serial, reason });
}

const signaturesOf = async ({ contract }: ToSeal) =>
  (
    await place.owner
      .selectFrom('signatures')
      .select('party')
      .where('contract_id', '=', contract.id)
      .orderBy('party')
      .execute()
  ).map(({ party }) => party);

const certificateOf = async ({ contract }: ToSeal) =>
  await place.owner
    .selectFrom('certificates')
    .select(['serial', 'state'])
    .where('contract_id', '=', contract.id)
    .execute();

describe('a certificate that was revoked before anything was signed', () => {
  it('without blame, is followed by another, and every attempt signs under that one', async () => {
    const one = await toSeal();
    const { certificate } = await obtainKey(one.deps, one.signer, one.contract.id);
    await revoke(one, certificate.serial, 'superseded');
    expect(await one.seal()).toMatchObject({ stage: 'DISBURSE' });
    const [row] = await certificateOf(one);
    expect(row?.state).toBe('ISSUED');
    expect(row?.serial).not.toBe(certificate.serial);
    expect(await signaturesOf(one)).toEqual(['APPLICANT', 'LENDER']);
    expect(await one.seal()).toMatchObject({ stage: 'DISBURSE' });
    expect(await certificateOf(one)).toEqual([row]);
  });

  it.each(['keyCompromise', 'a reason nobody knows'])(
    'for %s, signs nothing and waits for people under its code, however often it is tried',
    async (reason) => {
      const one = await toSeal();
      const { certificate } = await obtainKey(one.deps, one.signer, one.contract.id);
      await revoke(one, certificate.serial, reason);
      for (let attempt = 0; attempt < 2; attempt += 1)
        expect(await finalCode(one.seal())).toBe('SIGNATURE_REVOKED');
      expect(await signaturesOf(one)).toEqual([]);
      expect((await certificateOf(one)).map(({ serial }) => serial)).toEqual([certificate.serial]);
      expect((await readContract(place.deps.db, one.applicationId))?.state).toBe('READY');
    },
  );
});

describe('the order of acts', () => {
  it('is kept: no seal before the costs are confirmed, none before the borrower has said that they sign, none over other bytes', async () => {
    const one = await drawnUp();
    expect(await finalCode(one.seal())).toBe('DISCLOSURE_UNCONFIRMED');
    await one.confirm();
    expect(await finalCode(one.seal())).toBe('SIGNING_CODE_MISSING');
    await one.say('ab'.repeat(32));
    expect(await finalCode(one.seal())).toBe('SIGNING_CODE_MISSING');
    expect(await signaturesOf(one)).toEqual([]);
    expect(await certificateOf(one)).toEqual([]);
  });
});

describe('a signature', () => {
  it('that stands is not laundered by another certificate when its own is revoked afterwards', async () => {
    const one = await toSeal();
    const { lenderSeal } = one.deps;
    const away = {
      ...lenderSeal,
      sign: async () => await Promise.reject(new Error('the seal is away')),
    };
    await expect(one.seal({ ...one.deps, lenderSeal: away })).rejects.toThrow();
    expect(await signaturesOf(one)).toEqual(['APPLICANT']);
    const [row] = await certificateOf(one);
    await revoke(one, row?.serial ?? '', 'superseded');
    expect(await finalCode(one.seal())).toBe('SIGNATURE_REVOKED');
    expect(await certificateOf(one)).toEqual([row]);
    expect(await signaturesOf(one)).toEqual(['APPLICANT']);
  });

  it('of another contract, replayed by the seal, is stored for none', async () => {
    const one = await toSeal();
    const other = await toSeal();
    const { lenderSeal } = one.deps;
    const digest = Buffer.from(other.contract.sm3, 'hex');
    const replaying = { ...lenderSeal, sign: async () => await lenderSeal.sign(digest) };
    expect(await finalCode(one.seal({ ...one.deps, lenderSeal: replaying }))).toBe(
      'SEAL_SIGNATURE_WRONG',
    );
    expect(await signaturesOf(one)).toEqual(['APPLICANT']);
    expect(await one.seal()).toMatchObject({ stage: 'DISBURSE' });
  });
});
