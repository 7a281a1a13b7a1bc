/** What fraud counts: other people who share a device or a number, within their windows, never the person themselves. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/database.ts';
import { idleDrafts, writeFraudLinks } from '../../db/queries/admission.ts';
import { contactInDefault, countShared } from '../../db/queries/fraud.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';
import { AMOUNT, applicant, application, contract, payoutRow } from './rows.ts';

let opened: TestDatabase;
let db: Db;

beforeAll(async () => {
  opened = await openTestDatabase();
  db = opened.db;
});
afterAll(() => opened.close());

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function link(
  person: string,
  valueIndex: Buffer,
  agoMs = 0,
  kind: 'DEVICE' | 'MOBILE' = 'DEVICE',
): Promise<string> {
  const id = await application(db);
  await db
    .insertInto('fraud_links')
    .values({
      application_id: id,
      applicant_id: person,
      kind,
      value_index: valueIndex,
      created_at: new Date(Date.now() - agoMs),
    })
    .execute();
  return id;
}

describe('countShared', () => {
  it('counts people within 1, 7 and 30 days, and forgets them after', async () => {
    const device = randomBytes(32);
    for (const ago of [HOUR, 2 * DAY, 8 * DAY, 31 * DAY])
      await link(await applicant(db), device, ago);
    const own = await link(await applicant(db), device);
    expect(await countShared(db, own)).toEqual([{ kind: 'DEVICE', day1: 1, day7: 2, day30: 3 }]);
  });

  it('counts a person once, however many applications they made, and never the applicant themselves', async () => {
    const device = randomBytes(32);
    const [me, other] = [await applicant(db), await applicant(db)];
    for (const ago of [HOUR, 2 * HOUR, 3 * HOUR]) {
      await link(me, device, ago);
      await link(other, device, ago);
    }
    const own = await link(me, device);
    expect(await countShared(db, own)).toEqual([{ kind: 'DEVICE', day1: 1, day7: 1, day30: 1 }]);
  });

  it('does not take a mobile for a device, and counts nothing for somebody alone', async () => {
    const value = randomBytes(32);
    await link(await applicant(db), value, HOUR, 'MOBILE');
    const own = await link(await applicant(db), value);
    expect(await countShared(db, own)).toEqual([]);
  });
});

it('the same link of the same application twice is one link', async () => {
  const id = await application(db);
  const person = await applicant(db);
  const links = [{ kind: 'DEVICE' as const, valueIndex: randomBytes(32) }];
  for (let n = 0; n < 2; n += 1)
    await db.transaction().execute((tx) => writeFraudLinks(tx, id, person, links));
  const rows = await db
    .selectFrom('fraud_links')
    .select('kind')
    .where('application_id', '=', id)
    .execute();
  expect(rows).toHaveLength(1);
});

describe('a contact in default', () => {
  it('is found by the number of a person whose loan is overdue, and not while it is paid', async () => {
    const mobile = randomBytes(32);
    const id = await link(await applicant(db), mobile, DAY, 'MOBILE');
    const payout = payoutRow(id, await contract(db, id), { state: 'PAID' });
    await db.insertInto('payouts').values(payout).execute();
    await db
      .insertInto('loans')
      .values({
        id,
        application_id: id,
        payout_id: payout.id,
        number: id,
        principal_fen: AMOUNT,
        annual_rate: '12',
        term_months: 12,
        method: 'EQUAL_INSTALMENT',
        disbursed_on: '2026-01-05',
        state: 'ACTIVE',
      })
      .execute();
    expect(await contactInDefault(db, [randomBytes(32), mobile])).toBe(false);
    await db.updateTable('loans').set({ state: 'OVERDUE' }).where('id', '=', id).execute();
    expect(await contactInDefault(db, [randomBytes(32), mobile])).toBe(true);
    expect(await contactInDefault(db, [])).toBe(false);
  });
});

it('an idle draft is reminded once and then lapses; one that moved on does neither', async () => {
  const at = (ago: number) => new Date(Date.now() - ago);
  const idle = async (stage: 'APPLY' | 'VERIFY', ago: number, reminded: boolean) => {
    const id = await application(db, stage);
    await db
      .updateTable('applications')
      .set({ updated_at: at(ago), reminded_at: reminded ? at(DAY) : null })
      .where('id', '=', id)
      .execute();
    return id;
  };
  const fresh = await idle('APPLY', HOUR, false);
  const remind = await idle('APPLY', 4 * DAY, false);
  const reminded = await idle('APPLY', 4 * DAY, true);
  const lapse = await idle('APPLY', 40 * DAY, true);
  const moved = await idle('VERIFY', 40 * DAY, false);
  const limits = { remindBefore: at(3 * DAY), lapseBefore: at(30 * DAY), most: 50 };
  const found = await db.transaction().execute((tx) => idleDrafts(tx, limits));
  const mine = found.filter(({ id }) => [fresh, remind, reminded, lapse, moved].includes(id));
  expect(mine).toEqual([
    { id: lapse, lapse: true },
    { id: remind, lapse: false },
  ]);
});
