/** A chain that the first releases began goes on in today's form, and both parts are still proved. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chainAll } from '../../../activities/audit/chain.ts';
import { formerLinkValue, linkValue } from '../../../activities/audit/link.ts';
import { NOTHING_BEFORE } from '../../../domain/audit-chain.ts';
import { addLinks, readLinks, settledEntries } from '../../../db/queries/audit-chain.ts';
import { verifyAudit } from '../../../tools/audit-verify/verify.ts';
import { openTrail, type Trail, writeEntry } from './trail.ts';

let trail: Trail;
beforeAll(async () => {
  trail = await openTrail();
}, 120_000);
afterAll(async () => await trail.close());

it('A chain of the first releases holds, goes on in the new form, and holds as a whole', async () => {
  for (const name of ['one', 'two', 'three']) await writeEntry(trail.db, name);
  await trail.db.transaction().execute(async (tx) => {
    const entries = await settledEntries(tx, { entryXid: '0', entryId: 0 }, 10);
    let before = NOTHING_BEFORE;
    const links = entries.map((entry, at) => {
      before = formerLinkValue(before, at + 1, entry.day, entry);
      const of = { entryId: entry.id, entryXid: entry.xid };
      return { position: at + 1, day: entry.day, value: before, ...of };
    });
    await addLinks(tx, links);
  });
  expect((await verifyAudit(trail.db, trail.options)).found).toEqual([]);
  await writeEntry(trail.db, 'four');
  expect(await chainAll(trail.db)).toBe(1);
  const [third, fourth] = await readLinks(trail.db, 3, 2);
  if (third === undefined || fourth?.entry == null) throw new Error('the chain did not grow');
  const { link, entry } = fourth;
  expect(link.value).toBe(linkValue(third.link.value, 4, link.day, entry));
  const verdict = await verifyAudit(trail.db, trail.options);
  expect(verdict.found).toEqual([]);
  expect(verdict.links).toBe(4);
});
