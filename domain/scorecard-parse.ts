/** Reads a scorecard document and checks its bands, grades and scaling; every fault with its place. */
import {
  checkBoolean,
  checkId,
  checkInteger,
  checkList,
  checkMembers,
  checkOneOf,
  checkText,
  checkUnique,
  type Faults,
} from './document-check.ts';
import { at, type Fault, fault, MOST_FAULTS, type Parsed } from './fault.ts';
import { GRADES } from './loan-terms.ts';
import { SCORE_REASON_CODES } from './reasons.ts';
import type { Band, Dimension, Scorecard } from './score.ts';
import { VARIABLE_CATALOGUE, type VariableDefinition } from './variable-catalogue.ts';
import { isBannedFeature } from './variables.ts';

const MOST_POINTS = 100_000;
const MOST_DIMENSIONS = 200;
const MOST_BANDS = 100;

function checkNumber(faults: Faults, value: unknown, path: string): void {
  if (typeof value !== 'number' || !(Math.abs(value) <= Number.MAX_SAFE_INTEGER))
    faults.push(
      fault(path, 'NUMBER_EXPECTED', '此处应为有限数值', 'A finite number is wanted here'),
    );
}

function checkPoints(faults: Faults, value: unknown, path: string): void {
  checkInteger(faults, value, path, -MOST_POINTS, MOST_POINTS);
}

const kindOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;

function checkBand(faults: Faults, value: unknown, path: string): void {
  if (kindOf(value) === 'IS') {
    const band = checkMembers(faults, value, path, ['kind', 'values', 'points', 'label']);
    if (band === null) return;
    checkPoints(faults, band.points, at(path, 'points'));
    checkText(faults, band.label, at(path, 'label'), 400);
    const values = checkList(faults, band.values, at(path, 'values'), MOST_BANDS);
    if (values.length === 0)
      faults.push(
        fault(at(path, 'values'), 'EMPTY', '至少应有一个取值', 'At least one value is wanted here'),
      );
    return;
  }
  const band = checkMembers(faults, value, path, ['kind', 'from', 'to', 'points', 'label']);
  if (band === null) return;
  checkOneOf(faults, band.kind, at(path, 'kind'), ['IS', 'RANGE']);
  checkPoints(faults, band.points, at(path, 'points'));
  checkText(faults, band.label, at(path, 'label'), 400);
  for (const end of ['from', 'to'] as const)
    if (band[end] !== null) checkNumber(faults, band[end], at(path, end));
}

const CATALOGUE: Readonly<Record<string, VariableDefinition>> = VARIABLE_CATALOGUE;

function checkVariable(faults: Faults, name: unknown, path: string): void {
  if (typeof name === 'string' && isBannedFeature(name)) {
    faults.push(
      fault(
        path,
        'BANNED_FEATURE',
        '该特征禁止用于信贷决策',
        'This feature may not be used in a credit decision',
      ),
    );
  } else if (typeof name !== 'string' || !Object.hasOwn(CATALOGUE, name)) {
    faults.push(
      fault(
        path,
        'UNKNOWN_VARIABLE',
        '变量目录中没有该变量',
        'No such variable is in the catalogue',
      ),
    );
  }
}

const DIMENSION_MEMBERS = [
  'id',
  'variable',
  'zh',
  'en',
  'required',
  'missingPoints',
  'bands',
  'reason',
] as const;

function checkDimension(faults: Faults, value: unknown, path: string): void {
  const dimension = checkMembers(faults, value, path, DIMENSION_MEMBERS);
  if (dimension === null) return;
  const id = checkText(faults, dimension.id, at(path, 'id'), 60);
  for (const text of ['zh', 'en'] as const) checkText(faults, dimension[text], at(path, text));
  // A banned feature must not come in under the name of an innocent variable either.
  for (const name of [id, dimension.zh, dimension.en])
    if (typeof name === 'string' && isBannedFeature(name)) {
      faults.push(
        fault(
          path,
          'BANNED_FEATURE',
          '该特征禁止用于信贷决策',
          'This feature may not be used in a credit decision',
        ),
      );
      break;
    }
  checkVariable(faults, dimension.variable, at(path, 'variable'));
  checkBoolean(faults, dimension.required, at(path, 'required'));
  checkPoints(faults, dimension.missingPoints, at(path, 'missingPoints'));
  checkOneOf(faults, dimension.reason, at(path, 'reason'), SCORE_REASON_CODES);
  const bands = checkList(faults, dimension.bands, at(path, 'bands'), MOST_BANDS);
  if (bands.length === 0)
    faults.push(
      fault(at(path, 'bands'), 'EMPTY', '至少应有一个分箱', 'At least one band is wanted here'),
    );
  for (const [i, band] of bands.entries()) checkBand(faults, band, at(at(path, 'bands'), i));
}

