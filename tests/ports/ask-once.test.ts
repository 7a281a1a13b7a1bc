/** The outside request's row: before the call, settled once, and instead of a second call ever after. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { askOnce, type AskDeps, requestNumber } from '../../activities/outside.ts';
import { type OutsideAnswer, OutsideFailure } from '../../activities/ports/answers.ts';
import { RequestNumberTaken } from '../../db/queries/outside-requests.ts';
import { createFieldCipher } from '../../platform/crypto/field-cipher.ts';
import { openTestDatabase, type TestDatabase } from './postgres.ts';

const codec = z.object({ score: z.number() });
type Data = z.infer<typeof codec>;
const FOUND: OutsideAnswer<Data> = { kind: 'FOUND', charged: true, data: { score: 7 } };

let database: TestDatabase;
let deps: AskDeps;

beforeAll(async () => {
  database = await openTestDatabase();
  const keyring = { activeKeyId: 'k1', keys: new Map([['k1', randomBytes(32)]]) };
  deps = { db: database.db, fieldCipher: createFieldCipher(keyring, randomBytes(32)) };
}, 60_000);
afterAll(async () => {
  await database?.close();
});

async function newStep(step = 'pboc:1') {
  const applicationId = randomUUID();
  await database.db
    .insertInto('applications')
    .values({
      id: applicationId,
      owner_subject: 'tester',
      applicant_kind: 'PERSON',
      stage: 'APPLY',
    })
    .execute();
  const requestNo = requestNumber(applicationId, step);
  return { applicationId, step, service: 'pboc', operation: 'report', requestNo };
}

async function row(requestNo: string) {
  return await database.db
    .selectFrom('outside_requests')
    .selectAll()
    .where('request_no', '=', requestNo)
    .executeTakeFirstOrThrow();
}

describe('request number', () => {
  test('is the same for every attempt of a step and differs between steps and applications', () => {
    const number = requestNumber('a', 'pboc:1');
    expect(number).toBe(requestNumber('a', 'pboc:1'));
    expect(number).toMatch(/^XD[0-9A-F]{30}$/);
    expect(new Set([number, requestNumber('a', 'pboc:2'), requestNumber('b', 'pboc:1')]).size).toBe(
      3,
    );
  });
});

describe('askOnce', () => {
  test('the row stands as pending while the call is under way', async () => {
    const request = await newStep();
    await askOnce(
      deps,
      request,
      async (requestNo) => {
        expect(await row(requestNo)).toMatchObject({ state: 'PENDING', sends: 1 });
        return FOUND;
      },
      codec,
    );
    expect(await row(request.requestNo)).toMatchObject({
      state: 'ANSWERED',
      code: 'FOUND',
      charged: true,
      sends: 1,
    });
  });

  test('an answered step gives the stored answer and never calls again', async () => {
    const request = await newStep();
    await askOnce(deps, request, async () => FOUND, codec);
    let calls = 0;
    const again = await askOnce(deps, request, async () => ((calls += 1), FOUND), codec);
    expect(again).toEqual(FOUND);
    expect(calls).toBe(0);
    expect((await row(request.requestNo)).sends).toBe(1);
  });

  test('no record is an answer too and is not asked again', async () => {
    const request = await newStep();
    const none = { kind: 'NO_RECORD', charged: true } as const;
    await askOnce(deps, request, async () => none, codec);
    expect(await askOnce(deps, request, async () => FOUND, codec)).toEqual(none);
  });

  test('a failed call leaves the step pending with its code, and the next attempt sends the same number', async () => {
    const request = await newStep();
    const lost = new OutsideFailure('pboc', 'report', 'UNREACHABLE');
    await expect(askOnce(deps, request, () => Promise.reject(lost), codec)).rejects.toBe(lost);
    expect(await row(request.requestNo)).toMatchObject({
      state: 'PENDING',
      code: 'UNREACHABLE',
      sends: 1,
    });
    const numbers: string[] = [];
    const answer = await askOnce(deps, request, async (no) => (numbers.push(no), FOUND), codec);
    expect(answer).toEqual(FOUND);
    expect(numbers).toEqual([request.requestNo]);
    expect(await row(request.requestNo)).toMatchObject({
      state: 'ANSWERED',
      code: 'FOUND',
      sends: 2,
    });
  });

  test('of two attempts under way the first answer stands for both', async () => {
    const request = await newStep();
    const late: OutsideAnswer<Data> = { kind: 'FOUND', charged: true, data: { score: 99 } };
    const answer = await askOnce(
      deps,
      request,
      async () => {
        await askOnce(deps, request, async () => FOUND, codec);
        return late;
      },
      codec,
    );
    expect(answer).toEqual(FOUND);
  });

  test('the stored answer is unreadable without the key and opens in no other row', async () => {
    const request = await newStep();
    await askOnce(deps, request, async () => FOUND, codec);
    const sealed = (await row(request.requestNo)).sealed_answer;
    expect(sealed?.toString('latin1')).not.toContain('score');
    const other = await newStep();
    await askOnce(deps, other, async () => FOUND, codec);
    await database.db
      .updateTable('outside_requests')
      .set({ sealed_answer: sealed })
      .where('request_no', '=', other.requestNo)
      .execute();
    await expect(askOnce(deps, other, async () => FOUND, codec)).rejects.toMatchObject({
      code: 'SEAL_BROKEN',
    });
  });

  test('a number that belongs to another step is refused before anything is sent', async () => {
    const first = await newStep();
    await askOnce(deps, first, async () => FOUND, codec);
    let calls = 0;
    const stolen = { ...(await newStep()), requestNo: first.requestNo };
    await expect(askOnce(deps, stolen, async () => ((calls += 1), FOUND), codec)).rejects.toThrow(
      RequestNumberTaken,
    );
    expect(calls).toBe(0);
  });
});
