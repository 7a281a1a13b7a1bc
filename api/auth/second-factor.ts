/** Whether an identity provider's token shows a second factor (GB/T 22239-2019 8.1.4.1 d). */
import { z } from 'zod';

/** Values of `acr` or `amr` any of which means that two factors were shown (OpenID Connect Core §2, RFC 8176). */
export interface SecondFactorRule {
  readonly acr: readonly string[];
  readonly amr: readonly string[];
}

const claims = z.object({
  acr: z.string().optional().catch(undefined),
  amr: z.array(z.string()).optional().catch(undefined),
});

/** The value that showed the second factor, or null when none did. */
export function secondFactorOf(rule: SecondFactorRule, payload: unknown): string | null {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) return null;
  const { acr, amr = [] } = parsed.data;
  if (acr !== undefined && rule.acr.includes(acr)) return acr;
  return amr.find((method) => rule.amr.includes(method)) ?? null;
}
