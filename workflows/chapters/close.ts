/** Close: writes the ending on the record first, then takes back what was done, newest first. */
import type { EndsWith, Story } from '../story.ts';

export async function close(story: Story, ends: EndsWith): Promise<void> {
  const { applicationId, doors } = story;
  if (!ends.recorded) {
    const { ending, reason, actor, cause, seal } = ends;
    await story.advance('close', () =>
      doors.record.endApplication({ applicationId, ending, reason, actor, cause, seal }),
    );
  }
  // What was paid before the story was set back is a loan: it goes on, and nothing is taken back.
  if (story.paid) return;
  const { stage } = story.place;
  story.show({
    stage,
    needsHuman: false,
    slaDueAt: null,
    ...(stage === 'DECLINED' ? { decision: 'DECLINE' } : {}),
  });
  await story.undo.unwind(({ name, run }) => story.stepOrSkip(`undo.${name}`, run));
}
