/**
 * `npm run demo`: takes nine loans through the REST API of a running Xindai, as clients and staff would, and shows each.
 */
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartFailure } from '../start/failure.ts';
import { fillIn } from '../teller/applicant.ts';
import { data, fetchPersona, openWorld, type World } from '../teller/world.ts';
import { readArguments } from './arguments.ts';
import { savePapers } from './papers.ts';
import { type Place, readPlace, requireHouse, workflowPage } from './place.ts';
import {
  byWhom,
  sayer,
  seconds,
  type Stage,
  type StageEvent,
  watchStages,
  withDurations,
} from './stage.ts';
import type { DemoStory } from './stories.ts';

/** The sandbox has 50,000 people of each kind. The hour's second picks one, so that reports are pulled anew. */
const VARIANTS = 49_000;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Tells one story and shows it. @returns whether it ended where it should */
async function show(world: World, place: Place, story: DemoStory, variant: number) {
  const startedAt = Date.now();
  const persona = await fetchPersona(world, story.persona, variant);
  print(`\n${story.key}: ${story.title}`);
  print(`  ${persona.titleEn} (${persona.titleZh})`);
  const say = sayer(print, startedAt);
  const client = world.as('applicant', `demo-${story.key}-${variant}`);
  const applicationId = await fillIn(client, persona);
  const { createdAt } = await data(client.applications.get(applicationId));
  const auditor = world.as('auditor', 'auditor-chen');
  const watch = watchStages(auditor, applicationId, createdAt, say);
  const act = async (line: string) => {
    await watch.look();
    say(`· ${line}`);
  };
  await act('the applicant fills in three pages, agrees to the credit letter and submits');
  const stage: Stage = { world, place, persona, client, applicationId, act };
  const told = await story.tell(stage).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const events = await watch.stop();
  const paths = await savePapers(stage, story.key, events);
  showTimeline(events, createdAt);
  print(`  Workflow  ${workflowPage(place, applicationId)}`);
  print(`  Files     ${paths.map((path) => relative(process.cwd(), path)).join('\n            ')}`);
  const stands = events.at(-1)?.to;
  if (told === undefined && stands === story.endsAt) return true;
  print(`  NOT AS TOLD: ${told ?? `it stands at ${stands}, not at ${story.endsAt}`}`);
  return false;
}

function showTimeline(events: readonly StageEvent[], createdAt: string): void {
  const rows = withDurations(events, createdAt);
  print('\n  Timeline (UTC)            from       stood      to         by        reason');
  for (const row of rows) {
    const { at, from, stoodMs, to, reason } = row;
    print(
      `  ${at.replace('T', ' ').replace('Z', '').padEnd(24)}  ${from.padEnd(8)} ${seconds(stoodMs)}  ${to.padEnd(10)} ${byWhom(row).padEnd(16)} ${reason}`,
    );
  }
  const total = rows.reduce((sum, { stoodMs }) => sum + stoodMs, 0);
  print(`  ${''.padEnd(24)}  in all   ${seconds(total)}`);
}

async function main(): Promise<void> {
  const { stories, sample } = readArguments(process.argv.slice(2));
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const place = readPlace(root, process.env);
  await requireHouse(place);
  const world = openWorld(place.apiUrl, place.sandboxUrl);
  const variant = (Math.floor(Date.now() / 1_000) % VARIANTS) + 1;
  const startedAt = Date.now();
  let asTold = 0;
  for (const story of stories) if (await show(world, place, story, variant)) asTold += 1;
  if (!sample)
    print(
      `\n${asTold} of ${stories.length} stories ended as told, in ${seconds(Date.now() - startedAt).trim()}.`,
    );
  if (asTold < stories.length)
    throw new StartFailure(
      `${stories.length - asTold} of ${stories.length} stories did not end as told.`,
    );
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
