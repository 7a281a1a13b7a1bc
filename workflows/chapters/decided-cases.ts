/** Operations, many at once: a parked story is told that its case was decided, and asks the record what. */
import { setHandler } from '@temporalio/workflow';
import { caseDecided } from '../messages.ts';
import type { Story } from '../story.ts';

export function hearDecidedCases(story: Story): void {
  const { applicationId, doors } = story;
  setHandler(caseDecided, async ({ caseId }) => {
    if (story.parked?.caseId !== caseId) return;
    const action = await doors.record.decidedCase({ applicationId, caseId });
    const { parked } = story;
    if (action === null || parked?.caseId !== caseId) return;
    if (action === 'RETRY' || parked.skippable) parked.action = action;
  });
}
