/** Counts the decisions of days that are over, so that monitoring does not open them again. */
import { addDays } from '../../domain/calendar.ts';
import { countDay, openDays } from '../../db/queries/monitoring.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';

/** Days counted in one run; after a long rest the next runs count the others. */
const MOST_DAYS = 3;

/** Yesterday stays open for decisions that were begun before midnight and recorded after it. Gives the days counted. */
export async function countDecisions(deps: Pick<ActivityDeps, 'db'>): Promise<readonly string[]> {
  const yesterday = addDays(businessDate(new Date()), -1);
  const days = await openDays(deps.db, yesterday, MOST_DAYS);
  for (const day of days) await deps.db.transaction().execute((tx) => countDay(tx, day));
  return days;
}
