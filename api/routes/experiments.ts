/** Experiments on strategies: written, proposed and approved by two people, stopped by one, and what they have shown. */
import { challengersOf, type ExperimentDocument } from '../../domain/experiment.ts';
import { parseExperiment } from '../../domain/experiment-parse.ts';
import type { Queryable, Tx } from '../../db/database.ts';
import {
  approveExperiment,
  createExperiment,
  type ExperimentRecord,
  listExperiments,
  lockExperiment,
  proposeExperiment,
  readExperiment,
  recordArmStop,
  runningExperiment,
  stopExperiment,
} from '../../db/queries/experiments.ts';
import { readRulebook } from '../../db/queries/rulebooks.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { documentSm3, problemsOf } from '../rule-documents.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import {
  experimentApproval,
  experimentList,
  experimentReport,
  experimentStop,
  experimentView,
  newExperiment,
} from '../schemas/experiments.ts';
import { noBody } from '../schemas/money.ts';
import { experimentReportOf, experimentViewOf } from '../views/experiments.ts';

const LIST_MOST = 200;
const tags = ['experiments'];
const shown = { 200: jsonAnswer('The experiment', experimentView) };

const list = defineRoute('GET /v1/experiments', {
  summary: 'Experiments on strategies, newest first',
  tags,
  responses: { 200: jsonAnswer('The experiments', experimentList) },
});
const create = defineRoute('POST /v1/experiments', {
  summary: 'Write an experiment',
  description: 'It takes effect only once another person has approved it.',
  tags,
  request: { body: jsonBody(newExperiment) },
  responses: { 201: jsonAnswer('The experiment', experimentView) },
});
const read = defineRoute('GET /v1/experiments/{id}', {
  summary: 'Read an experiment',
  tags,
  request: { params: idParam },
  responses: shown,
});
const report = defineRoute('GET /v1/experiments/{id}/report', {
  summary:
    'What an experiment has shown: rates and means of each arm with intervals, and a verdict',
  description: 'Nothing is concluded before the planned end, however often it is read.',
  tags,
  request: { params: idParam },
  responses: { 200: jsonAnswer('The report', experimentReport) },
});
const propose = defineRoute('POST /v1/experiments/{id}/propose', {
  summary: 'Ask for the approval of an experiment',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: shown,
});
const approve = defineRoute('POST /v1/experiments/{id}/approve', {
  summary: "Approve another person's experiment: it runs from its start on",
  tags,
  request: { params: idParam, body: jsonBody(experimentApproval) },
  responses: shown,
});
const stop = defineRoute('POST /v1/experiments/{id}/stop', {
  summary: 'Stop an experiment or one of its challengers',
  description: 'New loans go to the champion; loans that pinned an arm keep it.',
  tags,
  request: { params: idParam, body: jsonBody(experimentStop) },
  responses: shown,
});

function present(experiment: ExperimentRecord | undefined): ExperimentRecord {
  if (experiment === undefined) throw new ApiProblem('NOT_FOUND');
  return experiment;
}

const viewOf = async (c: AppContext, id: string) => {
  const { db } = c.get('deps');
  return await experimentViewOf(db, present(await readExperiment(db, id)));
};

async function record(
  c: AppContext,
  tx: Tx,
  action: string,
  experiment: ExperimentRecord,
  said: { readonly reason?: string; readonly arm?: string } = {},
): Promise<void> {
  const { reason, arm } = said;
  await recordDeed(c, tx, {
    action,
    subjectKind: 'experiment',
    subjectId: experiment.id,
    result: 'DONE',
    ...(reason === undefined ? {} : { reason }),
    detail: {
      code: experiment.code,
      documentSm3: experiment.documentSm3,
      ...(arm === undefined ? {} : { arm }),
    },
  });
}

/** @throws ApiProblem ARM_VERSION_NOT_PUBLISHED unless every arm's strategy and its scorecard are published */
async function requireVersions(db: Queryable, document: ExperimentDocument): Promise<void> {
  for (const { strategyVersion: version } of document.arms) {
    const key = { kind: 'STRATEGY', code: document.strategyCode, version } as const;
    const strategy = await readRulebook(db, key);
    const named =
      typeof strategy === 'object' && strategy !== null && 'scorecard' in strategy
        ? /^([^@]+)@(\d{1,9})$/.exec(String(strategy.scorecard))
        : null;
    const [, code = '', card = '0'] = named ?? [];
    const scorecard = { kind: 'SCORECARD', code, version: Number(card) } as const;
    if (named === null || (await readRulebook(db, scorecard)) === undefined)
      throw new ApiProblem('ARM_VERSION_NOT_PUBLISHED');
  }
}

/** @throws ApiProblem EXPERIMENT_INVALID with every fault's place */
function parsed(document: unknown): ExperimentDocument {
  const found = parseExperiment(document);
  if (!found.ok) throw new ApiProblem('EXPERIMENT_INVALID', { errors: problemsOf(found.faults) });
  return found.experiment;
}

