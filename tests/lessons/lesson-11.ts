/** Lesson 11: personal data in workflow arguments, ids and failure texts; a codec server that asks nobody who they are. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createTokenReader } from '../../api/auth/parts.ts';
import { createCodecApp } from '../../api/codec-app.ts';
import { createRefusedTokens } from '../../api/refused-tokens.ts';
import { readDataKeys } from '../../platform/keys.ts';
import { createSealedPayloadCodec } from '../../platform/temporal/codec.ts';
import { expectNothingPersonal } from '../support/aftermath.ts';
import type { House } from '../support/house.ts';
import { applyAs, driveTo } from '../support/loan.ts';

const decoded = z.object({ payloads: z.array(z.object({ data: z.string() })) });

const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const OURS = new RegExp(`^((loan|servicing)/${UUID}|[a-z0-9_-]*draft-sweep.*)$`);
/** What the SDK writes in place of a failure's text when the text itself is sealed. */
const SEALED_TEXT = 'Encoded failure';

function codecAppOf({ db, config }: House) {
  const { payloads, tokens } = readDataKeys(config.dataKeysFile, config.environment);
  const log = { info: () => undefined, error: () => undefined };
  return createCodecApp({
    db,
    codec: createSealedPayloadCodec(payloads),
    verifyToken: createTokenReader(config, tokens),
    now: () => new Date(),
    secure: false,
    allowedOrigins: [config.temporal.uiUrl],
    namespace: config.temporal.namespace,
    log,
    refusedTokens: createRefusedTokens({ db, log }),
  });
}

export function lesson11(house: () => House): void {
  describe('lesson 11: personal data', () => {
    test('a loan with failures on its way leaves no personal data in histories, ids, failure texts and logs', async () => {
      const { sandbox, client, config } = house();
      sandbox.addFault({ service: 'baihang', fault: 'garbage', count: 1 });
      const loan = await driveTo(await applyAs(house(), 'straight-approval', 20), 'SERVICE');
      await expectNothingPersonal(loan);
      const { events } = await house().historyOf(loan.id);
      const texts = JSON.stringify(events).match(/"message":"[^"]*"/g) ?? [];
      expect(texts).not.toEqual([]);
      expect(texts.filter((text) => !text.includes(SEALED_TEXT))).toEqual([]);
      const query = `TaskQueue = '${config.temporal.taskQueuePrefix}loan'`;
      for await (const { workflowId } of client.workflow.list({ query }))
        expect(workflowId).toMatch(OURS);
    });

    test('payloads are decoded for people with the right role only', async () => {
      const { sandbox } = house();
      const app = codecAppOf(house());
      const loan = await driveTo(await applyAs(house(), 'straight-approval', 21), 'OFFER');
      const { events } = await house().historyOf(loan.id);
      const sealed = events[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
      const text = (bytes: Uint8Array | null | undefined) =>
        Buffer.from(bytes ?? []).toString('base64');
      const metadata = Object.fromEntries(
        Object.entries(sealed?.metadata ?? {}).map(([name, value]) => [name, text(value)]),
      );
      const body = JSON.stringify({ payloads: [{ metadata, data: text(sealed?.data) }] });
      const ask = async (role: string | null) => {
        const token = role === null ? null : await sandbox.token({ role, subject: `${role}-1` });
        const headers = {
          'content-type': 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        };
        return await app.request('/decode', { method: 'POST', headers, body });
      };
      expect((await ask(null)).status).toBe(401);
      expect((await ask('reviewer')).status).toBe(403);
      const answer = await ask('compliance');
      expect(answer.status).toBe(200);
      const { payloads } = decoded.parse(await answer.json());
      const [opened] = payloads.map(({ data }) => Buffer.from(data, 'base64').toString('utf8'));
      expect(opened).toBe(JSON.stringify({ applicationId: loan.id }));
    });
  });
}
