/** What unmasking takes and gives. */
import { z } from '@hono/zod-openapi';
import { UNMASK_FIELDS, UNMASK_PURPOSES } from '../../domain/unmask.ts';

const fields = z.array(z.enum(UNMASK_FIELDS)).min(1).max(UNMASK_FIELDS.length);
const purpose = z.enum(UNMASK_PURPOSES);

export const unmasking = z.strictObject({ fields, purpose }).openapi('Unmasking');

export const unmaskingGranted = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    fields,
    purpose,
    expiresAt: z.iso.datetime({ offset: true }),
  })
  .openapi('UnmaskingGranted');
