/** The worker is killed at the worst moments of five loans at once, and each of them reaches its end as if nothing had been. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptOffer, fillIn, sign, submit, waitFor } from '../../tools/teller/applicant.ts';
import { payoutOf, release } from '../../tools/teller/staff.ts';
import { data, fetchPersona } from '../../tools/teller/world.ts';
import { numbersOf, payoutNumbersOf, readBooks, requestsSeen } from './evidence.ts';
import { eventually } from '../support/loan.ts';
import { openProcessHouse, type ProcessHouse } from './processes.ts';

/** The sandbox answers so late that the worker is dead before; the work itself is done there at once. */
const LATE = { fault: 'delay', delayMs: 15_000, count: 1 } as const;
/** An attempt that died is noticed after 20 s, its start-to-close time. */
const RECOVERED_WITHIN_MS = 90_000;
const REPAID_FEN = 10_000;

let house: ProcessHouse;
const ids = { verifying: '', pulling: '', signing: '', paying: '', servicing: '' };
let asked = 0;

type Loan = keyof typeof ids;
const LOANS = ['verifying', 'pulling', 'signing', 'paying', 'servicing'] as const;

/** Each loan is asked for by a person of its own. */
const applicant = (loan: Loan) => house.world.as('applicant', `crash-${loan}`);

async function until(loan: Loan, ...stages: readonly string[]): Promise<void> {
  await waitFor(applicant(loan), ids[loan], { stages, withinMs: RECOVERED_WITHIN_MS });
}

async function toSigning(loan: Loan): Promise<void> {
  await submit(applicant(loan), ids[loan]);
  await acceptOffer(applicant(loan), ids[loan]);
  await until(loan, 'SIGN/SIGNATURE');
}

async function toPayout(loan: Loan): Promise<void> {
  await toSigning(loan);
  await sign(applicant(loan), ids[loan]);
  await payoutOf(house.world, ids[loan], 'READY');
}

async function toService(loan: Loan): Promise<void> {
  await toPayout(loan);
  await release(house.world, ids[loan]);
  await until(loan, 'SERVICE');
}

/** The sandbox has done what was asked and has not yet said so. */
async function doneButUnanswered(service: string, numbers: () => Promise<string[]>): Promise<void> {
  await eventually(`${service} to have worked`, async () => {
    const mine = await numbers();
    return (await requestsSeen(house.world, service)).find(
      ({ requestNo, answeredAt }) => mine.includes(requestNo) && answeredAt !== null,
    );
  });
  asked += 1;
}

async function repay(): Promise<void> {
  const { loanId } = await data(applicant('servicing').applications.get(ids.servicing));
  const loan = await data(applicant('servicing').loans.get(loanId ?? ''));
  await fetch(`${house.world.sandboxUrl}/_admin/bank/repayment`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ loanReference: loan.number, amountFen: REPAID_FEN }),
  });
}

async function putInDanger(): Promise<void> {
  const { db, sandbox, world } = house;
  sandbox.addFault({ service: 'pboc', operation: 'report', ...LATE });
  sandbox.addFault({ service: 'ca', operation: 'certificate', ...LATE });
  sandbox.addFault({ service: 'bank', operation: 'transfer', ...LATE });
  await submit(applicant('pulling'), ids.pulling);
  // The answer to the signature comes when the contract is sealed, which the kill prevents.
  void sign(applicant('signing'), ids.signing).catch(() => undefined);
  await release(world, ids.paying);
  await Promise.all([
    doneButUnanswered('pboc', () => numbersOf(db, ids.pulling, 'pboc')),
    doneButUnanswered('ca', () => numbersOf(db, ids.signing, 'ca')),
    doneButUnanswered('bank', () => payoutNumbersOf(db, ids.paying)),
  ]);
  sandbox.addFault({ service: 'identity', operation: 'two-factor', ...LATE });
  await submit(applicant('verifying'), ids.verifying);
  await doneButUnanswered('identity', () => numbersOf(db, ids.verifying, 'identity'));
}

beforeAll(async () => {
  house = await openProcessHouse();
  await house.worker.start();
  for (const [variant, loan] of LOANS.entries()) {
    const persona = await fetchPersona(house.world, 'straight-approval', variant);
    ids[loan] = await fillIn(applicant(loan), persona);
  }
  await Promise.all([toService('servicing'), toPayout('paying'), toSigning('signing')]);
  await putInDanger();
  await repay();
  await house.worker.kill();
  await repay();
  await house.worker.start();
}, 180_000);

afterAll(async () => {
  await house.close();
}, 60_000);

