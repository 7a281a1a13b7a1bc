/** Operations: two people send a parked story on its way again, or agree to leave a compensation out. */
import type { RefusalCode } from '../../activities/outcomes.ts';
import { resolveCase, type ResolveCaseInput } from '../messages.ts';
import { hear, said } from '../people.ts';
import type { Story } from '../story.ts';
import { instant } from '../time.ts';

export function hearOperations(story: Story): void {
  const { applicationId, doors } = story;
  const refuse = ({ caseId, action }: ResolveCaseInput): RefusalCode | null => {
    if (story.parked?.caseId !== caseId) return 'NO_SUCH_CASE';
    return action === 'SKIP' && !story.parked.skippable ? 'ACTION_NOT_ALLOWED' : null;
  };
  hear(story, resolveCase, {
    refuse,
    whenEnded: true,
    record: (input) =>
      doors.record.resolveCase({ ...input, ...said(input), applicationId, at: instant() }),
    afterwards: ({ step, action }) => {
      if (step === 'APPROVE' && story.parked !== undefined) story.parked.action = action;
    },
  });
}
