/** Money is sent once: whatever the bank answers, and wherever a worker dies, one payment at most reaches the borrower. */
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryPayout, sendPayout } from '../../activities/disburse/pay.ts';
import type { OutsideAnswer } from '../../activities/ports/answers.ts';
import { OutsideFailure, type OutsideFailureCode } from '../../activities/ports/answers.ts';
import type { TransferStatus } from '../../activities/ports/bank.ts';
import { AMOUNT } from '../db/rows.ts';
import { payable } from './payable.ts';
import { finalCode, openWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

type Said = TransferStatus['status'] | 'NO_RECORD' | OutsideFailureCode;

function answerOf(said: Said, requestNo: string): OutsideAnswer<TransferStatus> {
  const found = (data: TransferStatus) => ({ kind: 'FOUND', charged: true, data }) as const;
  if (said === 'PAID') return found({ status: 'PAID', bankReference: `BK-${requestNo}` });
  if (said === 'ACCEPTED') return found({ status: 'ACCEPTED' });
  if (said === 'REFUSED') return found({ status: 'REFUSED', reason: 'ACCOUNT_CLOSED' });
  if (said === 'NO_RECORD') return { kind: 'NO_RECORD', charged: false };
  throw new OutsideFailure('bank', 'transfer', said);
}

/** A bank that says what it is told to, in order, and the last word for ever after. */
function bank(script: { readonly transfer?: readonly Said[]; readonly query?: readonly Said[] }) {
  const transfers: string[] = [];
  const queries: string[] = [];
  const next = (said: readonly Said[] | undefined, count: number): Said =>
    said?.[Math.min(count, said.length) - 1] ?? 'UNREACHABLE';
  return {
    transfers,
    queries,
    deps: place.with({
      bank: {
        transfer: async ({ requestNo }) => {
          transfers.push(requestNo);
          return answerOf(next(script.transfer, transfers.length), requestNo);
        },
        query: async ({ of }) => {
          queries.push(of);
          return answerOf(next(script.query, queries.length), of);
        },
      },
    }).deps,
  };
}

const payout = (state: 'READY' | 'RELEASED' | 'SENT') => payable(place, state);

async function standing({ payoutId, applicationId }: { payoutId: string; applicationId: string }) {
  const row = await place.deps.db
    .selectFrom('payouts')
    .select(['state', 'bank_reference', 'failure_code', 'settled_at'])
    .where('id', '=', payoutId)
    .executeTakeFirstOrThrow();
  const { pending } = await place.deps.db
    .selectFrom('applications')
    .select('pending')
    .where('id', '=', applicationId)
    .executeTakeFirstOrThrow();
  return { ...row, pending, settled: row.settled_at !== null };
}

describe('the first sending', () => {
  it.each([
    ['PAID', 'PAID', true, null],
    ['ACCEPTED', 'ACCEPTED', false, null],
    ['REFUSED', 'REFUSED', true, 'PAYOUT_RETRY'],
    ['NO_RECORD', 'UNKNOWN', false, null],
    ['UNREACHABLE', 'UNKNOWN', false, null],
    ['BAD_ANSWER', 'UNKNOWN', false, null],
    ['BUSY', 'UNKNOWN', false, null],
    ['THROTTLED', 'UNKNOWN', false, null],
    ['MAINTENANCE', 'UNKNOWN', false, null],
    ['REJECTED', 'REFUSED', true, 'PAYOUT_RETRY'],
    ['UNAUTHORISED', 'REFUSED', true, 'PAYOUT_RETRY'],
  ] as const)('answered %s leaves the payout %s', async (said, state, settled, pending) => {
    const one = await payout('RELEASED');
    const { deps, transfers, queries } = bank({ transfer: [said] });
    expect(await sendPayout(deps, one)).toEqual({ state });
    expect(await standing(one)).toMatchObject({ state, settled, pending });
    expect([transfers.length, queries.length]).toEqual([1, 0]);
  });

  it('writes that it is sent before the bank hears of it', async () => {
    const one = await payout('RELEASED');
    let seen = '';
    const { deps } = place.with({
      bank: {
        transfer: async ({ requestNo }) => {
          seen = (await standing(one)).state;
          return answerOf('PAID', requestNo);
        },
      },
    });
    await sendPayout(deps, one);
    expect(seen).toBe('SENT');
  });

  it('does not happen before a person has released the payout', async () => {
    const one = await payout('READY');
    const { deps, transfers } = bank({ transfer: ['PAID'] });
    expect(await finalCode(sendPayout(deps, one))).toBe('PAYOUT_NOT_RELEASED');
    expect(transfers).toEqual([]);
  });

  it('does not happen for the payout of another application', async () => {
    const one = await payout('RELEASED');
    const { deps, transfers } = bank({ transfer: ['PAID'] });
    const other = { ...one, applicationId: randomUUID() };
    expect(await finalCode(sendPayout(deps, other))).toBe('NO_SUCH_PAYOUT');
    expect(transfers).toEqual([]);
  });
});

describe('after a worker died between the row and the answer', () => {
  it.each([
    ['PAID', 'PAID'],
    ['ACCEPTED', 'ACCEPTED'],
    ['REFUSED', 'REFUSED'],
    ['UNREACHABLE', 'UNKNOWN'],
    ['UNAUTHORISED', 'UNKNOWN'],
  ] as const)(
    'the bank is asked first, and its %s settles without a second sending',
    async (said, state) => {
      const one = await payout('SENT');
      const { deps, transfers, queries } = bank({ query: [said] });
      expect(await sendPayout(deps, one)).toEqual({ state });
      expect(await standing(one)).toMatchObject({ state });
      expect([transfers.length, queries.length]).toEqual([0, 1]);
    },
  );

  it('a number the bank never saw is sent again under the same number', async () => {
    const one = await payout('SENT');
    const { deps, transfers, queries } = bank({ query: ['NO_RECORD'], transfer: ['PAID'] });
    expect(await sendPayout(deps, one)).toEqual({ state: 'PAID' });
    expect(queries).toEqual([`XD${one.payoutId}`]);
    expect(transfers).toEqual([`XD${one.payoutId}`]);
  });
});

describe('what is settled', () => {
  it.each(['PAID', 'REFUSED'] as const)('as %s needs no bank and keeps its state', async (said) => {
    const one = await payout('RELEASED');
    await sendPayout(bank({ transfer: [said] }).deps, one);
    const later = bank({ transfer: ['PAID'], query: ['REFUSED'] });
    expect(await sendPayout(later.deps, one)).toEqual({ state: said });
    expect(await queryPayout(later.deps, one)).toEqual({ state: said });
    expect([...later.transfers, ...later.queries]).toEqual([]);
    expect(await standing(one)).toMatchObject({ state: said });
  });

  it('keeps the bank’s reference of the payment and the reason of a refusal', async () => {
    const [paid, refused] = [await payout('RELEASED'), await payout('RELEASED')];
    await sendPayout(bank({ transfer: ['PAID'] }).deps, paid);
    await sendPayout(bank({ transfer: ['REFUSED'] }).deps, refused);
    expect(await standing(paid)).toMatchObject({
      bank_reference: `BK-XD${paid.payoutId}`,
      failure_code: null,
    });
    expect(await standing(refused)).toMatchObject({
      bank_reference: null,
      failure_code: 'ACCOUNT_CLOSED',
    });
  });
});

/** A bank with books: it may lose the request or the answer, and a number moves money at most once. */
function honestBank(luck: readonly ('FINE' | 'LOST_REQUEST' | 'LOST_REPLY')[]) {
  const books = new Map<string, number>();
  let calls = 0;
  const draw = () => luck[calls++] ?? 'FINE';
  const { deps } = place.with({
    bank: {
      transfer: async ({ requestNo, amountFen }) => {
        const fate = draw();
        if (fate !== 'LOST_REQUEST') books.set(requestNo, amountFen);
        if (fate !== 'FINE') throw new OutsideFailure('bank', 'transfer', 'UNREACHABLE');
        return answerOf('PAID', requestNo);
      },
      query: async ({ of }) => {
        if (draw() !== 'FINE') throw new OutsideFailure('bank', 'query', 'UNREACHABLE');
        return answerOf(books.has(of) ? 'PAID' : 'NO_RECORD', of);
      },
    },
  });
  return { books, deps };
}

it('ends paid once and says so, however requests and answers are lost on the way', async () => {
  const fate = fc.constantFrom('FINE', 'LOST_REQUEST', 'LOST_REPLY');
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 6 }), async (luck) => {
      const one = await payout('RELEASED');
      const { deps, books } = honestBank(luck);
      let { state } = await sendPayout(deps, one);
      for (let asked = 0; asked < 10 && state !== 'PAID'; asked += 1)
        ({ state } = await queryPayout(deps, one));
      expect(state).toBe('PAID');
      expect([...books]).toEqual([[`XD${one.payoutId}`, AMOUNT]]);
      expect(await standing(one)).toMatchObject({ state: 'PAID' });
    }),
    { numRuns: 40 },
  );
});
