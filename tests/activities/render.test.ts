/** The contract is drawn from what was accepted and agreed, or not at all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderContract } from '../../activities/contract/render.ts';
import { closeOffer, latestOffer, storeOffer } from '../../db/queries/offer.ts';
import { readContract } from '../../db/queries/contract.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { buildOffer } from '../../tools/golden-sql/samples/offer.ts';
import { application } from '../domain/samples.ts';
import { admitted, consent, finalCode, openWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

async function toDraw(filled = application(), accepted = true, grantor = filled.identity) {
  const { deps } = place;
  const one = await admitted(deps, 'CONTRACT', filled);
  await consent(deps, one, { grantor });
  await deps.db.transaction().execute(async (tx) => {
    await storeOffer(tx, {
      applicationId: one.id,
      round: 1,
      productCode: 'PERSONAL_CREDIT',
      productVersion: 1,
      offer: buildOffer(),
      capRule: {},
      validUntil: new Date('2030-01-01T00:00:00Z'),
    });
    const offer = await latestOffer(tx, one.id);
    if (accepted && offer !== undefined) await closeOffer(tx, offer.id, 'ACCEPTED', new Date());
  });
  return {
    applicationId: one.id,
    expectedVersion: 0,
    on: '2026-11-24',
    at: '2026-11-24T02:00:00.000Z',
  };
}

async function stageOf(id: string): Promise<string> {
  const row = await place.deps.db
    .selectFrom('applications')
    .select('stage')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return row.stage;
}

describe('renderContract', () => {
  it('stores the PDF under the digest the applicant will sign, and moves the loan on', async () => {
    const input = await toDraw();
    expect(await renderContract(place.deps, input)).toMatchObject({ stage: 'SIGN', version: 1 });
    const contract = await readContract(place.deps.db, input.applicationId);
    if (contract === undefined) throw new Error('there is no contract');
    const cipher = await place.deps.vault.of(place.deps.db, input.applicationId);
    const pdf = await place.deps.objects.get(contract.objectKey, cipher);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(sm3Hex(pdf)).toBe(contract.sm3);
  });

  it('gives the same contract to a second attempt: what was shown is what is signed', async () => {
    const input = await toDraw();
    await renderContract(place.deps, input);
    const first = await readContract(place.deps.db, input.applicationId);
    expect(await renderContract(place.deps, input)).toMatchObject({ stage: 'SIGN', version: 1 });
    expect(await readContract(place.deps.db, input.applicationId)).toEqual(first);
  });

  it('stops for good at a name that no font can draw, and leaves no contract with a hole in it', async () => {
    const input = await toDraw(application({ identity: { name: '测试\u{E000}' } }));
    expect(await finalCode(renderContract(place.deps, input))).toBe('GLYPH_MISSING');
    expect(await readContract(place.deps.db, input.applicationId)).toBeUndefined();
    expect(await stageOf(input.applicationId)).toBe('CONTRACT');
  });

  it('is not drawn with another letter of authorisation than the person agreed to', async () => {
    const grantor = { ...application().identity, name: '测试李' };
    const input = await toDraw(application(), true, grantor);
    expect(await finalCode(renderContract(place.deps, input))).toBe('AUTHORISATION_DIFFERS');
  });

  it('is not drawn from an offer that nobody accepted', async () => {
    const input = await toDraw(application(), false);
    expect(await finalCode(renderContract(place.deps, input))).toBe('OFFER_NOT_ACCEPTED');
    expect(await stageOf(input.applicationId)).toBe('CONTRACT');
  });
});
