/** The kill switch: one person sends every decision to people, two let the rules decide again. */
import {
  isKilled,
  lockSwitch,
  readSwitchActs,
  turnSwitch,
} from '../../db/queries/rule-switches.ts';
import { recordDeed } from '../audit.ts';
import { type AppContext, callerOf } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer, jsonBody } from '../schemas/common.ts';
import { killSwitchView, ruleReason } from '../schemas/rules.ts';
import { killSwitchOf } from '../views/rules.ts';

const ACTS_SHOWN = 50;
const tags = ['rules'];
const shown = { 200: jsonAnswer('The switch, and what it waits for', killSwitchView) };
const reasoned = { body: jsonBody(ruleReason) };

const read = defineRoute('GET /v1/kill-switch', {
  summary: 'Whether people decide everything, and who turned the switch',
  tags,
  responses: shown,
});
const turnOn = defineRoute('POST /v1/kill-switch', {
  summary: 'Send every decision to people, at once',
  tags,
  request: reasoned,
  responses: shown,
});
const proposeRelease = defineRoute('POST /v1/kill-switch/propose-release', {
  summary:
    'Propose to let the rules decide again; the switch stays on until a second person agrees',
  tags,
  request: reasoned,
  responses: shown,
});
const approveRelease = defineRoute('POST /v1/kill-switch/approve-release', {
  summary: "Approve another person's proposal to let the rules decide again",
  tags,
  request: reasoned,
  responses: shown,
});

async function turn(c: AppContext, act: 'ON' | 'PROPOSE_OFF' | 'OFF', reason: string) {
  const { subject, role } = callerOf(c);
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      await lockSwitch(tx);
      const [last] = await readSwitchActs(tx, 1);
      // Turning it on again answers a proposal to turn it off, and is of no use while nothing was proposed.
      const fits = {
        ON: last?.act !== 'ON',
        PROPOSE_OFF: last?.act === 'ON',
        OFF: last?.act === 'PROPOSE_OFF',
      };
      if (!fits[act]) throw new ApiProblem('KILL_SWITCH_DOES_NOT_FIT');
      const proposedBy = act === 'OFF' ? (last?.actor ?? null) : null;
      if (proposedBy === subject) throw new ApiProblem('SAME_PERSON_TWICE');
      await turnSwitch(tx, { act, actor: subject, role, reason, proposedBy });
      await recordDeed(c, tx, {
        action: `kill-switch.${act.toLowerCase().replace('_', '-')}`,
        subjectKind: 'rule',
        subjectId: 'kill-switch',
        result: 'DONE',
        reason,
        detail: { proposedBy, on: await isKilled(tx) },
      });
    });
  return await view(c);
}

const view = async (c: AppContext) =>
  killSwitchOf(await readSwitchActs(c.get('deps').db, ACTS_SHOWN));

export function registerKillSwitch(app: App): void {
  app.openapi(read, async (c) => c.json(await view(c), 200));
  app.openapi(turnOn, async (c) => c.json(await turn(c, 'ON', c.req.valid('json').reason), 200));
  app.openapi(proposeRelease, async (c) =>
    c.json(await turn(c, 'PROPOSE_OFF', c.req.valid('json').reason), 200),
  );
  app.openapi(approveRelease, async (c) =>
    c.json(await turn(c, 'OFF', c.req.valid('json').reason), 200),
  );
}
