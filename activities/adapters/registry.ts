/** The registry port over the gateway: sanctions screening and court records. */
import { z } from 'zod';
import type { RegistryPort } from '../ports/registry.ts';
import type { Gateway } from './gateway.ts';
import { requireSubject, subjectForm, toPortAnswer } from './reading.ts';

const SERVICE = 'registry';

const sanctionsForm = z.object({
  subject: subjectForm,
  hits: z.array(z.object({ list: z.string(), note: z.string() })),
});

const courtForm = z.object({
  subject: subjectForm,
  cases: z.array(z.object({ caseNo: z.string(), kind: z.string(), closed: z.boolean() })),
});

export function createRegistryAdapter(gateway: Gateway): RegistryPort {
  return {
    async sanctions(request) {
      const body = { name: request.name, idNumber: request.idNumber };
      const options = { signal: request.signal, sealedAnswer: true };
      const answer = await gateway.call(SERVICE, 'sanctions', request.requestNo, body, options);
      return toPortAnswer(SERVICE, 'sanctions', answer, sanctionsForm, (data) => {
        requireSubject(SERVICE, 'sanctions', request, data.subject);
        return data.hits.map(({ list, note }) => ({ list, reason: note }));
      });
    },
    async court(request) {
      const body = { name: request.name, idNumber: request.idNumber };
      const options = { signal: request.signal, sealedAnswer: true };
      const answer = await gateway.call(SERVICE, 'court', request.requestNo, body, options);
      return toPortAnswer(SERVICE, 'court', answer, courtForm, (data) => {
        requireSubject(SERVICE, 'court', request, data.subject);
        return data.cases.map(({ caseNo, kind, closed }) => ({
          caseNumber: caseNo,
          kind,
          open: !closed,
        }));
      });
    },
  };
}