describe('a worker killed in the middle', { timeout: 180_000 }, () => {
  test('was killed while all four services had worked and none had answered', () => {
    expect(asked).toBe(4);
  });

  test('of the identity checks: they are asked again under their numbers and paid for once', async () => {
    const id = ids.verifying;
    await until('verifying', 'OFFER');
    const numbers = await numbersOf(house.db, id, 'identity');
    const rows = (await requestsSeen(house.world, 'identity')).filter(({ requestNo }) =>
      numbers.includes(requestNo),
    );
    expect(rows.length).toBe(numbers.length);
    expect(rows.find(({ operation }) => operation === 'two-factor')?.timesAsked).toBe(2);
  });

  test('of a bureau pull: one report, one charge', async () => {
    const id = ids.pulling;
    await until('pulling', 'OFFER');
    const numbers = await numbersOf(house.db, id, 'pboc');
    expect(numbers).toHaveLength(1);
    const seen = await requestsSeen(house.world, 'pboc');
    expect(seen.filter(({ requestNo }) => numbers.includes(requestNo))).toMatchObject([
      { operation: 'report', timesAsked: 2 },
    ]);
    // Five loans by five people: five reports, whatever happened on the way.
    expect(seen.filter(({ operation }) => operation === 'report')).toHaveLength(5);
    const reports = await house.db
      .selectFrom('bureau_evidence')
      .select('gap')
      .where('application_id', '=', id)
      .where('bureau', '=', 'PBOC')
      .execute();
    expect(reports).toEqual([{ gap: null }]);
  });

  test('between certificate and signature: one certificate, and the contract is signed with it', async () => {
    const id = ids.signing;
    await until('signing', 'DISBURSE');
    const numbers = await numbersOf(house.db, id, 'ca');
    expect(numbers).toHaveLength(1);
    const seen = await requestsSeen(house.world, 'ca');
    expect(seen.filter(({ requestNo }) => numbers.includes(requestNo))).toMatchObject([
      { operation: 'certificate', timesAsked: 2 },
    ]);
    const signatures = await house.db
      .selectFrom('signatures as s')
      .innerJoin('contracts as c', 'c.id', 's.contract_id')
      .select(['s.party', 'c.state'])
      .where('c.application_id', '=', id)
      .orderBy('s.party')
      .execute();
    expect(signatures).toEqual([
      { party: 'APPLICANT', state: 'SIGNED' },
      { party: 'LENDER', state: 'SIGNED' },
    ]);
  });

  test('after the payout was sent and before it was settled: the money moves once', async () => {
    const id = ids.paying;
    await until('paying', 'SERVICE');
    const numbers = await payoutNumbersOf(house.db, id);
    expect(numbers).toHaveLength(1);
    const { payments } = await readBooks(house.world);
    const mine = payments.filter(({ requestNo }) => numbers.includes(requestNo));
    expect(mine).toMatchObject([{ kind: 'TRANSFER', status: 'PAID' }]);
  });

  test('of servicing: what was repaid before and during the outage is counted once each', async () => {
    const { db } = house;
    const repaid = () =>
      db
        .selectFrom('repayments as r')
        .innerJoin('loans as l', 'l.id', 'r.loan_id')
        .select('r.amount_fen')
        .where('l.application_id', '=', ids.servicing)
        .execute();
    await eventually(
      'both repayments',
      async () => ((await repaid()).length >= 2 ? true : undefined),
      RECOVERED_WITHIN_MS,
    );
    expect((await repaid()).map((row) => row.amount_fen)).toEqual([REPAID_FEN, REPAID_FEN]);
  });
});

test('after all of it every loan is paid out exactly once, and the books agree to the fen', async () => {
  const { world, db } = house;
  for (const loan of ['verifying', 'pulling'] as const) {
    await acceptOffer(applicant(loan), ids[loan]);
    await sign(applicant(loan), ids[loan]);
  }
  for (const loan of ['verifying', 'pulling', 'signing'] as const) await release(world, ids[loan]);
  for (const loan of LOANS) await until(loan, 'SERVICE');
  const paid = await db
    .selectFrom('payouts')
    .select(['request_no as requestNo', 'amount_fen as amountFen', 'state'])
    .orderBy('request_no')
    .execute();
  const { payments, entries } = await readBooks(world);
  const transfers = payments.filter(({ kind }) => kind === 'TRANSFER');
  expect(
    transfers
      .map(({ requestNo, amountFen }) => ({ requestNo, amountFen, state: 'PAID' }))
      .sort((a, b) => (a.requestNo < b.requestNo ? -1 : 1)),
  ).toEqual(paid);
  expect(transfers).toHaveLength(5);
  expect(entries.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(0);
}, 120_000);