async function write(c: AppContext, sent: unknown): Promise<string> {
  const { db } = c.get('deps');
  const document = parsed(sent);
  const id = derivedId(actKeyOf(c), 'experiment');
  await db.transaction().execute(async (tx) => {
    const createdBy = callerOf(c).subject;
    const kept = { id, document, documentSm3: documentSm3(document), createdBy };
    if (!(await createExperiment(tx, kept))) throw new ApiProblem('EXPERIMENT_CODE_TAKEN');
    await record(c, tx, 'experiment.write', present(await readExperiment(tx, id)));
  });
  return id;
}

/** One act on a locked experiment, with its entry on the trail. */
async function act(
  c: AppContext,
  id: string,
  doing: (tx: Tx, experiment: ExperimentRecord) => Promise<void>,
) {
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => await doing(tx, present(await lockExperiment(tx, id))));
  return await viewOf(c, id);
}

async function approveIt(c: AppContext, tx: Tx, experiment: ExperimentRecord, looked: string) {
  const { subject } = callerOf(c);
  const { document, id } = experiment;
  if (experiment.status !== 'PROPOSED') throw new ApiProblem('NO_PROPOSAL');
  if (experiment.proposedBy === subject || experiment.createdBy === subject)
    throw new ApiProblem('SAME_PERSON_TWICE');
  if (looked !== experiment.documentSm3) throw new ApiProblem('DIGEST_DIFFERS');
  if (Date.parse(document.endsAt) <= c.get('deps').now().getTime())
    throw new ApiProblem('EXPERIMENT_OVER');
  await requireVersions(tx, document);
  if ((await runningExperiment(tx, document.strategyCode)) !== undefined)
    throw new ApiProblem('EXPERIMENT_RUNS_ALREADY');
  await approveExperiment(tx, id, subject);
  await record(c, tx, 'experiment.approve', experiment);
}

async function stopIt(
  c: AppContext,
  tx: Tx,
  experiment: ExperimentRecord,
  said: typeof experimentStop._output,
) {
  const { subject } = callerOf(c);
  const { arm, reason } = said;
  if (experiment.status === 'STOPPED' || experiment.status === 'FINISHED')
    throw new ApiProblem('EXPERIMENT_STATE_DOES_NOT_FIT');
  if (arm === undefined) {
    await stopExperiment(tx, experiment.id, { subject, reason });
    await record(c, tx, 'experiment.stop', experiment, { reason });
    return;
  }
  if (experiment.status !== 'RUNNING') throw new ApiProblem('EXPERIMENT_STATE_DOES_NOT_FIT');
  if (!challengersOf(experiment.document).some(({ name }) => name === arm))
    throw new ApiProblem('NO_SUCH_ARM');
  await recordArmStop(tx, {
    experimentId: experiment.id,
    arm,
    stoppedBy: subject,
    breach: null,
  });
  await record(c, tx, 'experiment.stop-arm', experiment, { reason, arm });
}

export function registerExperiments(app: App): void {
  app.openapi(list, async (c) => {
    const { db } = c.get('deps');
    const items = [];
    for (const one of await listExperiments(db, LIST_MOST))
      items.push(await experimentViewOf(db, one));
    return c.json({ items }, 200);
  });

  app.openapi(create, async (c) =>
    c.json(await viewOf(c, await write(c, c.req.valid('json').document)), 201),
  );

  app.openapi(read, async (c) => c.json(await viewOf(c, c.req.valid('param').id), 200));

  app.openapi(report, async (c) => {
    const { db, now } = c.get('deps');
    const experiment = present(await readExperiment(db, c.req.valid('param').id));
    return c.json(await experimentReportOf(db, experiment, now()), 200);
  });

  app.openapi(propose, async (c) => {
    const doing = async (tx: Tx, experiment: ExperimentRecord) => {
      if (experiment.status !== 'DRAFT') throw new ApiProblem('EXPERIMENT_STATE_DOES_NOT_FIT');
      await requireVersions(tx, experiment.document);
      await proposeExperiment(tx, experiment.id, callerOf(c).subject);
      await record(c, tx, 'experiment.propose', experiment);
    };
    return c.json(await act(c, c.req.valid('param').id, doing), 200);
  });

  app.openapi(approve, async (c) => {
    const { documentSm3: looked } = c.req.valid('json');
    const doing = (tx: Tx, experiment: ExperimentRecord) => approveIt(c, tx, experiment, looked);
    return c.json(await act(c, c.req.valid('param').id, doing), 200);
  });

  app.openapi(stop, async (c) => {
    const said = c.req.valid('json');
    const doing = (tx: Tx, experiment: ExperimentRecord) => stopIt(c, tx, experiment, said);
    return c.json(await act(c, c.req.valid('param').id, doing), 200);
  });
}
