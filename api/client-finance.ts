/** The client's calls of finance beside payouts and loans: payees of entrusted payments, the reconciliation, unmatched money. */
import { type ActOptions, at, type In, type Out, type Wire } from './client-wire.ts';
import type * as entrusted from './schemas/entrusted.ts';
import type * as reconciliation from './schemas/reconciliation.ts';
import type * as unmatched from './schemas/unmatched.ts';

type Payees = Out<typeof entrusted.payeeList>;
type UnmatchedStanding = Out<typeof unmatched.unmatchedStanding>;
type ReconciliationCase = Out<typeof reconciliation.reconciliationCase>;
type Resolution = In<typeof reconciliation.reconciliationResolution>;

export function financeCalls(wire: Wire) {
  return {
    payees: {
      list: (payoutId: string) => wire.get<Payees>(at('payouts', payoutId, '/payees')),
      propose: (payoutId: string, body: In<typeof entrusted.payeeProposal>, o?: ActOptions) =>
        wire.act<Payees>(at('payouts', payoutId, '/payees'), body, o),
      decide: (payoutId: string, body: In<typeof entrusted.payeeDecision>, o?: ActOptions) =>
        wire.act<Payees>(at('payouts', payoutId, '/payees/decide'), body, o),
    },
    unmatchedMoney: {
      propose: (id: string, body: In<typeof unmatched.unmatchedProposal>, o?: ActOptions) =>
        wire.act<UnmatchedStanding>(at('unmatched-money', id, '/propose'), body, o),
      decide: (id: string, body: In<typeof unmatched.unmatchedDecision>, o?: ActOptions) =>
        wire.act<UnmatchedStanding>(at('unmatched-money', id, '/decide'), body, o),
    },
    reconciliations: {
      list: () => wire.get<Out<typeof reconciliation.reconciliationList>>('/v1/reconciliations'),
      run: (day: string, o?: ActOptions) =>
        wire.act<Out<typeof reconciliation.reconciliationBegun>>('/v1/reconciliations', { day }, o),
      cases: (filter: In<typeof reconciliation.reconciliationCaseFilter> = {}) =>
        wire.get<Out<typeof reconciliation.reconciliationCases>>('/v1/reconciliation-cases', {
          ...filter,
        }),
      propose: (id: string, body: Resolution, o?: ActOptions) =>
        wire.act<ReconciliationCase>(at('reconciliation-cases', id, '/propose'), body, o),
      approve: (id: string, body: Resolution, o?: ActOptions) =>
        wire.act<ReconciliationCase>(at('reconciliation-cases', id, '/approve'), body, o),
    },
  };
}
