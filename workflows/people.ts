/** How the story listens to people: an update that does not fit the present stage is refused with its reason. */
import type { UpdateDefinition } from '@temporalio/common';
import { setHandler } from '@temporalio/workflow';
import type { Recorded, RefusalCode } from '../activities/outcomes.ts';
import type { PersonSays, Standing } from './messages.ts';
import { refusal, type Story } from './story.ts';

/** Who says it, as the record is told. */
export const said = ({ actor, key, seal }: PersonSays) => ({ actor, cause: key, seal });

export interface Rule<I> {
  /** Why this cannot be said now, or null. Reads the story only; the database is asked by `record`. */
  readonly refuse: (input: I) => RefusalCode | null;
  /** True for what may still be said after the ending: mending a compensation. */
  readonly whenEnded?: boolean;
  /** Records what was said; the activity checks role, authority and four eyes again in its transaction. */
  readonly record: (input: I) => Promise<Recorded>;
  /** True for what is only proposed: it stands beside the story until a second person has agreed. */
  readonly beside?: (input: I) => boolean;
  /** What follows in the story once it is recorded. */
  readonly afterwards?: (input: I) => void;
  /** What the answer waits for, so that a person hears the outcome and not only the receipt. */
  readonly until?: (input: I) => Promise<unknown>;
}

/** Registers the handler of one update. The validator refuses before anything is written to history. */
export function hear<I extends PersonSays>(
  story: Story,
  message: UpdateDefinition<Standing, [I]>,
  rule: Rule<I>,
): void {
  const check = (input: I): void => {
    const code = story.ended && rule.whenEnded !== true ? 'AFTER_ENDING' : rule.refuse(input);
    if (code !== null) throw refusal(code);
  };
  setHandler(
    message,
    async (input: I): Promise<Standing> => {
      const proposed = await story.alone(async () => {
        check(input);
        const recorded = await rule.record(input);
        if (!recorded.ok) throw refusal(recorded.code);
        if (rule.beside?.(input) === true) return recorded;
        story.stand(recorded);
        rule.afterwards?.(input);
        return null;
      });
      if (proposed !== null) {
        const { stage, version, pending } = proposed;
        return { stage, version, pending };
      }
      await rule.until?.(input);
      return story.standing();
    },
    { validator: check },
  );
}
