/** Money that came back after it was paid: recorded once, then decided on by two people, who pay again or give the loan up. */
import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow';
import { openDoors } from './doors.ts';
import { Floor } from './floor.ts';
import { payUntilKnown } from './pay-until-known.ts';
import { payoutNotice, resolvePayout, type ResolvePayoutInput, type Standing } from './messages.ts';
import { said } from './people.ts';
import { refusal } from './story.ts';
import { businessDay, instant } from './time.ts';

export interface PayoutReturnInput {
  readonly applicationId: string;
  /** The payout that came back. */
  readonly payoutId: string;
}

interface Decision {
  /** The payout that people decide on, and the one they have decided to send; null while they have not. */
  deciding: boolean;
  next: string | null;
  notices: number;
}

function listen({ applicationId }: PayoutReturnInput, decision: Decision): void {
  const { record } = openDoors();
  const floor = new Floor();
  const check = (_input: ResolvePayoutInput): void => {
    if (!decision.deciding) throw refusal('PAYOUT_STATE_DOES_NOT_FIT');
  };
  setHandler(payoutNotice, () => {
    decision.notices += 1;
  });
  setHandler(
    resolvePayout,
    (input: ResolvePayoutInput): Promise<Standing> =>
      floor.alone(async () => {
        check(input);
        const { payoutId, step, action, reason } = input;
        const resolved = await record.resolvePayout({
          ...said(input),
          applicationId,
          payoutId,
          step,
          action,
          reason,
          at: instant(),
        });
        if (!resolved.ok) throw refusal(resolved.code);
        const { stage, version, pending, nextPayoutId } = resolved;
        if (step === 'APPROVE') {
          decision.deciding = false;
          decision.next = nextPayoutId;
        }
        return { stage, version, pending };
      }),
    { validator: check },
  );
}

/** Gives how it ended: nothing had come back, people look at it themselves, it was given up, or the loan runs anew. */
export async function payoutReturn(
  input: PayoutReturnInput,
): Promise<'NOT_RETURNED' | 'LEFT_TO_PEOPLE' | 'GIVEN_UP' | 'PAID_AGAIN'> {
  const { applicationId, payoutId } = input;
  const { outside, record } = openDoors();
  const decision: Decision = { deciding: false, next: null, notices: 0 };
  listen(input, decision);
  const taken = await outside('bank').takeBackPayout({
    applicationId,
    payoutId,
    today: businessDay(),
  });
  if (taken !== 'RETURNED') return taken;
  for (;;) {
    decision.deciding = true;
    await condition(() => !decision.deciding);
    await condition(allHandlersFinished);
    const { next } = decision;
    if (next === null) return 'GIVEN_UP';
    const of = { applicationId, payoutId: next };
    const { state } = await payUntilKnown(of, () => decision.notices);
    if (state !== 'PAID') continue;
    await record.reopenLoan({ applicationId, payoutId: next, today: businessDay() });
    return 'PAID_AGAIN';
  }
}
