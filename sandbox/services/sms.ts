/** Text messages: nothing leaves the machine, everything sent can be read in the inbox. */
import { z } from 'zod';
import { found } from '../answer.ts';
import { type Operation, operation } from '../operation.ts';

export function smsOperations(): readonly Operation[] {
  return [
    operation({
      service: 'sms',
      name: 'send',
      priceFen: 4,
      input: z.strictObject({
        requestNo: z.string(),
        mobile: z.string().regex(/^1[3-9]\d{9}$/),
        /** Name of the registered template. */
        template: z.string().min(1).max(64),
        /** The text as the person reads it. */
        text: z.string().min(1).max(500),
      }),
      handle: async (input, call) => {
        const sent = await call.tx.query<{ id: number }>(
          'insert into messages (mobile, template, body, sent_at) values ($1, $2, $3, $4) returning id',
          [input.mobile, input.template, input.text, call.now],
        );
        return found({ messageId: `SMS-${sent.rows[0]?.id ?? 0}`, status: 'SENT' });
      },
    }),
  ];
}
