/** Moments of the database as answers write them: ISO 8601 in UTC. */

export const iso = (at: Date): string => at.toISOString();
export const isoOrNull = (at: Date | null): string | null => at?.toISOString() ?? null;
