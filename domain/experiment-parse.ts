/** Reads an experiment's document and names every fault with its place, so that an editor can point at it. */
import {
  type Arm,
  ARM_ROLES,
  BAND_MEASURES,
  BUCKETS,
  challengersOf,
  type EarlyOverdue,
  type ExperimentDocument,
  type ExposureCap,
  segmentOf,
  type StopLossBand,
} from './experiment.ts';
import { at, type Fault, fault, MOST_FAULTS, type Parsed } from './fault.ts';
import { fen } from './money.ts';

export type ParsedExperiment = Parsed<'experiment', ExperimentDocument>;

/** Arms and bands that a document may have: more are a mistake, not an experiment. */
const MOST_ARMS = 12;
const MOST_BANDS = 60;
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;
const ARM_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;
const SALT = /^[\x21-\x7e]{8,64}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;

type Fields = Readonly<Record<string, unknown>>;

/** Reads fields of one object and collects what is wrong with them; what is wrong reads as a harmless stand-in. */
class Reader {
  readonly faults: Fault[];
  readonly path: string;
  readonly fields: Fields;

  constructor(value: unknown, path: string, known: readonly string[], faults: Fault[]) {
    this.faults = faults;
    this.path = path;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject) this.fault(null, 'WRONG_TYPE', '应为对象', 'This is an object.');
    this.fields = isObject ? { ...value } : {};
    if (!isObject) return;
    for (const name of Object.keys(this.fields).filter((key) => !known.includes(key)))
      this.fault(name, 'UNKNOWN_FIELD', '未知字段', 'There is no such field.');
  }

  /** @param member the field at fault, or null for the object as a whole */
  fault(member: string | null, code: string, zh: string, en: string): void {
    const path = member === null ? this.path : at(this.path, member);
    this.faults.push(fault(path, code, zh, en));
  }

  text(name: string, form: RegExp): string {
    const value = this.fields[name];
    if (typeof value === 'string' && form.test(value)) return value;
    this.fault(name, 'MALFORMED', `格式应为 ${form.source}`, `It has the form ${form.source}.`);
    return '';
  }

  oneOf<const T extends string>(name: string, values: readonly T[]): T | null {
    const found = values.find((value) => value === this.fields[name]);
    const list = values.join(', ');
    if (found === undefined)
      this.fault(name, 'NOT_ONE_OF', `应为其中之一：${list}`, `It is one of: ${list}.`);
    return found ?? null;
  }

  whole(name: string, least: number, most: number): number {
    const value = this.fields[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
      return value;
    this.fault(
      name,
      'OUT_OF_RANGE',
      `应为 ${least} 至 ${most} 的整数`,
      `It is a whole number from ${least} to ${most}.`,
    );
    return least;
  }

  wholeOrNull(name: string, most: number): number | null {
    return this.fields[name] === null ? null : this.whole(name, 1, most);
  }

  instant(name: string): string {
    const text = this.text(name, INSTANT);
    if (text !== '' && Number.isNaN(Date.parse(text)))
      this.fault(name, 'NO_SUCH_INSTANT', '时间不存在', 'There is no such instant.');
    return text;
  }

  list<T>(name: string, least: number, most: number, read: (one: unknown, path: string) => T): T[] {
    const value = this.fields[name];
    if (!Array.isArray(value) || value.length < least || value.length > most) {
      this.fault(
        name,
        'LENGTH',
        `应为含 ${least} 至 ${most} 项的数组`,
        `It is a list of ${least} to ${most}.`,
      );
      return [];
    }
    return value.map((one: unknown, i) => read(one, at(at(this.path, name), i)));
  }
}

function readArm(value: unknown, path: string, faults: Fault[]): Arm {
  const reader = new Reader(value, path, ['name', 'role', 'strategyVersion', 'shareBp'], faults);
  const role = reader.oneOf('role', ARM_ROLES) ?? 'SHADOW';
  const arm = {
    name: reader.text('name', ARM_NAME),
    role,
    strategyVersion: reader.whole('strategyVersion', 1, 1_000_000),
    shareBp: reader.whole('shareBp', 0, BUCKETS),
  };
  if (role === 'SHADOW' && arm.shareBp !== 0)
    reader.fault('shareBp', 'SHADOW_HAS_SHARE', '影子组不占份额', 'A shadow has no share.');
  if (role === 'CHALLENGER' && arm.shareBp === 0)
    reader.fault('shareBp', 'NO_SHARE', '挑战组须有份额', 'A challenger has a share.');
  return arm;
}

function readBand(value: unknown, path: string, faults: Fault[]): StopLossBand {
  const known = ['arm', 'measure', 'lowBp', 'highBp', 'minimumSample'];
  const reader = new Reader(value, path, known, faults);
  const band = {
    arm: reader.text('arm', ARM_NAME),
    measure: reader.oneOf('measure', BAND_MEASURES) ?? 'APPROVAL_RATE',
    lowBp: reader.whole('lowBp', 0, BUCKETS),
    highBp: reader.whole('highBp', 0, BUCKETS),
    minimumSample: reader.whole('minimumSample', 1, 10_000_000),
  };
  if (band.lowBp > band.highBp)
    reader.fault('highBp', 'UPSIDE_DOWN', '上限低于下限', 'The upper end is below the lower one.');
  return band;
}

