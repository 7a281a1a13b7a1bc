/** Fraud: weighs the device, the behaviour trail, velocity and the lists. */
import type { Story } from '../story.ts';

export async function fraud(story: Story): Promise<void> {
  const { applicationId, doors, round } = story;
  await story.advance('fraud.assess', () =>
    doors.record.assessFraud({ applicationId, round, expectedVersion: story.place.version }),
  );
}
