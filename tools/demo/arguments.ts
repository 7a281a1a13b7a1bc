/** What the demonstration was asked for on its command line. */
import { parseArgs } from 'node:util';
import { StartFailure } from '../start/failure.ts';
import { STORIES, type DemoStory } from './stories.ts';

const USAGE = 'Usage: npm run demo [-- --sample | --only KEY]';

/** What is to be told. */
export interface Wanted {
  readonly stories: readonly DemoStory[];
  /** The first story alone, as the first `npm start` takes it through. */
  readonly sample: boolean;
}

/** @throws StartFailure naming the keys when one is asked for that is not there */
export function readArguments(args: readonly string[]): Wanted {
  const { values } = parse(args);
  if (values.sample === true) return { stories: STORIES.slice(0, 1), sample: true };
  if (values.only === undefined) return { stories: STORIES, sample: false };
  const stories = STORIES.filter(({ key }) => key === values.only);
  if (stories.length === 0)
    throw new StartFailure(
      `There is no story ${values.only}; there are ${STORIES.map(({ key }) => key).join(', ')}.`,
    );
  return { stories, sample: false };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { sample: { type: 'boolean' }, only: { type: 'string' } },
    });
  } catch {
    throw new StartFailure(USAGE);
  }
}
