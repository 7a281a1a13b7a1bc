/** Lists in the database: two people behind every entry and every finding, nothing rewritten, and nothing in force before. */
import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/database.ts';
import {
  countStandingHits,
  listed,
  listedNames,
  recordListHits,
} from '../../db/queries/list-lookups.ts';
import {
  addListEntry,
  decideListProposal,
  type NewListEntry,
  proposeListAct,
  readListEntry,
  readListHits,
} from '../../db/queries/lists.ts';
import { loadNetworks, networksOf } from '../../db/queries/networks.ts';
import { nameKeys, readName } from '../../domain/names.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';
import { application, refusal } from './rows.ts';

let opened: TestDatabase;
let db: Db;
beforeAll(async () => {
  opened = await openTestDatabase();
  db = opened.db;
});
afterAll(() => opened.close());

async function propose(over: Partial<NewListEntry> = {}): Promise<string> {
  const id = randomUUID();
  await db.transaction().execute(async (tx) => {
    await addListEntry(tx, {
      id,
      kind: 'BLACK',
      subject: 'DEVICE',
      valueIndex: randomBytes(32),
      name: null,
      nameKeys: [],
      birthDate: null,
      sex: null,
      source: 'HOUSE',
      reason: 'R',
      listedOn: '2026-01-05',
      appeal: 'CUSTOMER_SERVICE',
      expiresOn: null,
      ...over,
    });
    await proposeListAct(tx, {
      id,
      act: 'ADD',
      entryId: id,
      hitId: null,
      reason: 'R',
      by: 'maker',
    });
  });
  return id;
}

const decide = (proposalId: string, outcome: 'APPROVED' | 'REFUSED' = 'APPROVED', by = 'checker') =>
  db
    .transaction()
    .execute((tx) => decideListProposal(tx, { proposalId, proposedBy: 'maker', outcome, by }));

async function about(act: 'END' | 'TRUE_MATCH' | 'FALSE_MATCH', id: string): Promise<string> {
  const proposal = randomUUID();
  await db.transaction().execute((tx) =>
    proposeListAct(tx, {
      id: proposal,
      act,
      entryId: act === 'END' ? id : null,
      hitId: act === 'END' ? null : id,
      reason: 'R',
      by: 'maker',
    }),
  );
  return proposal;
}

const kinds = async (valueIndex: Buffer) =>
  (await listed(db, [{ subject: 'DEVICE', valueIndex }])).map(({ kind }) => kind);
const stateOf = async (id: string) => (await readListEntry(db, id))?.state;

describe('an entry', () => {
  it('holds from its approval to the approval of its end, and not while either is only proposed', async () => {
    const valueIndex = randomBytes(32);
    const id = await propose({ valueIndex });
    expect([await kinds(valueIndex), await stateOf(id)]).toEqual([[], 'PROPOSED']);
    expect(await decide(id)).toBe(true);
    expect([await kinds(valueIndex), await stateOf(id)]).toEqual([['BLACK'], 'ACTIVE']);
    const end = await about('END', id);
    expect(await kinds(valueIndex)).toEqual(['BLACK']);
    await decide(end);
    expect([await kinds(valueIndex), await stateOf(id)]).toEqual([[], 'ENDED']);
  });

  it('that was refused never holds, and an end that was refused changes nothing', async () => {
    const valueIndex = randomBytes(32);
    const refused = await propose({ valueIndex });
    await decide(refused, 'REFUSED');
    expect([await kinds(valueIndex), await stateOf(refused)]).toEqual([[], 'REFUSED']);
    const id = await propose({ valueIndex });
    await decide(id);
    await decide(await about('END', id), 'REFUSED');
    expect(await kinds(valueIndex)).toEqual(['BLACK']);
  });

  it('holds up to the day before it expires', async () => {
    const { rows } = await sql<{ today: string; tomorrow: string }>`
      select d::text as today, (d + 1)::text as tomorrow
        from (select (now() at time zone 'Asia/Shanghai')::date as d) t`.execute(db);
    const [day] = rows;
    for (const [expiresOn, hits] of [
      [day?.today, []],
      [day?.tomorrow, ['GREY']],
    ] as const) {
      const valueIndex = randomBytes(32);
      await decide(await propose({ valueIndex, kind: 'GREY', expiresOn: expiresOn ?? null }));
      expect(await kinds(valueIndex)).toEqual(hits);
    }
  });

  it('is found by subject and value together', async () => {
    const valueIndex = randomBytes(32);
    await decide(await propose({ valueIndex, subject: 'MOBILE', kind: 'WHITE' }));
    const hit = await listed(db, [
      { subject: 'MOBILE', valueIndex },
      { subject: 'CARD', valueIndex },
    ]);
    expect(hit).toMatchObject([{ kind: 'WHITE', subject: 'MOBILE' }]);
    expect(await listed(db, [])).toEqual([]);
  });

  it('has a name on a sanctions list alone, where it has no other value', async () => {
    const named = { subject: 'NAME', name: '张三', valueIndex: null } as const;
    const rule = 'list_entries_name_of_sanctions';
    expect(await refusal(propose({ ...named, kind: 'BLACK' }))).toBe(rule);
    expect(await refusal(propose({ kind: 'SANCTIONS', name: '张三' }))).toBe(rule);
    expect(await refusal(propose({ ...named, kind: 'SANCTIONS' }))).toBeNull();
  });
});

