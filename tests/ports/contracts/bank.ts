/** The contract of the bank port. */
import { describe, expect, test } from 'vitest';
import type { Ports } from '../../../activities/ports/index.ts';
import { fen } from '../../../domain/money.ts';
import { faultContract, type FaultyCall } from './faults.ts';
import { type Applicant, newNumber, type World } from './world.ts';

const AMOUNT = fen(1_234_567);

function transfer(ports: Ports, { card, name }: Applicant, requestNo: string) {
  const request = { requestNo, amountFen: AMOUNT, toCard: card, holderName: name, purpose: 'LN-1' };
  return ports.bank.transfer(request);
}

const CALLS: readonly FaultyCall[] = [
  {
    service: 'bank',
    operation: 'account',
    namesSubject: false,
    remembered: true,
    ask: (ports, { card, name }, requestNo) =>
      ports.bank.account({ requestNo, card, holderName: name }),
  },
  { service: 'bank', operation: 'transfer', namesSubject: false, remembered: true, ask: transfer },
  {
    service: 'bank',
    operation: 'debit',
    namesSubject: false,
    remembered: true,
    ask: (ports, { card }, requestNo) =>
      ports.bank.debit({ requestNo, card, amountFen: fen(100), loanReference: 'LN-1' }),
  },
  {
    service: 'bank',
    operation: 'statement',
    namesSubject: false,
    remembered: false,
    ask: (ports, _applicant, requestNo) => ports.bank.statement({ requestNo, day: '2026-01-05' }),
  },
];

export function bankContract(world: () => World, withFaults: boolean): void {
  describe('bank port', () => {
    test("the applicant's card belongs to the applicant and is open", async () => {
      const { card, name } = await world().newApplicant();
      const answer = await world().ports.bank.account({
        requestNo: newNumber(),
        card,
        holderName: name,
      });
      expect(answer).toMatchObject({ kind: 'FOUND', data: { match: true, open: true } });
    });

    test('a transfer is made once for the same number, and a query by that number finds it', async () => {
      const applicant = await world().newApplicant();
      const requestNo = newNumber();
      const first = await transfer(world().ports, applicant, requestNo);
      expect(first).toMatchObject({
        kind: 'FOUND',
        data: { status: 'PAID', bankReference: expect.any(String) },
      });
      expect(await transfer(world().ports, applicant, requestNo)).toEqual(first);
      const found = await world().ports.bank.query({ requestNo: newNumber(), of: requestNo });
      expect(found).toMatchObject({
        kind: 'FOUND',
        data: first.kind === 'FOUND' ? first.data : {},
      });
    });

    test('a query of a number the bank never saw finds nothing', async () => {
      const answer = await world().ports.bank.query({ requestNo: newNumber(), of: newNumber() });
      expect(answer.kind).toBe('NO_RECORD');
    });

    test('a debit from an account with funds is paid', async () => {
      const { card } = await world().newApplicant();
      const request = { requestNo: newNumber(), card, amountFen: fen(100), loanReference: 'LN-1' };
      const answer = await world().ports.bank.debit(request);
      expect(answer).toMatchObject({ kind: 'FOUND', data: { status: 'PAID' } });
    });

    test('a debit is made once for the same number, and a query by that number finds it', async () => {
      const { card } = await world().newApplicant();
      const requestNo = newNumber();
      const request = { requestNo, card, amountFen: fen(100), loanReference: 'LN-1' };
      const first = await world().ports.bank.debit(request);
      expect(await world().ports.bank.debit(request)).toEqual(first);
      const found = await world().ports.bank.query({ requestNo: newNumber(), of: requestNo });
      expect(found).toMatchObject({
        kind: 'FOUND',
        data: first.kind === 'FOUND' ? first.data : {},
      });
    });

    test('a day without movements has an empty statement', async () => {
      const answer = await world().ports.bank.statement({
        requestNo: newNumber(),
        day: '2020-01-05',
      });
      expect(answer).toMatchObject({ kind: 'FOUND', data: { lines: [] } });
    });

    if (withFaults) for (const call of CALLS) faultContract(world, call);
    if (withFaults) lostPayments(world);
  });
}

/** The reason for `query`: what a lost answer to a transfer meant is asked, never assumed. */
function lostPayments(world: () => World): void {
  test.each([
    ['drop-request', 'NO_RECORD'],
    ['drop-reply', 'FOUND'],
    ['garbage', 'FOUND'],
  ])(
    'after %s of a transfer a query says %s, and no second payment is made',
    async (fault, kind) => {
      const { ports, trouble } = world();
      const applicant = await world().newApplicant();
      const requestNo = newNumber();
      await trouble?.strike('bank', 'transfer', fault);
      await expect(transfer(ports, applicant, requestNo)).rejects.toMatchObject({
        name: 'OutsideFailure',
      });
      const before = await ports.bank.query({ requestNo: newNumber(), of: requestNo });
      expect(before.kind).toBe(kind);
      await transfer(ports, applicant, requestNo);
      const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
      const statement = await ports.bank.statement({ requestNo: newNumber(), day });
      const lines = statement.kind === 'FOUND' ? statement.data.lines : [];
      expect(lines.filter((line) => line.includes(requestNo))).toHaveLength(1);
    },
  );
}
