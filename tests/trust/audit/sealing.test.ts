/** The sealing as it runs in the product: a schedule starts the workflow, a worker seals, and the program verifies. */
import { spawn } from 'node:child_process';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchedules } from '../../../activities/schedules.ts';
import { lastSeal } from '../../../db/queries/audit-seals.ts';
import { ROOT } from '../../house/sources.ts';
import { type House, openHouse } from '../../support/house.ts';
import { applyAs, eventually, reach } from '../../support/loan.ts';
import { disarm } from './trail.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 120_000);
afterAll(async () => {
  const prefix = house.config.temporal.taskQueuePrefix;
  for await (const { scheduleId } of house.client.schedule.list()) {
    if (scheduleId.startsWith(prefix)) await house.client.schedule.getHandle(scheduleId).delete();
  }
  await house.close();
});

/** Runs `npm run audit:verify` as its script does. */
async function verify(): Promise<{ code: number | null; output: string }> {
  const { database, gateway, dataKeysFile } = house.config;
  const child = spawn(process.execPath, ['--import', 'tsx', 'tools/audit-verify/main.ts'], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      DATABASE_SCHEMA: database.schema,
      GATEWAY_KEYS_FILE: gateway.keysFile,
      DATA_KEYS_FILE: dataKeysFile,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  return await new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, output }));
  });
}

describe('the audit trail of a house', () => {
  it('is sealed by its schedule, and proved by the program until a row is altered', async () => {
    const loan = await applyAs(house, 'straight-approval', 9);
    await reach(loan, 'OFFER/OFFER_ANSWER');
    const prefix = house.config.temporal.taskQueuePrefix;
    await createSchedules(house.client, prefix);
    await createSchedules(house.client, prefix);
    await house.client.schedule.getHandle(`${prefix}audit-seal`).trigger();
    const seal = await eventually('a seal', () => lastSeal(house.db), 60_000);
    expect(seal.number).toBe(1);
    const proved = await verify();
    expect(proved.output).toMatch(
      /^The audit chain holds: \d+ links, 1 seals\.\nanchor \d+:[0-9a-f]{64}$/m,
    );
    expect(proved.code).toBe(0);
    await house.db.transaction().execute(async (tx) => {
      await disarm(tx);
      await sql`
        update audit_entries set actor = 'nobody'
        where id = (select entry_id from audit_chain where position = 2)`.execute(tx);
    });
    const broken = await verify();
    expect(broken.code).toBe(1);
    expect(broken.output).toMatch(
      /The first broken place is position 2, entry \d+: .* \[ENTRY_ALTERED\]/,
    );
  }, 180_000);
});