const MEMBERS = ['id', 'version', 'scale', 'basePoints', 'dimensions', 'grades'] as const;

function shapeFaults(value: unknown): readonly Fault[] {
  const faults: Faults = [];
  const card = checkMembers(faults, value, '', MEMBERS, ['model']);
  if (card === null) return faults;
  checkId(faults, card.id, 'id');
  if ('model' in card) checkText(faults, card.model, 'model', 80);
  checkInteger(faults, card.version, 'version', 1, 1_000_000);
  checkPoints(faults, card.basePoints, 'basePoints');
  const scale = checkMembers(faults, card.scale, 'scale', ['score', 'odds', 'pdo']);
  if (scale !== null)
    for (const name of ['score', 'odds', 'pdo'] as const)
      checkNumber(faults, scale[name], at('scale', name));
  const dimensions = checkList(faults, card.dimensions, 'dimensions', MOST_DIMENSIONS);
  if (dimensions.length === 0)
    faults.push(
      fault('dimensions', 'EMPTY', '至少应有一个维度', 'At least one dimension is wanted here'),
    );
  for (const [i, dimension] of dimensions.entries())
    checkDimension(faults, dimension, at('dimensions', i));
  for (const [i, grade] of checkList(faults, card.grades, 'grades', GRADES.length).entries()) {
    const place = at('grades', i);
    const one = checkMembers(faults, grade, place, ['grade', 'from']);
    if (one === null) continue;
    checkOneOf(faults, one.grade, at(place, 'grade'), GRADES);
    checkPoints(faults, one.from, at(place, 'from'));
  }
  return faults;
}

type Range = Extract<Band, { kind: 'RANGE' }>;

function rangeFaults(ranges: readonly (readonly [string, Range])[]): readonly Fault[] {
  const faults: Fault[] = [];
  let reached: number | null = -Infinity;
  for (const [i, [path, range]] of ranges.entries()) {
    const from = range.from ?? -Infinity;
    const to = range.to ?? Infinity;
    if (from >= to)
      faults.push(
        fault(path, 'BAND_EMPTY', '区间下限不小于上限，永远不会命中', 'The band holds no number'),
      );
    if (from > reached) {
      const code = i === 0 ? 'BAND_OPEN_BELOW' : 'BAND_GAP';
      faults.push(fault(path, code, '该区间之前有缺口', 'There is a gap before this band'));
    }
    if (from < reached)
      faults.push(
        fault(path, 'BAND_OVERLAP', '该区间与先前区间重叠', 'This band overlaps one before it'),
      );
    reached = Math.max(reached, to);
  }
  const last = ranges.at(-1);
  if (last !== undefined && reached < Infinity)
    faults.push(
      fault(
        last[0],
        'BAND_OPEN_ABOVE',
        '最后一个区间上方有缺口',
        'Nothing covers the numbers above this band',
      ),
    );
  return faults;
}

const JSON_TYPES = { number: 'number', boolean: 'boolean', text: 'string' } as const;

function valueFaults(dimension: Dimension, path: string): readonly Fault[] {
  const faults: Fault[] = [];
  const type = JSON_TYPES[VARIABLE_CATALOGUE[dimension.variable].type];
  const seen = new Set<unknown>();
  const ranges: Range[] = [];
  for (const [i, band] of dimension.bands.entries()) {
    const place = at(at(path, 'bands'), i);
    if (band.kind === 'RANGE') {
      ranges.push(band);
      if (type !== 'number')
        faults.push(
          fault(
            place,
            'TYPE_MISMATCH',
            '非数值变量不能使用区间',
            'A range needs a variable that is a number',
          ),
        );
      continue;
    }
    for (const [j, value] of band.values.entries()) {
      const where = at(at(place, 'values'), j);
      if (typeof value !== type)
        faults.push(
          fault(
            where,
            'TYPE_MISMATCH',
            '值的类型与变量不符',
            'The value does not have the type of the variable',
          ),
        );
      if (seen.has(value))
        faults.push(
          fault(where, 'LISTED_TWICE', '该值已在先前分箱中', 'This value stands in a band before'),
        );
      seen.add(value);
      if (
        typeof value === 'number' &&
        ranges.some((range) => value >= (range.from ?? -Infinity) && value < (range.to ?? Infinity))
      )
        faults.push(
          fault(
            where,
            'BAND_UNREACHABLE',
            '先前的区间已包含该值，特殊值须排在区间之前',
            'A range before it holds this value: special values come first',
          ),
        );
    }
  }
  const whole = type === 'number' ? ranges.length > 0 : type !== 'boolean' || seen.size > 1;
  if (!whole)
    faults.push(
      fault(
        at(path, 'bands'),
        'BAND_GAP',
        '分箱未覆盖全部取值',
        'The bands do not cover all values',
      ),
    );
  return faults;
}

