/** Port to the short-message service. */
import type { Numbered, OutsideAnswer } from './answers.ts';

export interface NoticePort {
  sms(
    request: Numbered & { readonly mobile: string; readonly text: string },
  ): Promise<OutsideAnswer<{ readonly messageId: string }>>;
}