describe('two people', () => {
  it('stand behind every decision: the database refuses the proposer, under whatever name they say proposed it', async () => {
    const id = await propose();
    expect(await refusal(decide(id, 'APPROVED', 'maker'))).toBe('list_decisions_two_people');
    const lie = db.transaction().execute((tx) =>
      decideListProposal(tx, {
        proposalId: id,
        proposedBy: 'somebody',
        outcome: 'APPROVED',
        by: 'maker',
      }),
    );
    expect(await refusal(lie)).toMatch(/fkey$/);
    expect(await stateOf(id)).toBe('PROPOSED');
  });

  it('decide once: the second decision changes nothing', async () => {
    const id = await propose();
    expect(await decide(id, 'REFUSED')).toBe(true);
    expect(await decide(id, 'APPROVED', 'third')).toBe(false);
    expect(await stateOf(id)).toBe('REFUSED');
  });

  it.each(['list_entries', 'list_hits', 'list_proposals', 'list_decisions'])(
    'nor anybody else rewrite or remove a row of %s',
    async (table) => {
      const id = await propose({
        kind: 'SANCTIONS',
        subject: 'NAME',
        name: '王五',
        valueIndex: null,
      });
      await decide(id);
      const applicationId = await application(db);
      await db
        .transaction()
        .execute((tx) =>
          recordListHits(tx, [
            { applicationId, entryId: id, similarity: 1, secondFactor: 'UNKNOWN' },
          ]),
        );
      expect(await refusal(sql`delete from ${sql.table(table)}`.execute(db))).not.toBeNull();
      expect(await refusal(sql`truncate ${sql.table(table)} cascade`.execute(db))).not.toBeNull();
    },
  );
});

describe('a hit', () => {
  it('stands until two people find it to be somebody else, also when it is found again', async () => {
    const entryId = await propose({
      kind: 'SANCTIONS',
      subject: 'NAME',
      name: '赵六',
      valueIndex: null,
    });
    await decide(entryId);
    const applicationId = await application(db);
    const find = () =>
      db
        .transaction()
        .execute((tx) =>
          recordListHits(tx, [
            { applicationId, entryId, similarity: 0.867, secondFactor: 'UNKNOWN' },
          ]),
        );
    await find();
    const [hit] = await readListHits(db, applicationId, 10);
    expect(hit).toMatchObject({ similarity: '0.867', listedName: '赵六', disposition: null });
    const proposal = await about('FALSE_MATCH', hit?.id ?? '');
    expect(await countStandingHits(db, applicationId)).toBe(1);
    await decide(proposal);
    await find();
    expect(await countStandingHits(db, applicationId)).toBe(0);
    expect(await readListHits(db, applicationId, 10)).toMatchObject([
      { disposition: 'FALSE_MATCH' },
    ]);
  });

  it('that is the listed person stands for good', async () => {
    const entryId = await propose({
      kind: 'SANCTIONS',
      subject: 'NAME',
      name: '钱七',
      valueIndex: null,
    });
    await decide(entryId);
    const applicationId = await application(db);
    await db
      .transaction()
      .execute((tx) =>
        recordListHits(tx, [{ applicationId, entryId, similarity: 1, secondFactor: 'AGREES' }]),
      );
    const [hit] = await readListHits(db, applicationId, 10);
    await decide(await about('TRUE_MATCH', hit?.id ?? ''));
    expect(await countStandingHits(db, applicationId)).toBe(1);
    expect((await readListHits(db, null, 1_000)).some(({ id }) => id === hit?.id)).toBe(false);
  });
});

it('names are found by any syllable they share, those that share most first', async () => {
  for (const name of ['仇小明', 'QIU Da', '李大', '孙悟空']) {
    const entry = { name, nameKeys: nameKeys(readName(name)), valueIndex: null } as const;
    await decide(await propose({ ...entry, kind: 'SANCTIONS', subject: 'NAME' }));
  }
  const found = await listedNames(db, nameKeys(readName('Qiu Xiaoming')), 10);
  expect(found.map(({ name }) => name)).toEqual(['仇小明', 'QIU Da']);
  expect(await listedNames(db, nameKeys(readName('Qiu Xiaoming')), 1)).toHaveLength(1);
});

it('an address has the facts of its narrowest range in the newest list, and none where no range holds it', async () => {
  const range = (cidr: string, kind: 'ACCESS' | 'VPN') => {
    return { range: cidr, kind, region: 'R', latitude: 30, longitude: 120 };
  };
  const load = (...ranges: ReturnType<typeof range>[]) =>
    db.transaction().execute((tx) => loadNetworks(tx, ranges));
  const first = await load(range('203.0.113.0/24', 'VPN'), range('198.51.100.0/24', 'VPN'));
  const second = await load(
    range('203.0.113.0/24', 'ACCESS'),
    range('203.0.113.128/25', 'VPN'),
    range('2001:db8::/32', 'ACCESS'),
  );
  expect(second).toBe(first + 1);
  const found = await networksOf(db, [
    '203.0.113.5',
    '203.0.113.200',
    '2001:db8::7',
    '198.51.100.1',
  ]);
  expect(found.map(({ address, kind }) => [address, kind])).toEqual([
    ['203.0.113.5', 'ACCESS'],
    ['203.0.113.200', 'VPN'],
    ['2001:db8::7', 'ACCESS'],
  ]);
});
