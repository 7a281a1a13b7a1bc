/** The time-stamp port: RFC 3161 over plain HTTP, each token verified before it is given on. */
import { randomBytes } from 'node:crypto';
import { createTimestampQuery, verifyTimestampReply } from '../../platform/crypto/timestamp.ts';
import { OutsideFailure } from '../ports/answers.ts';
import type { TimestampPort } from '../ports/trust.ts';
import { exchange, type Fetch } from './http-exchange.ts';

const SERVICE = 'tsa';
const OPERATION = 'stamp';

export interface TimestampAdapterOptions {
  /** Where queries are posted, for example `http://127.0.0.1:9090/tsa`. */
  readonly url: string;
  /** PEM of the authority's certificate or of the CA above it. */
  readonly trustedCertificates: readonly string[];
  readonly timeoutMs?: number | undefined;
  readonly fetch?: Fetch | undefined;
}

/** The reply is no personal data and signs itself, so it travels without the gateway's envelope (RFC 3161 §3.4). */
export function createTimestampAdapter(options: TimestampAdapterOptions): TimestampPort {
  return {
    async stamp(imprint, signal) {
      const query = { imprint, algorithm: 'SM3', nonce: randomBytes(16) } as const;
      const result = await exchange(options.fetch ?? globalThis.fetch, {
        url: options.url,
        method: 'POST',
        headers: { 'Content-Type': 'application/timestamp-query' },
        body: Uint8Array.from(createTimestampQuery(query)),
        timeoutMs: options.timeoutMs,
        signal,
      });
      if (result.kind !== 'ANSWERED') {
        const code = result.kind === 'NOTHING' ? 'UNREACHABLE' : 'BAD_ANSWER';
        throw new OutsideFailure(SERVICE, OPERATION, code, { cause: result.cause });
      }
      if (result.status >= 500) throw new OutsideFailure(SERVICE, OPERATION, 'UNREACHABLE');
      const { trustedCertificates } = options;
      const verdict = verifyTimestampReply({ ...query, reply: result.body, trustedCertificates });
      if (!verdict.ok) {
        // Our query is always well formed, so an authority that refuses it has a trouble of its own that passes.
        const code = verdict.reason === 'REFUSED_BY_AUTHORITY' ? 'BUSY' : 'BAD_ANSWER';
        throw new OutsideFailure(SERVICE, OPERATION, code, { cause: new Error(verdict.reason) });
      }
      return { reply: result.body, generatedAt: verdict.genTime, serial: verdict.serial };
    },
  };
}
