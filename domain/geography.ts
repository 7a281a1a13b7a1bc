/** Distances on the earth and the speed that two places at two moments ask for. */

export interface Place {
  /** Degrees, north positive. */
  readonly latitude: number;
  /** Degrees, east positive. */
  readonly longitude: number;
}

const EARTH_RADIUS_KM = 6_371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in kilometres (haversine). */
export function distanceKm(one: Place, other: Place): number {
  const latitudes = radians(other.latitude - one.latitude) / 2;
  const longitudes = radians(other.longitude - one.longitude) / 2;
  const h =
    Math.sin(latitudes) ** 2 +
    Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude)) * Math.sin(longitudes) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Where somebody was seen, and when (milliseconds of the epoch). */
export interface Sighting extends Place {
  readonly atMs: number;
}

/** An airliner's speed; who was faster was not there, or the address lies. */
export const FASTEST_KM_PER_HOUR = 900;

/** The place of an address is known to a city at best: nearer places are taken for one. */
export const NEAR_KM = 100;

export interface Journey {
  readonly distanceKm: number;
  readonly minutes: number;
}

/** The first pair of neighbours in time that nobody can have travelled between, or null. */
export function impossibleJourney(sightings: readonly Sighting[]): Journey | null {
  const inOrder = [...sightings].sort((one, other) => one.atMs - other.atMs);
  for (const [at, here] of inOrder.entries()) {
    const before = inOrder[at - 1];
    if (before === undefined) continue;
    const km = distanceKm(before, here);
    const hours = (here.atMs - before.atMs) / 3_600_000;
    if (km > NEAR_KM && km > FASTEST_KM_PER_HOUR * hours)
      return { distanceKm: Math.round(km), minutes: Math.round(hours * 60) };
  }
  return null;
}
