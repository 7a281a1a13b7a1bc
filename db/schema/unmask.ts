/** Rows of unmasking: grants to see fields of an application in clear for a short time. */
export interface UnmaskGrantRow {
  id: string;
  application_id: string;
  subject: string;
  role: string;
  fields: string[];
  purpose: string;
  granted_at: Date;
  expires_at: Date;
}
