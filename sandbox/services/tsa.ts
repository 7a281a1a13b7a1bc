/** The time-stamp authority behind the envelope, for callers who want the signed answer around the token. */
import { z } from 'zod';
import { found } from '../answer.ts';
import { type Operation, operation } from '../operation.ts';
import { stamp } from '../papers/time-stamp.ts';
import type { TsaIdentity } from '../papers/tsa-certificates.ts';

export function tsaOperations(identity: TsaIdentity): readonly Operation[] {
  return [
    operation({
      service: 'tsa',
      name: 'tsa',
      priceFen: 20,
      /** `query` is the DER of an RFC 3161 request in base64; so is `reply` of the answer. */
      input: z.strictObject({ requestNo: z.string(), query: z.base64() }),
      handle: async (input, call) => {
        const reply = await stamp(identity, Buffer.from(input.query, 'base64'), call.now);
        return found({ reply: reply.toString('base64') });
      },
    }),
  ];
}
