/** A one-time code reaches the number it is for, under one request number, and no number it came too late for. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { relayDue, type RelayDeps } from '../../../activities/outbox-relay.ts';
import { OutsideFailure } from '../../../activities/ports/answers.ts';
import { sendCode } from '../../../api/auth/one-time-codes.ts';
import { openWorld, type World } from '../../api/world.ts';

interface Sent {
  readonly requestNo: string;
  readonly mobile: string;
  readonly text: string;
}

const MOBILE = '13800138000';

let world: World;
let sent: Sent[];
let failing: boolean;
let told: string;
let relay: RelayDeps;
beforeAll(async () => {
  world = await openWorld();
  const tell = (fields: unknown): void => {
    told += JSON.stringify(fields);
  };
  relay = {
    db: world.db,
    vault: world.deps.vault,
    log: { warn: tell, error: tell },
    ports: {
      staffNotice: { tell: () => Promise.reject(new Error('not for staff')) },
      notice: {
        sms: async (request) => {
          sent.push(request);
          if (failing) throw new OutsideFailure('sms', 'send', 'UNREACHABLE');
          return { kind: 'FOUND', charged: true, data: { messageId: 'm' } };
        },
      },
    },
  };
});
afterAll(async () => await world.close());
beforeEach(async () => {
  [sent, failing, told] = [[], false, ''];
  world.clock.now = new Date();
  await world.db.deleteFrom('outbox').execute();
});

const states = async () =>
  await world.db.selectFrom('outbox').select(['state', 'payload']).execute();

it('is sent once, in words that hold it, and forgotten then', async () => {
  await sendCode(world.deps, { mobile: MOBILE, sends: true }, async () => {});
  expect(await relayDue(relay)).toBe(1);
  expect(await relayDue(relay)).toBe(0);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.mobile).toBe(MOBILE);
  expect(sent[0]?.text).toMatch(/验证码为\d{6}，5分钟内有效/);
  expect(await states()).toEqual([{ state: 'DELIVERED', payload: {} }]);
});

it('is sent again under the same number after a failure, and no log line holds it', async () => {
  await sendCode(world.deps, { mobile: MOBILE, sends: true }, async () => {});
  failing = true;
  await relayDue(relay);
  failing = false;
  await world.db
    .updateTable('outbox')
    .set({ next_at: new Date(0) })
    .execute();
  await relayDue(relay);
  expect(new Set(sent.map(({ requestNo }) => requestNo)).size).toBe(1);
  expect(sent).toHaveLength(2);
  const code = /\d{6}/.exec(sent[0]?.text ?? '')?.[0] ?? 'none';
  expect(told).toContain('applicant.code');
  expect(told).not.toContain(MOBILE);
  expect(told).not.toContain(code);
});

it('is not sent when it has expired on the way, and is forgotten all the same', async () => {
  world.clock.now = new Date(Date.now() - 6 * 60_000);
  await sendCode(world.deps, { mobile: MOBILE, sends: true }, async () => {});
  await relayDue(relay);
  expect(sent).toEqual([]);
  expect(await states()).toEqual([{ state: 'DELIVERED', payload: {} }]);
});
