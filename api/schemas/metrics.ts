/** Overdue metrics as they are asked for and given: figures in fen, shares in percent, with the definitions beside them. */
import { z } from '@hono/zod-openapi';
import { DEFINITIONS, type DefinitionCode } from '../../domain/metrics.ts';
import { TIERS } from '../../domain/classification.ts';
import { amountFen, askedDay, askedMonth, day } from './common.ts';

const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);
/** A share in percent with four decimals; null where nothing is there to be a share of. */
const percent = z.string().nullable();
const count = z.number().int().nonnegative();

const codes = Object.keys(DEFINITIONS) as [DefinitionCode, ...DefinitionCode[]];
const definitions = z.array(z.object({ code: z.enum(codes), zh: z.string(), en: z.string() }));

/** The month whose end is meant; the newest that was taken unless told. */
export const monthQuery = z.object({ month: askedMonth.optional() });

/** Cohorts by the month of the payout, and the month from whose end they are seen. */
export const cohortQuery = monthQuery.extend({
  from: askedMonth.optional(),
  to: askedMonth.optional(),
});

export const spanOfDays = z.object({ from: askedDay.optional(), to: askedDay.optional() });

const totals = { loans: count, principalFen: amountFen, overdueFen: amountFen };
const shares = { byBalance: percent, byCount: percent, byOverdueAmount: percent };

export const overdueView = z
  .object({
    monthEnd: day,
    loans: count,
    principalFen: amountFen,
    rates: z.array(z.object({ moreThanDays: count, ...totals, ...shares })),
    buckets: z.array(z.object({ bucket: z.string(), ...totals, byBalance: percent })),
    tiers: z.array(z.object({ tier: z.enum(TIERS), ...totals, byBalance: percent })),
    nonPerforming: z.object({ loans: count, principalFen: amountFen, byBalance: percent }),
    chargeOff: z.object({
      openingFen: amountFen,
      writtenOffFen: amountFen,
      recoveredFen: amountFen,
      percent,
    }),
    definitions,
  })
  .openapi('OverdueMetrics');

export const rollView = z
  .object({
    monthEnd: day,
    monthEndBefore: day,
    rates: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        beforeFen: amountFen,
        enteredFen: amountFen,
        percent,
      }),
    ),
    flows: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        loans: count,
        beforeFen: amountFen,
        nowFen: amountFen,
      }),
    ),
    definitions,
  })
  .openapi('RollRates');

export const vintageView = z
  .object({
    monthEnd: day,
    cells: z.array(
      z.object({
        cohort: month,
        mob: count,
        loans: count,
        disbursedFen: amountFen,
        current30Fen: amountFen,
        current30: percent,
        current90Fen: amountFen,
        current90: percent,
        ever30Fen: amountFen,
        ever30: percent,
        ever90Fen: amountFen,
        ever90: percent,
        writtenOffFen: amountFen,
      }),
    ),
    definitions,
  })
  .openapi('VintageTable');

export const firstPaymentView = z
  .object({
    monthEnd: day,
    cells: z.array(
      z.object({
        cohort: month,
        days: count,
        loans: count,
        defaulted: count,
        byCount: percent,
        disbursedFen: amountFen,
        defaultedFen: amountFen,
        byAmount: percent,
      }),
    ),
    definitions,
  })
  .openapi('FirstPaymentDefault');

export const disbursementView = z
  .object({
    from: day,
    to: day,
    days: z.array(
      z.object({
        day,
        payouts: count,
        principalFen: amountFen,
        returned: count,
        returnedFen: amountFen,
      }),
    ),
    definitions,
  })
  .openapi('DisbursementDays');
