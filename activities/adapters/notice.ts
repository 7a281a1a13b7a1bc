/** The short-message port over the gateway. */
import { z } from 'zod';
import type { NoticePort } from '../ports/notice.ts';
import type { Gateway } from './gateway.ts';
import { toPortAnswer } from './reading.ts';

const SERVICE = 'sms';

/** The name our one template is registered under at the message service: the text alone differs. */
const TEMPLATE = 'XINDAI_NOTICE';

const sentForm = z.object({ messageId: z.string().min(1) });

export function createNoticeAdapter(gateway: Gateway): NoticePort {
  return {
    async sms(request) {
      const body = { mobile: request.mobile, template: TEMPLATE, text: request.text };
      const options = { signal: request.signal };
      const answer = await gateway.call(SERVICE, 'send', request.requestNo, body, options);
      return toPortAnswer(SERVICE, 'send', answer, sentForm, ({ messageId }) => ({ messageId }));
    },
  };
}
