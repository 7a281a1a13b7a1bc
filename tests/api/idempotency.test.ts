/** An act sent again is one act: stored answers, mismatches, runners and what a crash leaves behind. */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tidy } from '../../api/housekeeping.ts';
import { ApiProblem } from '../../api/problem-response.ts';
import { problemOfUpdate } from '../../api/temporal-problems.ts';
import { nonceSeen } from '../../db/queries/idempotency.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { newDraft, readyDraft } from './drafting.ts';
import { openWorld, STANDING, type World } from './world.ts';

let world: World;
let token: string;
beforeAll(async () => {
  world = await openWorld();
  token = await world.token('owner-1', ['integrator']);
});
afterAll(async () => await world.close());
beforeEach(() => {
  world.loan.answer = () => STANDING;
  world.loan.heard.length = 0;
});

const CREATE = '/v1/applications';
const countDrafts = async () =>
  (await world.db.selectFrom('applications').select('id').execute()).length;

describe('the key', () => {
  it('is needed for an act and has 8 to 128 visible ASCII characters', async () => {
    const none = await world.call('POST', CREATE, { token, key: null, json: {} });
    expect([none.status, none.body['code']]).toEqual([400, 'IDEMPOTENCY_KEY_MISSING']);
    for (const key of ['short', 'x'.repeat(129), 'with a space']) {
      const answer = await world.call('POST', CREATE, { token, key, json: {} });
      expect([answer.status, answer.body['code']]).toEqual([400, 'IDEMPOTENCY_KEY_INVALID']);
    }
  });

  it('gives the stored answer to the same request and makes nothing new', async () => {
    const call = { token, key: randomUUID(), json: { externalId: randomUUID() } };
    const first = await world.call('POST', CREATE, call);
    const drafts = await countDrafts();
    const again = await world.call('POST', CREATE, call);
    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    expect(first.headers.get('Idempotency-Replayed')).toBeNull();
    expect(await countDrafts()).toBe(drafts);
  });

  it('refuses another body or another route under the same key', async () => {
    const key = randomUUID();
    await world.call('POST', CREATE, { token, key, json: {} });
    const body = await world.call('POST', CREATE, { token, key, json: { externalId: 'other' } });
    expect([body.status, body.body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    const route = await world.call('POST', '/v1/authorisations', { token, key, json: {} });
    expect([route.status, route.body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('belongs to its caller: another may choose the same', async () => {
    const key = randomUUID();
    const other = await world.token('owner-2', ['integrator']);
    const mine = await world.call('POST', CREATE, { token, key, json: {} });
    const theirs = await world.call('POST', CREATE, { token: other, key, json: {} });
    expect(theirs.status).toBe(201);
    expect(theirs.body['id']).not.toBe(mine.body['id']);
  });

  it('lets one of ten at once through; the others run into it or get its answer', async () => {
    const call = { token, key: randomUUID(), json: {} };
    const drafts = await countDrafts();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => world.call('POST', CREATE, call)),
    );
    expect(await countDrafts()).toBe(drafts + 1);
    const made = answers.filter((answer) => answer.status === 201);
    expect(made.length).toBeGreaterThanOrEqual(1);
    expect(new Set(made.map((answer) => answer.body['id'])).size).toBe(1);
    const others = answers.filter((answer) => answer.status !== 201);
    expect(others.every((answer) => answer.body['code'] === 'IDEMPOTENCY_KEY_RUNNING')).toBe(true);
  });

  it('answers 409 while the same act is still running', async () => {
    const { id, evidenceVersion } = await readyDraft(world, token);
    let release = (): void => undefined;
    const running = new Promise<void>((resolve) => {
      release = resolve;
    });
    world.loan.answer = async () => {
      await running;
      return STANDING;
    };
    const call = { token, key: randomUUID(), json: { evidenceVersion } };
    const path = `/v1/applications/${id}/submit`;
    const first = world.call('POST', path, call);
    await expect.poll(() => world.loan.heard.length).toBe(1);
    const second = await world.call('POST', path, call);
    release();
    expect([second.status, second.body['code']]).toEqual([409, 'IDEMPOTENCY_KEY_RUNNING']);
    expect((await first).status).toBe(200);
    expect((await world.call('POST', path, call)).headers.get('Idempotency-Replayed')).toBe('true');
  });
});

describe('what is stored', () => {
  it('is sealed: neither the answer nor personal data can be read in the table', async () => {
    const externalId = `ext-${randomUUID()}`;
    await world.call('POST', CREATE, { token, json: { externalId } });
    const rows = await world.db.selectFrom('idempotency_keys').selectAll().execute();
    const text = rows.map((row) => row.sealed_response?.toString('latin1') ?? '').join('\n');
    expect(text.length).toBeGreaterThan(100);
    expect(text).not.toContain(externalId);
  });

  it('is a refusal too: it does not turn into something else when sent again', async () => {
    const { id, evidenceVersion } = await readyDraft(world, token);
    const refusal = ApplicationFailure.nonRetryable('late', 'STAGE_DOES_NOT_FIT');
    world.loan.answer = () => {
      throw problemOfUpdate(new WorkflowUpdateFailedError('refused', refusal));
    };
    const call = { token, key: randomUUID(), json: { evidenceVersion } };
    const first = await world.call('POST', `/v1/applications/${id}/submit`, call);
    expect([first.status, first.body['code']]).toEqual([409, 'STAGE_DOES_NOT_FIT']);
    world.loan.answer = () => STANDING;
    const again = await world.call('POST', `/v1/applications/${id}/submit`, call);
    expect([again.status, again.body['code']]).toEqual([409, 'STAGE_DOES_NOT_FIT']);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
  });

  it('is never a failure of ours: the same key tries again and reaches the loan under the same update id', async () => {
    const { id, evidenceVersion } = await readyDraft(world, token);
    world.loan.answer = () => {
      throw new ApiProblem('UNAVAILABLE', { retryAfterSeconds: 5 });
    };
    const key = randomUUID();
    const call = { token, key, json: { evidenceVersion } };
    const path = `/v1/applications/${id}/submit`;
    const first = await world.call('POST', path, call);
    expect([first.status, first.headers.get('Retry-After')]).toEqual([503, '5']);
    world.loan.answer = () => STANDING;
    expect((await world.call('POST', path, call)).status).toBe(200);
    const keys = world.loan.heard.map((said) => said.input['key']);
    expect(keys).toEqual([sm3Hex(`owner-1|${key}`), sm3Hex(`owner-1|${key}`)]);
  });
});

describe('housekeeping', () => {
  it('forgets answers after a week and nonces after their window, and nothing earlier', async () => {
    const { db } = world;
    await db.deleteFrom('idempotency_keys').execute();
    const call = { token, key: randomUUID(), json: {} };
    await world.call('POST', CREATE, call);
    expect(await nonceSeen(db, 'bank', 'n1')).toBe(false);
    await tidy(db, new Date(Date.now() + 10 * 60_000));
    expect(await nonceSeen(db, 'bank', 'n1')).toBe(true);
    expect((await world.call('POST', CREATE, call)).headers.get('Idempotency-Replayed')).toBe(
      'true',
    );
    await tidy(db, new Date(Date.now() + 8 * 86_400_000));
    expect(await nonceSeen(db, 'bank', 'n1')).toBe(false);
    expect(await db.selectFrom('idempotency_keys').select('key').execute()).toEqual([]);
  });
});

describe('a crashed process', () => {
  it('blocks its key for the lease only, and the act done twice makes one record', async () => {
    const call = { token, key: randomUUID(), json: { externalId: randomUUID() } };
    const first = await world.call('POST', CREATE, call);
    const drafts = await countDrafts();
    const forget = (leaseUntil: Date) =>
      world.db
        .updateTable('idempotency_keys')
        .set({ state: 'RUNNING', sealed_response: null, status: null, lease_until: leaseUntil })
        .where('key', '=', call.key)
        .execute();
    await forget(new Date(Date.now() + 30_000));
    const early = await world.call('POST', CREATE, call);
    expect(early.body['code']).toBe('IDEMPOTENCY_KEY_RUNNING');
    await forget(new Date(Date.now() - 1_000));
    const after = await world.call('POST', CREATE, call);
    expect([after.status, after.body['id']]).toEqual([201, first.body['id']]);
    expect(await countDrafts()).toBe(drafts);
  });

  it('loses its key to one successor only', async () => {
    const draft = await newDraft(world, token);
    const call = { token, key: randomUUID(), json: { reason: 'CHANGED_MIND' } };
    const path = `/v1/applications/${draft}/withdraw`;
    await world.call('POST', path, call);
    await world.db
      .updateTable('idempotency_keys')
      .set({ state: 'RUNNING', sealed_response: null, lease_until: new Date(Date.now() - 1_000) })
      .where('key', '=', call.key)
      .execute();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => world.call('POST', path, call)),
    );
    const done = answers.filter((a) => a.status === 200);
    expect(done.length).toBeGreaterThanOrEqual(1);
    expect(
      answers.every((a) => a.status === 200 || a.body['code'] === 'IDEMPOTENCY_KEY_RUNNING'),
    ).toBe(true);
    const events = await world.db
      .selectFrom('journey_events')
      .select('id')
      .where('application_id', '=', draft)
      .execute();
    expect(events).toHaveLength(1);
  });
});
