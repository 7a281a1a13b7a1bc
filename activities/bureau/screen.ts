/** Screens the applicant against sanctions and court registers, side by side. */
import { z } from 'zod';
import type { IdentityPage } from '../../domain/apply.ts';
import { loadForm } from '../../db/queries/apply.ts';
import { recordScreening } from '../../db/queries/bureau.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, overTheBorder } from '../failures.ts';
import { askOnce, requestNumber } from '../outside.ts';
import type { Numbered, OutsideAnswer } from '../ports/answers.ts';
import { cancellationSignal } from '../signal.ts';
import type { PullInput } from './pull.ts';

const sanctions = z.array(z.object({ list: z.string(), reason: z.string() }));
const court = z.array(z.object({ caseNumber: z.string(), kind: z.string(), open: z.boolean() }));

async function register<T>(
  deps: ActivityDeps,
  input: PullInput,
  operation: string,
  stored: z.ZodType<T>,
  ask: (numbered: Numbered) => Promise<OutsideAnswer<T>>,
): Promise<T | null> {
  const { applicationId, round } = input;
  const step = `registry:${operation}:${round}`;
  const requestNo = requestNumber(applicationId, step);
  const cipher = await deps.vault.of(deps.db, applicationId);
  const answer = await askOnce(
    { db: deps.db, fieldCipher: cipher },
    { requestNo, applicationId, step, service: 'registry', operation },
    (number) => ask({ requestNo: number, signal: cancellationSignal() }),
    stored,
  );
  return answer.kind === 'FOUND' ? answer.data : null;
}

async function both(
  deps: ActivityDeps,
  input: PullInput,
  { name, idNumber }: IdentityPage,
): Promise<void> {
  const [listed, cases] = await Promise.all([
    register(deps, input, 'sanctions', sanctions, (n) =>
      deps.ports.registry.sanctions({ ...n, name, idNumber }),
    ),
    register(deps, input, 'court', court, (n) =>
      deps.ports.registry.court({ ...n, name, idNumber }),
    ),
  ]);
  const hits = listed ?? [];
  const open = (cases ?? []).filter((record) => record.open).length;
  await recordScreening(deps.db, {
    ...input,
    sanctionsHit: hits.length > 0,
    courtOpenCases: open,
    detail: { lists: hits.map((hit) => hit.list), cases: (cases ?? []).length },
  });
}

/** A register without a record of the person has answered: nothing is known against them there. */
export async function screenRegistries(deps: ActivityDeps, input: PullInput): Promise<void> {
  const cipher = await deps.vault.of(deps.db, input.applicationId);
  const form = await loadForm(deps.db, cipher, input.applicationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  await overTheBorder(() => both(deps, input, form.identity));
}
