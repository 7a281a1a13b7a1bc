/** The contract of the two bureau ports. */
import { describe, expect, test } from 'vitest';
import type { Ports } from '../../../activities/ports/index.ts';
import {
  parseBaihangReport,
  parsePbocReport,
  parseVerification,
  parseWatchList,
} from '../../../domain/bureau-parse.ts';
import { sm3Hex } from '../../../platform/crypto/sm3.ts';
import { faultContract } from './faults.ts';
import { type Applicant, newNumber, type World } from './world.ts';

const consent = { authorisationId: 'AU-1', sm3: sm3Hex('authorisation text'), purpose: '02' };

function ask(ports: Ports, bureau: 'pboc' | 'baihang', applicant: Applicant, requestNo: string) {
  const { name, idNumber, mobile } = applicant;
  return ports[bureau].report({ requestNo, name, idNumber, mobile, consent });
}

/** The products beside the reports. */
function productContract(world: () => World, withFaults: boolean): void {
  describe('baihang port', () => {
    test('says that a clean person is not on the watch list', async () => {
      const { name, idNumber } = await world().newApplicant();
      const request = { requestNo: newNumber(), name, idNumber, consent };
      const answer = await world().ports.baihang.watchlist(request);
      if (answer.kind === 'NO_RECORD') return;
      expect(parseWatchList(answer.data, { name, idNumber })).toEqual({ ok: true, report: [] });
    });

    test('verifies a mobile with its months in use', async () => {
      const applicant = await world().newApplicant();
      const answer = await verify(world().ports, applicant, newNumber());
      if (answer.kind !== 'FOUND') throw new Error('no verification');
      const parsed = parseVerification(answer.data, applicant);
      expect(parsed).toMatchObject({ ok: true, report: { result: 'MATCH', status: 'ACTIVE' } });
    });

    if (withFaults)
      faultContract(world, {
        service: 'baihang',
        operation: 'verify',
        namesSubject: true,
        remembered: true,
        ask: verify,
      });
  });

  describe('pboc port', () => {
    test('takes an objection and gives its number, the same for the same request', async () => {
      const { name, idNumber } = await world().newApplicant();
      const request = {
        requestNo: newNumber(),
        name,
        idNumber,
        reportNo: 'R1',
        item: 'ACCOUNT AC1',
        statement: '该账户非本人办理',
      };
      const answer = await world().ports.pboc.objection(request);
      expect(answer).toMatchObject({ kind: 'FOUND', data: { objectionNo: expect.any(String) } });
      expect(await world().ports.pboc.objection(request)).toEqual(answer);
    });
  });
}

function verify(ports: Ports, { name, idNumber, mobile }: Applicant, requestNo: string) {
  return ports.baihang.verify({ requestNo, name, idNumber, mobile, consent });
}

export function bureauContract(world: () => World, withFaults: boolean): void {
  productContract(world, withFaults);
  describe.each(['pboc', 'baihang'] as const)('%s port', (bureau) => {
    test('gives a report that the domain accepts as being about the person', async () => {
      const applicant = await world().newApplicant();
      const answer = await ask(world().ports, bureau, applicant, newNumber());
      if (answer.kind !== 'FOUND') throw new Error('no report');
      const parse = bureau === 'pboc' ? parsePbocReport : parseBaihangReport;
      const now = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 19);
      const asked = { organisation: null, purpose: '02', now, validityDays: 30 };
      expect(parse(answer.data, applicant, asked)).toMatchObject({ ok: true });
      expect(answer.charged).toBe(true);
    });

    test('gives its first report again for the same number', async () => {
      const applicant = await world().newApplicant();
      const requestNo = newNumber();
      const first = await ask(world().ports, bureau, applicant, requestNo);
      expect(await ask(world().ports, bureau, applicant, requestNo)).toEqual(first);
    });

    if (!withFaults) return;
    faultContract(world, {
      service: bureau,
      operation: 'report',
      namesSubject: true,
      remembered: true,
      ask: (ports, applicant, requestNo) => ask(ports, bureau, applicant, requestNo),
    });
  });
}
