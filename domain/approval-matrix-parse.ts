/** Reads an approval matrix from outside and names every place that is wrong with it. */
import type {
  ApprovalMatrix,
  MatrixConditions,
  MatrixRow,
  Span,
  StageSpec,
} from './approval-matrix.ts';
import { DECIDING_ROLES, isDecidingRole } from './authority.ts';
import type { Faults } from './document-check.ts';
import type { Parsed } from './fault.ts';
import { GRADES } from './loan-terms.ts';

export type ParsedMatrix = Parsed<'matrix', ApprovalMatrix>;

const ROWS_MAX = 200;
const STAGES_MAX = 5;
const SEATS_MAX = 9;
const CONDITIONS = ['products', 'amountFen', 'grades', 'exposureFen', 'exceptions'] as const;

type Fields = Readonly<Record<string, unknown>>;

function fault(faults: Faults, path: string, code: string, zh: string, en: string): void {
  faults.push({ path, code, zh, en });
}

function fieldsOf(value: unknown): Fields | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return value as Fields;
}

function unknownFields(faults: Faults, path: string, fields: Fields, known: readonly string[]) {
  for (const name of Object.keys(fields).filter((key) => !known.includes(key)))
    fault(faults, `${path}.${name}`, 'UNKNOWN_FIELD', '不认识的字段', 'Unknown field');
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 200;

function spanFaults(faults: Faults, path: string, value: unknown): void {
  const fields = fieldsOf(value);
  if (fields === null) {
    fault(faults, path, 'SPAN_INVALID', '应为区间', 'A span is expected');
    return;
  }
  unknownFields(faults, path, fields, ['above', 'upTo']);
  const { above, upTo } = fields;
  for (const [name, bound] of [
    ['above', above],
    ['upTo', upTo],
  ] as const) {
    if (bound !== undefined && !isCount(bound))
      fault(
        faults,
        `${path}.${name}`,
        'BOUND_INVALID',
        '应为非负整数',
        'A whole number, zero or more',
      );
  }
  if (above === undefined && upTo === undefined)
    fault(faults, path, 'SPAN_EMPTY', '区间没有边界', 'The span has no bound');
  if (isCount(above) && isCount(upTo) && above >= upTo)
    fault(faults, path, 'SPAN_EMPTY', '区间为空', 'Nothing lies in the span');
}

function listFaults(
  faults: Faults,
  path: string,
  value: unknown,
  fits: (item: unknown) => boolean,
): void {
  const valid = Array.isArray(value) && value.length > 0 && value.every(fits);
  if (!valid)
    fault(faults, path, 'LIST_INVALID', '列表为空或有不认识的值', 'Empty or unknown value');
  else if (new Set(value).size !== value.length)
    fault(faults, path, 'LISTED_TWICE', '重复的值', 'A value is listed twice');
}

function whenFaults(faults: Faults, path: string, value: unknown): void {
  const when = fieldsOf(value);
  if (when === null) {
    fault(faults, path, 'CONDITIONS_INVALID', '应为条件对象', 'Conditions are expected');
    return;
  }
  unknownFields(faults, path, when, CONDITIONS);
  for (const name of ['amountFen', 'exposureFen', 'exceptions'] as const)
    if (when[name] !== undefined) spanFaults(faults, `${path}.${name}`, when[name]);
  if (when['products'] !== undefined)
    listFaults(faults, `${path}.products`, when['products'], isText);
  if (when['grades'] !== undefined)
    listFaults(faults, `${path}.grades`, when['grades'], (g) =>
      (GRADES as readonly unknown[]).includes(g),
    );
}

function stageFaults(faults: Faults, path: string, value: unknown): void {
  const stage = fieldsOf(value);
  if (stage === null) {
    fault(faults, path, 'STAGE_INVALID', '应为审批环节', 'A stage is expected');
    return;
  }
  unknownFields(faults, path, stage, ['name', 'roles', 'seats', 'quorum']);
  if (!isText(stage['name'])) fault(faults, `${path}.name`, 'TEXT_MISSING', '缺少名称', 'No name');
  listFaults(
    faults,
    `${path}.roles`,
    stage['roles'],
    (role) => typeof role === 'string' && isDecidingRole(role),
  );
  const { seats, quorum } = stage;
  if (!isCount(seats) || seats < 1 || seats > SEATS_MAX)
    fault(faults, `${path}.seats`, 'SEATS_INVALID', '席位应为1至9', 'One to nine seats');
  if (!isCount(quorum) || quorum < 1 || (isCount(seats) && quorum > seats))
    fault(faults, `${path}.quorum`, 'QUORUM_INVALID', '票数应为1至席位数', 'One vote to all seats');
}

function rowFaults(faults: Faults, path: string, value: unknown): void {
  const row = fieldsOf(value);
  if (row === null) {
    fault(faults, path, 'ROW_INVALID', '应为矩阵行', 'A row is expected');
    return;
  }
  unknownFields(faults, path, row, ['id', 'zh', 'en', 'when', 'stages']);
  for (const name of ['id', 'zh', 'en'])
    if (!isText(row[name])) fault(faults, `${path}.${name}`, 'TEXT_MISSING', '缺少文字', 'No text');
  whenFaults(faults, `${path}.when`, row['when']);
  const stages = row['stages'];
  if (!Array.isArray(stages) || stages.length === 0 || stages.length > STAGES_MAX) {
    fault(faults, `${path}.stages`, 'STAGES_INVALID', '应有1至5个环节', 'One to five stages');
    return;
  }
  stages.forEach((stage, i) => {
    stageFaults(faults, `${path}.stages[${String(i)}]`, stage);
  });
}

function shapeFaults(value: unknown): Faults {
  const faults: Faults = [];
  const fields = fieldsOf(value);
  if (fields === null) {
    fault(faults, '$', 'NOT_A_MATRIX', '不是审批矩阵', 'Not an approval matrix');
    return faults;
  }
  unknownFields(faults, '$', fields, ['format', 'id', 'version', 'authority', 'rows']);
  if (fields['format'] !== 1)
    fault(faults, '$.format', 'FORMAT', '格式应为1', 'Format 1 is expected');
  if (!isText(fields['id'])) fault(faults, '$.id', 'TEXT_MISSING', '缺少编号', 'No id');
  if (!isCount(fields['version']) || fields['version'] < 1)
    fault(faults, '$.version', 'VERSION_INVALID', '版本应为正整数', 'A whole number from 1');
  const authority = fieldsOf(fields['authority']) ?? {};
  unknownFields(faults, '$.authority', authority, DECIDING_ROLES);
  for (const role of DECIDING_ROLES)
    if (!isCount(authority[role]))
      fault(faults, `$.authority.${role}`, 'AUTHORITY_INVALID', '应为分', 'An amount in fen');
  const rows = fields['rows'];
  if (!Array.isArray(rows) || rows.length === 0 || rows.length > ROWS_MAX) {
    fault(faults, '$.rows', 'ROWS_INVALID', '应有1至200行', 'One to two hundred rows');
    return faults;
  }
  rows.forEach((row, i) => {
    rowFaults(faults, `$.rows[${String(i)}]`, row);
  });
  return faults;
}

const lowOf = (span: Span | undefined): number => span?.above ?? -1;
const highOf = (span: Span | undefined): number => span?.upTo ?? Number.MAX_SAFE_INTEGER;

function spanHolds(outer: Span | undefined, inner: Span | undefined): boolean {
  return lowOf(outer) <= lowOf(inner) && highOf(outer) >= highOf(inner);
}

function listHolds(
  outer: readonly string[] | undefined,
  inner: readonly string[] | undefined,
): boolean {
  if (outer === undefined) return true;
  return inner?.every((item) => outer.includes(item)) ?? false;
}

/** Whether every case that fits `inner` fits `outer` too, so that a later row with `inner` is never reached. */
function holds(outer: MatrixConditions, inner: MatrixConditions): boolean {
  return (
    listHolds(outer.products, inner.products) &&
    listHolds(outer.grades, inner.grades) &&
    spanHolds(outer.amountFen, inner.amountFen) &&
    spanHolds(outer.exposureFen, inner.exposureFen) &&
    spanHolds(outer.exceptions, inner.exceptions)
  );
}

function authorityFault(matrix: ApprovalMatrix, row: MatrixRow, last: StageSpec): boolean {
  const most = Math.max(...last.roles.map((role) => matrix.authority[role]));
  const upTo = row.when.amountFen?.upTo;
  return (upTo !== undefined && most < upTo) || most <= lowOf(row.when.amountFen);
}

function senseFaults(matrix: ApprovalMatrix): Faults {
  const faults: Faults = [];
  const last = matrix.rows.at(-1);
  if (last !== undefined && Object.keys(last.when).length > 0)
    fault(
      faults,
      `$.rows[${String(matrix.rows.length - 1)}].when`,
      'NOT_TOTAL',
      '最后一行必须没有条件，否则有的申请无人审批',
      'The last row must have no condition, or some applications have no approver',
    );
  matrix.rows.forEach((row, i) => {
    const path = `$.rows[${String(i)}]`;
    const earlier = matrix.rows.slice(0, i);
    if (earlier.some((other) => other.id === row.id))
      fault(faults, `${path}.id`, 'ID_TWICE', '编号重复', 'The id is used twice');
    const cover = earlier.find((other) => holds(other.when, row.when));
    if (cover !== undefined)
      fault(
        faults,
        `${path}.when`,
        'UNREACHABLE',
        `永远不会用到：${cover.id}已经覆盖`,
        `Never reached: ${cover.id} holds every such case`,
      );
    const final = row.stages.at(-1);
    if (final !== undefined && authorityFault(matrix, row, final))
      fault(
        faults,
        `${path}.stages[${String(row.stages.length - 1)}].roles`,
        'NOBODY_ABLE',
        '最后环节没有角色有权批准该行的金额',
        'No role of the last stage may approve the amounts of the row',
      );
  });
  return faults;
}

/** Reads a matrix; what does not fit is named with its place, and nothing is guessed. */
export function parseMatrix(value: unknown): ParsedMatrix {
  const faults = shapeFaults(value);
  if (faults.length > 0) return { ok: false, faults };
  // Every field was looked at by shapeFaults.
  const matrix = value as ApprovalMatrix;
  const sense = senseFaults(matrix);
  return sense.length > 0 ? { ok: false, faults: sense } : { ok: true, matrix };
}
