/** The staff-notice port over a webhook of the lender's: one signed JSON a message, or nothing where there is no webhook. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { signRequest } from '../../platform/crypto/envelope.ts';
import { OutsideFailure } from '../ports/answers.ts';
import type { StaffNoticePort } from '../ports/staff-notice.ts';
import { exchange, type Fetch } from './http-exchange.ts';

export interface StaffNoticeOptions {
  /** STAFF_NOTICE_URL; undefined leaves staff to the lists they work from. */
  readonly url: string | undefined;
  readonly appId: string;
  readonly keyId: string;
  /** SM2 private key, hexadecimal. */
  readonly privateKey: string;
  readonly clock: Clock;
  readonly timeoutMs?: number | undefined;
  readonly fetch?: Fetch | undefined;
}

const failed = (code: 'UNREACHABLE' | 'BUSY' | 'REJECTED', cause?: unknown): OutsideFailure =>
  new OutsideFailure('staff', 'tell', code, { cause });

/**
 * Posts `{requestNo, roles, topic, text, about}` under the five headers of our signed envelope. Any 2xx is taken for
 * received; 408, 429 and 5xx are tried again, any other status is final. The receiver tells repetitions by `requestNo`.
 */
export function createStaffNoticeAdapter(options: StaffNoticeOptions): StaffNoticePort {
  const { url, appId, keyId, privateKey, clock, timeoutMs } = options;
  if (url === undefined) return { tell: async () => undefined };
  const { pathname, search } = new URL(url);
  return {
    async tell({ requestNo, roles, topic, text, about, signal }) {
      const body = Buffer.from(JSON.stringify({ requestNo, roles, topic, text, about }), 'utf8');
      const signed = signRequest({
        method: 'POST',
        path: `${pathname}${search}`,
        body,
        appId,
        keyId,
        privateKey,
        timestampMs: clock.now().getTime(),
        nonce: randomUUID(),
      });
      const headers = { ...signed, 'Content-Type': 'application/json' };
      const answer = await exchange(options.fetch ?? globalThis.fetch, {
        url,
        method: 'POST',
        headers,
        body,
        timeoutMs,
        signal,
      });
      if (answer.kind !== 'ANSWERED') throw failed('UNREACHABLE', answer.cause);
      const { status } = answer;
      if (status >= 200 && status < 300) return;
      throw failed(status >= 500 || status === 408 || status === 429 ? 'BUSY' : 'REJECTED');
    },
  };
}
