/** Forms of the values in environment variables, each with the words that follow the variable's name when it is refused. */
import { z } from 'zod';

export const text = z.string().min(1, 'must not be empty');
export const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
export const port = whole(0, 65_535);

export function whole(least: number, most: number): z.ZodType<number, string> {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message);
}

export function oneOf<const T extends string>(values: readonly T[]): z.ZodType<T, T> {
  return z.enum(values, `must be one of ${values.join(', ')}`);
}

export function list<T>(item: z.ZodType<T, string>): z.ZodType<T[], string> {
  const parts = z.string().transform((all) => all.split(',').map((part) => part.trim()));
  return parts.pipe(z.array(z.string().min(1).pipe(item)).min(1));
}