function dimensionFaults(dimension: Dimension, path: string): readonly Fault[] {
  const ranges = dimension.bands.flatMap((band, i) =>
    band.kind === 'RANGE' ? [[at(at(path, 'bands'), i), band] as const] : [],
  );
  return [...valueFaults(dimension, path), ...rangeFaults(ranges)];
}

function gradeFaults(card: Scorecard, best: number): readonly Fault[] {
  const faults: Fault[] = [];
  if (card.grades.map(({ grade }) => grade).join('') !== GRADES.join(''))
    faults.push(
      fault(
        'grades',
        'GRADES',
        `等级须依次为 ${GRADES.join('、')}`,
        `The grades are ${GRADES.join(', ')}, in this order`,
      ),
    );
  for (const [i, { from }] of card.grades.entries()) {
    const better = card.grades[i - 1];
    const place = at(at('grades', i), 'from');
    if (better !== undefined && from >= better.from)
      faults.push(
        fault(
          place,
          'GRADES_OUT_OF_ORDER',
          '等级下限须逐级降低',
          'Each grade starts below the one before',
        ),
      );
    if (from > best)
      faults.push(
        fault(place, 'GRADE_UNREACHABLE', '任何总分都达不到该等级', 'No total reaches this grade'),
      );
  }
  return faults;
}

/** The lowest and the highest total a card can give. */
function totals(card: Scorecard): readonly [number, number] {
  const all = card.dimensions.map(({ missingPoints, bands }) => [
    missingPoints,
    ...bands.map(({ points }) => points),
  ]);
  const sum = (pick: (points: readonly number[]) => number) =>
    all.reduce((total, points) => total + pick(points), card.basePoints);
  return [sum((points) => Math.min(...points)), sum((points) => Math.max(...points))];
}

function scaleFaults({ scale }: Scorecard, worst: number, best: number): readonly Fault[] {
  const faults: Fault[] = [];
  if (scale.odds <= 0)
    faults.push(fault('scale.odds', 'SCALE', '好坏比须大于零', 'The odds are above zero'));
  if (scale.pdo <= 0)
    faults.push(
      fault(
        'scale.pdo',
        'SCALE',
        '翻倍分值须大于零',
        'The points that double the odds are above zero',
      ),
    );
  if (scale.score < worst || scale.score > best)
    faults.push(
      fault(
        'scale.score',
        'SCALE',
        '基准分不在可能的总分范围内',
        'No total of this card reaches the base score',
      ),
    );
  return faults;
}

/** What is wrong with a card whose shape is sound: bands, grades, scaling. Empty when it may be used. */
export function scorecardFaults(card: Scorecard): readonly Fault[] {
  const faults: Faults = [];
  checkUnique(
    faults,
    card.dimensions.map(({ id }, i) => [`dimensions[${i}].id`, id] as const),
  );
  checkUnique(
    faults,
    card.dimensions.map(({ variable }, i) => [`dimensions[${i}].variable`, variable] as const),
  );
  const [worst, best] = totals(card);
  return [
    ...faults,
    ...card.dimensions.flatMap((dimension, i) => dimensionFaults(dimension, at('dimensions', i))),
    ...gradeFaults(card, best),
    ...scaleFaults(card, worst, best),
  ];
}

/** Reads a scorecard document; every fault with its place, at most MOST_FAULTS. Total on any JSON value. */
export function parseScorecard(document: unknown): Parsed<'scorecard', Scorecard> {
  const shape = shapeFaults(document);
  if (shape.length > 0) return { ok: false, faults: shape.slice(0, MOST_FAULTS) };
  // Every member was just found to have the shape that the type states.
  const scorecard = document as Scorecard;
  const faults = scorecardFaults(scorecard);
  return faults.length > 0
    ? { ok: false, faults: faults.slice(0, MOST_FAULTS) }
    : { ok: true, scorecard };
}
