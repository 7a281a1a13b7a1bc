/** The watch over experiments and decisions runs as the schedule starts it, on the worker of a whole house. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { queueName } from '../../workflows/ids.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it('finds nothing in a quiet house, as the database role that the worker has', async () => {
  const prefix = house.config.temporal.taskQueuePrefix;
  const seen: unknown = await house.client.workflow.execute('experimentWatch', {
    workflowId: `${prefix}experiment-watch-now`,
    taskQueue: queueName(prefix, 'loan'),
    args: [],
  });
  expect(seen).toEqual({ stopped: [], raised: [] });
});
