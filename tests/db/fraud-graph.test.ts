/** The graph in the database: rings are found whole, hubs are named and not followed, and a search ends. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '../../db/database.ts';
import { recentlySeenWith } from '../../db/queries/list-lookups.ts';
import { countShared } from '../../db/queries/fraud.ts';
import { findGraph } from '../../db/queries/fraud-graph.ts';
import type { LinkKind } from '../../db/schema/evidence.ts';
import { summariseGraph } from '../../domain/fraud-graph.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';
import { AMOUNT, applicant, application, contract, payoutRow } from './rows.ts';

let opened: TestDatabase;
let db: Db;
beforeAll(async () => {
  opened = await openTestDatabase();
  db = opened.db;
});
afterAll(() => opened.close());

const BOUNDS = { hubCap: 10, nodesMost: 200 };
const graphOf = async (id: string, bounds = BOUNDS) =>
  summariseGraph(id, await findGraph(db, id, bounds));

type Links = Readonly<Partial<Record<LinkKind, Buffer>>>;

async function link(id: string, person: string, links: Links, ago = '0 seconds') {
  for (const [kind, value] of Object.entries(links)) {
    await db
      .insertInto('fraud_links')
      .values({
        application_id: id,
        applicant_id: person,
        kind: kind as LinkKind,
        value_index: value,
        created_at: new Date(Date.now() - Number.parseInt(ago, 10) * 1_000),
      })
      .execute();
  }
}

/** An application of a new person with these links, given its id. */
async function someone(links: Links, ago = '0 seconds'): Promise<string> {
  const id = await application(db);
  await link(id, await applicant(db), links, ago);
  return id;
}

const value = () => randomBytes(32);

it('finds a ring of five that no single value holds together', async () => {
  const [device, card, home, phone] = [value(), value(), value(), value()];
  const first = await someone({ DEVICE: device });
  await someone({ DEVICE: device, CARD: card });
  await someone({ CARD: card, ADDRESS: home });
  await someone({ ADDRESS: home, MOBILE: phone });
  // Another one's contact is this person's own number.
  await someone({ CONTACT: phone });
  await someone({ DEVICE: value(), CARD: value() });
  const graph = await graphOf(first);
  expect(graph).toMatchObject({ applications: 5, persons: 5, hubsIgnored: [], truncated: false });
  expect(graph.kinds).toEqual(['DEVICE', 'MOBILE', 'CARD', 'ADDRESS', 'CONTACT']);
});

it('names a hub and does not follow it, at one more than the cap', async () => {
  const [atCap, above] = [value(), value()];
  const small = await someone({ EMPLOYER_PHONE: atCap });
  for (let n = 1; n < BOUNDS.hubCap; n += 1) await someone({ EMPLOYER_PHONE: atCap });
  expect(await graphOf(small)).toMatchObject({ persons: BOUNDS.hubCap, hubsIgnored: [] });
  const large = await someone({ EMPLOYER_PHONE: above });
  for (let n = 0; n < BOUNDS.hubCap; n += 1) await someone({ EMPLOYER_PHONE: above });
  expect(await graphOf(large)).toMatchObject({ persons: 1, hubsIgnored: ['EMPLOYER_PHONE'] });
});

it('ends at its bound in a graph that goes on, and says so', async () => {
  let next = value();
  const first = await someone({ DEVICE: next });
  for (let n = 0; n < 30; n += 1) {
    const last = next;
    next = value();
    await someone({ DEVICE: last, CARD: next });
  }
  const whole = await graphOf(first);
  expect([whole.persons, whole.truncated]).toEqual([31, false]);
  const cut = await graphOf(first, { hubCap: 10, nodesMost: 20 });
  expect(cut.truncated).toBe(true);
  expect(cut.persons).toBeLessThan(15);
});

it('does not take a shared network address for a tie', async () => {
  const town = value();
  const one = await someone({ IP: town, MOBILE: value() });
  await someone({ IP: town, MOBILE: value() });
  expect(await graphOf(one)).toMatchObject({ persons: 1, kinds: [] });
  expect((await countShared(db, one)).find(({ kind }) => kind === 'IP')?.day1).toBe(1);
});

it('sees that somebody in it is in default', async () => {
  const device = value();
  const one = await someone({ DEVICE: device });
  const other = await someone({ DEVICE: device });
  const payout = payoutRow(other, await contract(db, other), { state: 'PAID' });
  await db.insertInto('payouts').values(payout).execute();
  await db
    .insertInto('loans')
    .values({
      id: other,
      application_id: other,
      payout_id: payout.id,
      number: other,
      principal_fen: AMOUNT,
      annual_rate: '12',
      term_months: 12,
      method: 'EQUAL_INSTALMENT',
      disbursed_on: '2026-01-05',
      state: 'ACTIVE',
    })
    .execute();
  expect((await graphOf(one)).defaults).toBe(0);
  await db.updateTable('loans').set({ state: 'OVERDUE' }).where('id', '=', other).execute();
  expect((await graphOf(one)).defaults).toBe(1);
});

it('takes velocity windows at their edges, for every kind', async () => {
  const day = 86_400;
  for (const kind of [
    'DEVICE',
    'MOBILE',
    'CARD',
    'ADDRESS',
    'CONTACT',
    'EMPLOYER_PHONE',
    'IP',
  ] as const) {
    const shared = value();
    const own = await someone({ [kind]: shared });
    for (const seconds of [
      day - 60,
      day + 60,
      7 * day - 60,
      7 * day + 60,
      30 * day - 60,
      30 * day + 60,
    ])
      await someone({ [kind]: shared }, `${seconds} seconds`);
    expect(await countShared(db, own)).toEqual([{ kind, day1: 1, day7: 3, day30: 5 }]);
  }
});

it('compares places with those of the same device, and of the same person, of the last week alone', async () => {
  const [device, mobile] = [value(), value()];
  const me = await applicant(db);
  const own = await application(db);
  await link(own, me, { DEVICE: device, MOBILE: mobile });
  const before = await application(db);
  await link(before, me, { MOBILE: mobile }, '3600 seconds');
  const sameDevice = await someone({ DEVICE: device }, '60 seconds');
  await someone({ MOBILE: mobile }, '60 seconds');
  await someone({ DEVICE: device }, `${8 * 86_400} seconds`);
  expect(await recentlySeenWith(db, own, 10)).toEqual([sameDevice, before]);
  expect(await recentlySeenWith(db, own, 1)).toEqual([sameDevice]);
});
