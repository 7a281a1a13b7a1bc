/** Score: turns the evidence into points, dimension by dimension. */
import type { Story } from '../story.ts';
import { businessDay } from '../time.ts';

export async function score(story: Story): Promise<void> {
  const { applicationId, doors, round } = story;
  await story.advance('score.compute', () =>
    doors.record.scoreApplication({
      applicationId,
      round,
      expectedVersion: story.place.version,
      today: businessDay(),
    }),
  );
}
