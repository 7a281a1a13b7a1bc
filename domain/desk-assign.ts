/** Who is given an open task: somebody who fits, is there, and has least to do. */
import type { DeskRole } from './desk-kinds.ts';

/** A colleague as the roster knows them. */
export interface Colleague {
  readonly subject: string;
  readonly roles: readonly DeskRole[];
  /** Tasks they hold now, and how many they take at most. */
  readonly load: number;
  readonly capacity: number;
  /** False while out of office or signed off the desk. */
  readonly available: boolean;
  /** Milliseconds since the epoch of the last task they were given; null when never. */
  readonly lastGivenAt: number | null;
}

/**
 * The colleague who gets a task of these roles, or null when nobody can: then the task waits in the queue.
 * Least load first, in proportion to capacity; among equals whoever waited longest; then by subject, so that the same
 * roster always gives the same answer.
 * @param barred subjects with a conflict, a vote or another seat in the same review
 */
export function chooseAssignee(
  roles: readonly DeskRole[],
  roster: readonly Colleague[],
  barred: ReadonlySet<string>,
): string | null {
  const fit = roster.filter(
    (one) =>
      one.available &&
      one.load < one.capacity &&
      !barred.has(one.subject) &&
      one.roles.some((role) => roles.includes(role)),
  );
  const ordered = fit.toSorted(
    (a, b) =>
      a.load * b.capacity - b.load * a.capacity ||
      (a.lastGivenAt ?? 0) - (b.lastGivenAt ?? 0) ||
      (a.subject < b.subject ? -1 : 1),
  );
  return ordered[0]?.subject ?? null;
}
