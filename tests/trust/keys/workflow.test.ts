/** The rotation as its workflow, on a real server: it ends, it survives the loss of its worker, and one id runs once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealKeyId } from '../../../platform/crypto/seal.ts';
import { addWrappingKey } from '../../../platform/keys.ts';
import { keyErasureWorkflowId, keyRotationWorkflowId, queueName } from '../../../workflows/ids.ts';
import { type House, openHouse } from '../../support/house.ts';
import { namePerson, newDraft, readName, saveName } from './people.ts';

/** More than two batches of applications. */
const DRAFTS = 230;

let house: House;
const drafts: string[] = [];
beforeAll(async () => {
  house = await openHouse();
  for (let n = 0; n < DRAFTS; n += 1) {
    const id = await newDraft(house.db);
    await saveName(house.db, house.deps.vault, id, `人${n}`);
    drafts.push(id);
  }
}, 240_000);
afterAll(async () => {
  await house.close();
});

async function start(type: 'keyRotation' | 'keyErasure', workflowId: string, input: object) {
  return await house.client.workflow.start(type, {
    workflowId,
    taskQueue: queueName(house.config.temporal.taskQueuePrefix, 'loan'),
    args: [input],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
  });
}

const nameOf = (suffix: string) => `${house.config.temporal.taskQueuePrefix}${suffix}`;

async function pageKeys(): Promise<ReadonlySet<string>> {
  const rows = await house.db.selectFrom('application_pages').select('sealed').execute();
  return new Set(rows.map(({ sealed }) => sealKeyId(sealed)));
}

describe('the rotation', () => {
  it('of the key-encryption key wraps every data key, and the same id does not run twice', async () => {
    const kekId = await addWrappingKey(house.config.dataKeysFile);
    const id = keyRotationWorkflowId('WRAPPING', nameOf(kekId));
    const handle = await start('keyRotation', id, { kind: 'WRAPPING' });
    const { keys } = (await handle.result()) as { keys: number };
    expect(keys).toBeGreaterThanOrEqual(DRAFTS);
    const keks = await house.db.selectFrom('data_keys').select('kek_id').distinct().execute();
    expect(keks).toEqual([{ kek_id: kekId }]);
    expect(await readName(house.db, house.deps.vault, drafts[0] ?? '')).toBe('人0');
    await expect(start('keyRotation', id, { kind: 'WRAPPING' })).rejects.toThrow(/already started/);
  });

  it('of data keys goes on where it was when its worker is gone for a while', async () => {
    const before = await pageKeys();
    const handle = await start('keyRotation', keyRotationWorkflowId('DATA', nameOf('1')), {
      kind: 'DATA',
    });
    await house.stopWorker();
    await house.startWorker();
    expect(await handle.result()).toMatchObject({ applications: DRAFTS, values: DRAFTS });
    const after = await pageKeys();
    expect(after.size).toBe(DRAFTS);
    expect([...after].filter((id) => before.has(id))).toEqual([]);
    for (const [n, id] of drafts.entries()) {
      if (n % 50 === 0) expect(await readName(house.db, house.deps.vault, id)).toBe(`人${n}`);
    }
  });
});

describe('the erasure', () => {
  it('by two people destroys one person’s keys and nobody else’s', async () => {
    const [gone = '', other = ''] = drafts;
    const applicantId = await namePerson(house.db, house.deps.vault, gone, 'erased');
    const ended = { stage: 'WITHDRAWN', ended_at: new Date() } as const;
    await house.db.updateTable('applications').set(ended).where('id', '=', gone).execute();
    const two = { applicantId, proposedBy: 'wu', approvedBy: 'zheng' };
    const handle = await start('keyErasure', keyErasureWorkflowId(applicantId), two);
    expect(await handle.result()).toMatchObject({ ok: true });
    await expect(readName(house.db, house.deps.vault, gone)).rejects.toMatchObject({
      code: 'SUBJECT_ERASED',
    });
    expect(await readName(house.db, house.deps.vault, other)).toBe('人1');
  });
});