function readCap(value: unknown, faults: Fault[]): ExposureCap {
  const reader = new Reader(value, 'exposureCap', ['maxPersons', 'maxFen'], faults);
  const maxFen = reader.wholeOrNull('maxFen', Number.MAX_SAFE_INTEGER);
  const cap = {
    maxPersons: reader.wholeOrNull('maxPersons', 100_000_000),
    maxFen: maxFen === null ? null : fen(maxFen),
  };
  if (cap.maxPersons === null && cap.maxFen === null)
    reader.fault(null, 'NO_CAP', '人数或金额上限须至少设一项', 'One of the two is bounded.');
  return cap;
}

function readEarlyOverdue(value: unknown, faults: Fault[]): EarlyOverdue {
  const reader = new Reader(value, 'earlyOverdue', ['days', 'marginBp'], faults);
  return { days: reader.whole('days', 1, 90), marginBp: reader.whole('marginBp', 0, BUCKETS) };
}

/** Faults that no single arm shows. */
function armFaults(experiment: ExperimentDocument, root: Reader): void {
  const { arms } = experiment;
  const say = (code: string, zh: string, en: string) => root.fault('arms', code, zh, en);
  const champions = arms.filter(({ role }) => role === 'CHAMPION');
  if (champions.length !== 1)
    say('ONE_CHAMPION', '须恰有一个冠军组', 'There is exactly one champion.');
  if (champions.length === arms.length)
    say('NOTHING_TO_COMPARE', '须有挑战组或影子组', 'There is a challenger or a shadow.');
  if (arms.reduce((sum, { shareBp }) => sum + shareBp, 0) !== BUCKETS)
    say('SHARES_NOT_WHOLE', '各组份额之和须为 10000', 'The shares add up to 10,000.');
  arms.forEach((arm, i) => {
    if (arms.findIndex(({ name }) => name === arm.name) !== i)
      root.fault(`arms[${i}].name`, 'TWICE', '组名重复', 'Another arm has this name.');
    if (arm.role !== 'CHAMPION' && arm.strategyVersion === champions[0]?.strategyVersion)
      root.fault(
        `arms[${i}].strategyVersion`,
        'SAME_VERSION',
        '与冠军组版本相同',
        'The champion decides by this version already.',
      );
  });
}

/** A challenger stays within its own segment, or its growth would one day take people from another. */
function segmentFaults(experiment: ExperimentDocument, root: Reader): void {
  const challengers = challengersOf(experiment);
  challengers.forEach((arm, index) => {
    const [from, to] = segmentOf(index, challengers.length);
    if (arm.shareBp <= to - from) return;
    root.fault(
      `arms[${experiment.arms.indexOf(arm)}].shareBp`,
      'SHARE_ABOVE_SEGMENT',
      `${challengers.length} 个挑战组时每组份额至多 ${to - from}`,
      `With ${challengers.length} challengers none has more than ${to - from}.`,
    );
  });
}

function bandFaults(experiment: ExperimentDocument, root: Reader): void {
  const { arms, stopLoss } = experiment;
  stopLoss.forEach((band, i) => {
    const arm = arms.find(({ name }) => name === band.arm);
    const stoppable = arm !== undefined && arm.role === 'CHALLENGER';
    if (!stoppable)
      root.fault(
        `stopLoss[${i}].arm`,
        'NO_SUCH_CHALLENGER',
        '没有此挑战组',
        'There is no such challenger.',
      );
  });
  challengersOf(experiment).forEach((arm) => {
    if (!stopLoss.some((band) => band.arm === arm.name))
      root.fault(
        'stopLoss',
        'NO_BAND',
        `挑战组 ${arm.name} 须设止损区间`,
        `The challenger ${arm.name} has a band that stops it.`,
      );
  });
}

const KNOWN = [
  'format',
  'code',
  'strategyCode',
  'salt',
  'arms',
  'exposureCap',
  'stopLoss',
  'earlyOverdue',
  'minimumSample',
  'startsAt',
  'endsAt',
];

/** Parses a document; what is missing, unknown or contradictory is refused with its place. */
export function parseExperiment(document: unknown): ParsedExperiment {
  const faults: Fault[] = [];
  const root = new Reader(document, '', KNOWN, faults);
  if (root.fields['format'] !== 1) root.fault('format', 'FORMAT', '应为 1', 'It is 1.');
  const experiment: ExperimentDocument = {
    format: 1,
    code: root.text('code', CODE),
    strategyCode: root.text('strategyCode', CODE),
    salt: root.text('salt', SALT),
    arms: root.list('arms', 2, MOST_ARMS, (one, path) => readArm(one, path, faults)),
    exposureCap: readCap(root.fields['exposureCap'], faults),
    stopLoss: root.list('stopLoss', 0, MOST_BANDS, (one, path) => readBand(one, path, faults)),
    earlyOverdue: readEarlyOverdue(root.fields['earlyOverdue'], faults),
    minimumSample: root.whole('minimumSample', 30, 10_000_000),
    startsAt: root.instant('startsAt'),
    endsAt: root.instant('endsAt'),
  };
  if (faults.length === 0) {
    armFaults(experiment, root);
    segmentFaults(experiment, root);
    bandFaults(experiment, root);
    if (Date.parse(experiment.endsAt) <= Date.parse(experiment.startsAt))
      root.fault('endsAt', 'ENDS_BEFORE_START', '结束须晚于开始', 'It ends after it starts.');
  }
  return faults.length === 0
    ? { ok: true, experiment }
    : { ok: false, faults: faults.slice(0, MOST_FAULTS) };
}
