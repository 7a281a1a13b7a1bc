/** The contract is drawn from what was accepted and agreed, or not at all. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderContract } from '../../activities/contract/render.ts';
import { closeOffer, latestOffer, storeOffer } from '../../db/queries/offer.ts';
import { readContract } from '../../db/queries/contract.ts';
import { keepConfirmation, keepShowing } from '../../db/queries/disclosures.ts';
import { publishRulebook } from '../../db/queries/rulebooks.ts';
import { storeSignature } from '../../db/queries/sign.ts';
import { CONTRACT_V1 } from '../../domain/templates/contract-v1.ts';
import { admitSignature } from '../../activities/sign/admit.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
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

  it('draws the cost disclosure and the schedule beside it, each pinned to its template', async () => {
    const input = await toDraw();
    await renderContract(place.deps, input);
    const rows = await place.deps.db
      .selectFrom('documents as d')
      .innerJoin('contracts as c', 'c.application_id', 'd.application_id')
      .select([
        'd.kind',
        'd.template',
        'd.sm3',
        'd.object_key',
        'c.disclosure_sm3',
        'c.cost_read_seconds',
      ])
      .where('d.application_id', '=', input.applicationId)
      .where('d.media_type', '=', 'application/pdf')
      .orderBy('d.kind')
      .execute();
    expect(rows.map(({ kind, template }) => [kind, template])).toEqual([
      ['CONTRACT', 'CONTRACT@1'],
      ['DISCLOSURE', 'COST_DISCLOSURE@1'],
      ['REPAYMENT_SCHEDULE', 'REPAYMENT_SCHEDULE@1'],
    ]);
    const form = rows.find(({ kind }) => kind === 'DISCLOSURE');
    expect(form).toMatchObject({ disclosure_sm3: form?.sm3, cost_read_seconds: 10 });
    const cipher = await place.deps.vault.of(place.deps.db, input.applicationId);
    expect(sm3Hex(await place.deps.objects.get(form?.object_key ?? '', cipher))).toBe(form?.sm3);
  });

  it('is not drawn when the product charges what the offer’s form does not list', async () => {
    const input = await toDraw();
    const hidden = {
      ...place.deps,
      rulebooks: {
        ...place.deps.rulebooks,
        read: async (...of: Parameters<typeof place.deps.rulebooks.read>) => {
          const rules = await place.deps.rulebooks.read(...of);
          const fee = {
            code: 'HIDDEN',
            zh: '手续费',
            en: 'Fee',
            timing: 'UPFRONT',
            percent: '1',
            payee: '某',
          } as const;
          return { ...rules, product: { ...rules.product, fees: [fee] } };
        },
      },
    };
    expect(await finalCode(renderContract(hidden, input))).toBe('COST_NOT_DISCLOSED');
    expect(await readContract(place.deps.db, input.applicationId)).toBeUndefined();
  });

  it('keeps the template that it pins when a newer one takes effect between two attempts', async () => {
    const input = await toDraw();
    await renderContract(place.deps, input);
    const first = await readContract(place.deps.db, input.applicationId);
    const version = { ...CONTRACT_V1, version: 2, title: '个人借款合同（新版）' };
    const key = { kind: 'TEMPLATE', code: 'CONTRACT', version: 2 } as const;
    const book = {
      ...key,
      document: version,
      documentSm3: 'x',
      effectiveFrom: new Date(Date.now() - 60_000),
    };
    await publishRulebook(place.deps.db, book);
    await renderContract(place.deps, input);
    expect(await readContract(place.deps.db, input.applicationId)).toEqual(first);
    const next = await toDraw();
    await renderContract(place.deps, next);
    expect([
      first?.template,
      (await readContract(place.deps.db, next.applicationId))?.template,
    ]).toEqual(['CONTRACT@1', 'CONTRACT@2']);
  });

  it('takes no signature of its person, and no admission to sign, before the costs are confirmed', async () => {
    const input = await toDraw();
    await renderContract(place.deps, input);
    const contract = await readContract(place.deps.db, input.applicationId);
    if (contract === undefined) throw new Error('there is no contract');
    const signature = {
      contractId: contract.id,
      party: 'APPLICANT' as const,
      publicKey: 'k',
      digestSm3: contract.sm3,
      signature: Buffer.from('s'),
      signedBy: 'applicant',
    };
    await expect(storeSignature(place.deps.db, signature)).rejects.toThrow('not confirmed');
    const act = {
      applicationId: input.applicationId,
      contractId: contract.id,
      digestSm3: contract.sm3,
      actor: { kind: 'human', subject: 'applicant', role: 'applicant' },
      cause: 'c',
    } as const;
    const code = async () => {
      const outcome = await admitSignature(place.deps, act);
      return outcome.ok ? null : outcome.code;
    };
    expect(await code()).toBe('DISCLOSURE_UNCONFIRMED');
    // Another form than the contract's own counts for nothing.
    await confirmedCosts(place.owner, contract.id, sm3Hex('another form'));
    expect(await code()).toBe('DISCLOSURE_UNCONFIRMED');
    await confirmedCosts(place.owner, contract.id, contract.disclosureSm3 ?? '');
    expect(await code()).not.toBe('DISCLOSURE_UNCONFIRMED');
    await storeSignature(place.deps.db, signature);
  });

  it('counts no reading that was too short, of another form or by somebody else, and takes none back', async () => {
    const input = await toDraw();
    await renderContract(place.deps, input);
    const contract = await readContract(place.deps.db, input.applicationId);
    const [contractId, formSm3] = [contract?.id ?? '', contract?.disclosureSm3 ?? ''];
    const id = randomUUID();
    const [shownAt, sealedOrigin] = [new Date(), Buffer.from('sealed')];
    const showing = {
      id,
      contractId,
      formSm3,
      minReadSeconds: 10,
      shownTo: 'a',
      shownAt,
      sealedOrigin,
    };
    const confirmation = {
      showingId: id,
      contractId,
      formSm3,
      confirmedBy: 'a',
      confirmedAt: new Date(shownAt.getTime() + 10_000),
      dwellMs: 10_000,
      sealedOrigin,
    };
    const confirm = (over: object) =>
      place.owner.transaction().execute((tx) => keepConfirmation(tx, { ...confirmation, ...over }));
    await place.owner.transaction().execute((tx) => keepShowing(tx, showing));
    for (const over of [
      { confirmedAt: new Date(shownAt.getTime() + 9_999) },
      { dwellMs: 9_999 },
      { confirmedBy: 'b' },
      { formSm3: 'x' },
    ])
      await expect(confirm(over)).rejects.toThrow(/read for its time|of what was shown/);
    expect(await confirm({})).toBe(true);
    expect(await confirm({})).toBe(false);
    const gone = place.owner.deleteFrom('disclosure_confirmations').where('showing_id', '=', id);
    await expect(gone.execute()).rejects.toThrow('append-only');
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
