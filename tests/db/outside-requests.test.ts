/** The row of a call that leaves the house: one per number, settled once, and never lent to another step. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/database.ts';
import {
  beginOutsideRequest,
  noteOutsideFailure,
  readOutsideRequest,
  RequestNumberTaken,
  settleOutsideRequest,
} from '../../db/queries/outside-requests.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';
import { application, refusal } from './rows.ts';

let opened: TestDatabase;
let db: Db;

beforeAll(async () => {
  opened = await openTestDatabase();
  db = opened.db;
});
afterAll(() => opened.close());

async function newRequest() {
  const applicationId = await application(db);
  return {
    requestNo: `R${applicationId}`,
    applicationId,
    step: 'pboc:1',
    service: 'pboc',
    operation: 'report',
  };
}

const answer = (code: string) => ({ code, charged: true, sealedAnswer: Buffer.from(code) });

describe('an outside request', () => {
  it('counts every sending, however many begin at once, on one row', async () => {
    const request = await newRequest();
    const begun = await Promise.all(
      Array.from({ length: 6 }, () => beginOutsideRequest(db, request)),
    );
    const sends = begun.map((one) => (one.state === 'PENDING' ? one.sends : 0));
    expect(new Set(sends)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });

  it('takes one of several answers of the same moment, and that one stands', async () => {
    const request = await newRequest();
    await beginOutsideRequest(db, request);
    const settled = await Promise.all(
      ['A', 'B', 'C'].map((code) => settleOutsideRequest(db, request.requestNo, answer(code))),
    );
    expect(settled.filter(Boolean)).toHaveLength(1);
    const winner = ['A', 'B', 'C'][settled.indexOf(true)] ?? '';
    const standing = {
      state: 'ANSWERED',
      code: winner,
      charged: true,
      sealedAnswer: Buffer.from(winner),
    };
    expect(await readOutsideRequest(db, request.requestNo)).toEqual(standing);
    expect(await beginOutsideRequest(db, request)).toEqual(standing);
    expect(await settleOutsideRequest(db, request.requestNo, answer('D'))).toBe(false);
  });

  it('keeps why the last sending failed while it waits, and never over an answer', async () => {
    const request = await newRequest();
    await beginOutsideRequest(db, request);
    await noteOutsideFailure(db, request.requestNo, 'BUSY');
    expect(await readOutsideRequest(db, request.requestNo)).toEqual({ state: 'PENDING', sends: 1 });
    await settleOutsideRequest(db, request.requestNo, answer('FOUND'));
    await noteOutsideFailure(db, request.requestNo, 'UNREACHABLE');
    expect(await readOutsideRequest(db, request.requestNo)).toMatchObject({ code: 'FOUND' });
  });

  it('refuses its number to another step, and its step to another number', async () => {
    const request = await newRequest();
    await beginOutsideRequest(db, request);
    const otherStep = beginOutsideRequest(db, { ...request, step: 'pboc:2' });
    await expect(otherStep).rejects.toThrow(RequestNumberTaken);
    const otherNumber = beginOutsideRequest(db, { ...request, requestNo: `X${request.requestNo}` });
    expect(await refusal(otherNumber)).toBe('outside_requests_application_id_step_key');
  });

  it('is not there before it is begun', async () => {
    expect(await readOutsideRequest(db, 'never')).toBeNull();
  });
});
