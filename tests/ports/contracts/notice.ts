/** The contract of the short-message port. */
import { describe, expect, test } from 'vitest';
import { faultContract } from './faults.ts';
import { newNumber, type World } from './world.ts';

const text = '【示范消费金融】您的借款申请已受理。';

export function noticeContract(world: () => World, withFaults: boolean): void {
  describe('notice port', () => {
    test('sends a message once for the same number', async () => {
      const { mobile } = await world().newApplicant();
      const requestNo = newNumber();
      const first = await world().ports.notice.sms({ requestNo, mobile, text });
      expect(first).toMatchObject({ kind: 'FOUND', data: { messageId: expect.any(String) } });
      expect(await world().ports.notice.sms({ requestNo, mobile, text })).toEqual(first);
    });

    if (!withFaults) return;
    faultContract(world, {
      service: 'sms',
      operation: 'send',
      namesSubject: false,
      remembered: true,
      ask: (ports, { mobile }, requestNo) => ports.notice.sms({ requestNo, mobile, text }),
    });
  });
}
