/** A backtest by the API runs to its report in the background, also when its worker leaves half-way. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { SEEDED_VERSIONS, seedScored } from '../../tools/bench/backtest/seed.ts';
import { callerIn } from '../support/calls.ts';
import { type House, openHouse } from '../support/house.ts';
import { eventually } from '../support/loan.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 240_000);
afterAll(async () => await house?.close());

const COUNT = 2_500;

it('is reported over every decision once, though its worker left and another took over', async () => {
  await seedScored(house.deps.db, house.deps.keyService, { count: COUNT, seed: 3 });
  const officer = callerIn(house, 'risk-officer', 'risk-sun');
  const started = await officer('POST /v1/backtests', {
    strategy: { code: STRATEGY_V2.id, version: SEEDED_VERSIONS.strategy.version },
    from: '2026-06-01',
    to: '2026-06-01',
  });
  expect(started.status, JSON.stringify(started.body)).toBe(202);
  const read = () => officer(`GET /v1/backtests/${String(started.body['id'])}`);
  await eventually('the first batch', async () => {
    const { body } = await read();
    return Number(body['decided']) > 0 ? body : undefined;
  });
  await house.stopWorker();
  await house.startWorker();
  const done = await eventually('the report', async () => {
    const { body } = await read();
    return body['state'] === 'RUNNING' ? undefined : body;
  });
  expect(done).toMatchObject({
    state: 'DONE',
    total: COUNT,
    decided: COUNT,
    report: { total: { compared: COUNT, swapIn: 0, swapOut: 0 }, unreadable: {} },
  });
});
