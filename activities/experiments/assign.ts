/** Finds the arm of a person at admission: once for every person and experiment, recorded, and never past the cap. */
import {
  type Arm,
  armOfBucket,
  bucketOf,
  bucketText,
  challengersOf,
  championOf,
  type ExperimentDocument,
  takesPeople,
  withinCap,
} from '../../domain/experiment.ts';
import type { Fen } from '../../domain/money.ts';
import type { Tx } from '../../db/database.ts';
import {
  type Assignment,
  readAssignment,
  readExposure,
  recordAssignment,
} from '../../db/queries/experiment-arms.ts';
import {
  type ExperimentRecord,
  lockExperiment,
  readArmStops,
  runningExperiment,
} from '../../db/queries/experiments.ts';
import type { PinnedVersions } from '../../db/schema/apply.ts';
import { sm3 } from '../../platform/crypto/sm3.ts';
import type { RulebookReader } from '../rulebooks.ts';

/** Who asks for how much. */
export interface Newcomer {
  readonly applicantId: string;
  readonly amountFen: Fen;
}

type Acting = Pick<Assignment, 'actingArm' | 'cause'>;

const bucketOfPerson = (document: ExperimentDocument, applicantId: string): number =>
  bucketOf(sm3(bucketText(document.salt, applicantId)));

/**
 * Whether a challenger may act for this loan. The experiment is locked, so that of many who come at once each is counted
 * before the next; what it held back from a person at first it holds back for good.
 */
async function actingArm(
  tx: Tx,
  experiment: ExperimentRecord,
  own: { readonly arm: Arm; readonly champion: Arm },
  newcomer: Newcomer,
): Promise<Acting> {
  const { arm, champion } = own;
  if (arm.role !== 'CHALLENGER') return { actingArm: champion.name, cause: 'BUCKET' };
  const locked = await lockExperiment(tx, experiment.id);
  // Read behind the lock: another application of the same person may have been admitted meanwhile.
  const assigned = await readAssignment(tx, experiment.id, newcomer.applicantId);
  if (assigned !== undefined && assigned.actingArm !== arm.name) return assigned;
  const stops = await readArmStops(tx, experiment.id);
  if (locked?.status !== 'RUNNING' || stops.some((stop) => stop.arm === arm.name))
    return { actingArm: champion.name, cause: 'ARM_STOPPED' };
  const challengers = challengersOf(experiment.document).map(({ name }) => name);
  const exposure = await readExposure(tx, experiment.id, challengers);
  const more = { amountFen: newcomer.amountFen, newPerson: assigned === undefined };
  if (!withinCap(experiment.document.exposureCap, exposure, more))
    return { actingArm: champion.name, cause: 'CAP_REACHED' };
  return { actingArm: arm.name, cause: 'BUCKET' };
}

/**
 * The versions a loan pins under the experiment that runs on its strategy; the same versions where none does. An experiment
 * whose champion is not the version in force takes nobody in: an update or a rollback of the rules goes before it.
 */
export async function pinArm(
  rulebooks: Pick<RulebookReader, 'withStrategy'>,
  tx: Tx,
  pinned: PinnedVersions,
  newcomer: Newcomer,
): Promise<PinnedVersions> {
  const experiment = await runningExperiment(tx, pinned.strategy.code);
  if (experiment === undefined) return pinned;
  const { document, id } = experiment;
  const champion = championOf(document);
  if (!takesPeople(document, new Date())) return pinned;
  if (champion?.strategyVersion !== pinned.strategy.version) return pinned;
  const { applicantId } = newcomer;
  const assigned = await readAssignment(tx, id, applicantId);
  const bucket = assigned?.bucket ?? bucketOfPerson(document, applicantId);
  const arm =
    document.arms.find(({ name }) => name === assigned?.arm) ?? armOfBucket(document, bucket);
  const wanted = await actingArm(tx, experiment, { arm, champion }, newcomer);
  const challenger =
    wanted.actingArm === champion.name
      ? null
      : await rulebooks.withStrategy(tx, pinned, {
          code: document.strategyCode,
          version: arm.strategyVersion,
        });
  // The arm's version was there when it was approved; should it ever be gone, the version in force decides.
  const acting: Acting =
    challenger === null && wanted.actingArm !== champion.name
      ? { actingArm: champion.name, cause: 'ARM_STOPPED' }
      : wanted;
  const { actingArm: name, cause } = acting;
  await recordAssignment(
    tx,
    { experimentId: id, applicantId },
    { arm: arm.name, bucket, actingArm: name, cause },
  );
  return { ...(challenger ?? pinned), arm: { experiment: id, name, cause } };
}
