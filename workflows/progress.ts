/** Draws the loan's progress as a small flow for the Temporal UI; chapters and stages only, never personal data. */
import type { Placed } from '../activities/outcomes.ts';
import { isEnding, type Stage, STAGES } from '../domain/journey.ts';

const ROAD: readonly Stage[] = STAGES.filter((stage) => !isEnding(stage));

function mark(stage: Stage, here: Stage): string {
  const at = ROAD.indexOf(here);
  const own = ROAD.indexOf(stage);
  if (own === at) return `**▶ ${stage}**`;
  return own < at ? `✓ ${stage}` : `· ${stage}`;
}

/** Markdown: the road with what is done, where the loan stands and what it waits for. */
export function drawProgress(place: Placed): string {
  const waits = place.pending === null ? '' : `\n\nWaiting for: **${place.pending}**`;
  if (isEnding(place.stage)) return `Ended: **${place.stage}**${waits}`;
  return `${ROAD.map((stage) => mark(stage, place.stage)).join(' → ')}${waits}`;
}
