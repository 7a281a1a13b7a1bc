/** The reading of uploaded papers as the worker does it: kept sealed, once, and let go by the clock. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPaper, READINGS_COLUMN } from '../../activities/apply/read-paper.ts';
import { createVendorOcr } from '../../activities/adapters/ocr/vendor.ts';
import { enforceRetention } from '../../activities/rights/retention.ts';
import { recordDocument } from '../../db/queries/apply.ts';
import { readPaperReading } from '../../db/queries/prefill.ts';
import type { PaperKind } from '../../domain/prefill.ts';
import { specimen } from '../../tools/id-cards/measure.ts';
import { admitted, finalCode, openWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;
beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(async () => await place?.close());

const PICTURE = Buffer.from('ffd8ff picture', 'latin1');
const NUMBER = '999999199003071248';
const READING = { number: [{ text: NUMBER, confidence: 91 }] };
const DAY_MS = 86_400_000;

/** A picture of an application, as the API keeps it. */
async function uploaded(
  applicationId: string,
  kind: PaperKind,
  bytes = PICTURE,
  daysAgo = 0,
): Promise<string> {
  const id = randomUUID();
  const { db, vault, objects } = place.deps;
  const objectKey = `applications/${applicationId}/paper/${id}.jpg`;
  const { sm3, size: sizeBytes } = await objects.put(
    objectKey,
    bytes,
    await vault.of(db, applicationId),
  );
  await recordDocument(db, {
    id,
    applicationId,
    kind,
    objectKey,
    sm3,
    sizeBytes,
    mediaType: 'image/jpeg',
  });
  const at = new Date(Date.now() - daysAgo * DAY_MS);
  await place.owner.updateTable('documents').set({ created_at: at }).where('id', '=', id).execute();
  return id;
}

describe('a picture', () => {
  it('is read once, and its readings are kept sealed', async () => {
    const { id } = await admitted(place.deps, 'APPLY');
    const documentId = await uploaded(id, 'ID_FRONT');
    let asked = 0;
    const read = async () => {
      asked += 1;
      return { kind: 'READ', readings: READING } as const;
    };
    const { deps } = place.with({ ocr: { read } });
    expect(await readPaper(deps, { documentId })).toEqual({ outcome: 'READ' });
    const row = await readPaperReading(place.owner, documentId);
    expect(row?.sealedReadings?.includes(NUMBER)).toBe(false);
    const cipher = await deps.vault.of(deps.db, id);
    const open = () =>
      cipher.openJson(
        READINGS_COLUMN,
        documentId,
        row?.sealedReadings ?? Buffer.alloc(0),
        (v) => v,
      );
    expect(open()).toEqual(READING);
    await readPaper(
      place.with({ ocr: { read: async () => ({ kind: 'READ', readings: {} }) } }).deps,
      { documentId },
    );
    expect([asked, open()]).toEqual([1, READING]);
  });

  it('leaves no reading where nobody reads, and says so', async () => {
    const { id } = await admitted(place.deps, 'APPLY');
    const documentId = await uploaded(id, 'ID_BACK');
    expect(await readPaper(place.deps, { documentId })).toEqual({ outcome: 'UNAVAILABLE' });
    expect(await readPaperReading(place.owner, documentId)).toBeUndefined();
  });

  it('that another applicant has uploaded too is counted', async () => {
    const [first, second] = [
      await admitted(place.deps, 'APPLY'),
      await admitted(place.deps, 'APPLY'),
    ];
    await place.owner
      .updateTable('applications')
      .set({ owner_subject: 'another' })
      .where('id', '=', first.id)
      .execute();
    const shared = Buffer.from(`ffd8ff ${randomUUID()}`);
    await uploaded(first.id, 'ID_FRONT', shared);
    const documentId = await uploaded(second.id, 'ID_FRONT', shared);
    const { deps } = place.with({
      ocr: { read: async () => ({ kind: 'READ', readings: READING }) },
    });
    await readPaper(deps, { documentId });
    const row = await place.owner
      .selectFrom('prefills')
      .select('same_picture')
      .where('document_id', '=', documentId)
      .executeTakeFirst();
    expect(row?.same_picture).toBe(1);
  });

  it('that is not there fails for good', async () => {
    expect(await finalCode(readPaper(place.deps, { documentId: randomUUID() }))).toBe(
      'NO_SUCH_DOCUMENT',
    );
  });
});

describe('after a month', () => {
  it('pictures of somebody who was not checked go, object and readings with them', async () => {
    const { id } = await admitted(place.deps, 'APPLY');
    const [old, fresh] = [
      await uploaded(id, 'ID_FRONT', PICTURE, 40),
      await uploaded(id, 'ID_BACK', PICTURE, 20),
    ];
    const { deps } = place.with({
      ocr: { read: async () => ({ kind: 'READ', readings: READING }) },
    });
    await readPaper(deps, { documentId: old });
    const round = await enforceRetention(deps, { after: null, at: new Date().toISOString() });
    expect(round.pictures).toBe(1);
    expect(await readPaperReading(place.owner, old)).toBeUndefined();
    expect(await deps.objects.has(`applications/${id}/paper/${old}.jpg`)).toBe(false);
    expect(await deps.objects.has(`applications/${id}/paper/${fresh}.jpg`)).toBe(true);
  });

  it('the newest of each side stays with somebody whose identity was checked', async () => {
    const { id } = await admitted(place.deps, 'VERIFY');
    const check = {
      application_id: id,
      evidence_version: 1,
      kind: 'FACE',
      outcome: 'MATCH',
      detail: '{}',
    } as const;
    await place.owner.insertInto('verifications').values(check).execute();
    const replaced = await uploaded(id, 'ID_FRONT', PICTURE, 50);
    const newest = await uploaded(id, 'ID_FRONT', PICTURE, 45);
    await enforceRetention(place.deps, { after: null, at: new Date().toISOString() });
    expect(await place.deps.objects.has(`applications/${id}/paper/${replaced}.jpg`)).toBe(false);
    expect(await place.deps.objects.has(`applications/${id}/paper/${newest}.jpg`)).toBe(true);
  });
});

describe('a vendor behind the gateway', () => {
  const image = specimen('ID_FRONT', 'clean', 1).image;
  const vendor = (data: unknown) =>
    createVendorOcr({ call: async () => ({ kind: 'FOUND', charged: true, data }) });

  it('gives its readings by field, and nothing that is not a reading passes', async () => {
    const request = { requestNo: 'r', paper: 'ID_FRONT', image } as const;
    expect(await vendor({ readings: READING }).read(request)).toEqual({
      kind: 'READ',
      readings: READING,
    });
    await expect(
      vendor({ readings: { number: [{ text: 1 }] } }).read(request),
    ).rejects.toMatchObject({ code: 'BAD_ANSWER' });
  });

  it('is not asked about what is no picture', async () => {
    const silent = createVendorOcr({ call: async () => Promise.reject(new Error('asked')) });
    const answer = await silent.read({ requestNo: 'r', paper: 'ID_BACK', image: PICTURE });
    expect(answer).toEqual({ kind: 'UNREADABLE', reason: 'NOT_A_PICTURE' });
  });
});
