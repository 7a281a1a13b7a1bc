/** The contract of the two bureau ports. */
import { describe, expect, test } from 'vitest';
import type { Ports } from '../../../activities/ports/index.ts';
import { parseBaihangReport, parsePbocReport } from '../../../domain/bureau-parse.ts';
import { sm3Hex } from '../../../platform/crypto/sm3.ts';
import { faultContract } from './faults.ts';
import { type Applicant, newNumber, type World } from './world.ts';

const consent = { authorisationId: 'AU-1', sm3: sm3Hex('authorisation text'), purpose: '02' };

function ask(ports: Ports, bureau: 'pboc' | 'baihang', applicant: Applicant, requestNo: string) {
  const { name, idNumber, mobile } = applicant;
  return ports[bureau].report({ requestNo, name, idNumber, mobile, consent });
}

export function bureauContract(world: () => World, withFaults: boolean): void {
  describe.each(['pboc', 'baihang'] as const)('%s port', (bureau) => {
    test('gives a report that the domain accepts as being about the person', async () => {
      const applicant = await world().newApplicant();
      const answer = await ask(world().ports, bureau, applicant, newNumber());
      if (answer.kind !== 'FOUND') throw new Error('no report');
      const parse = bureau === 'pboc' ? parsePbocReport : parseBaihangReport;
      expect(parse(answer.data, applicant)).toMatchObject({ ok: true });
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
