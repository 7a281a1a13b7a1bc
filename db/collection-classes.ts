/** The class of every column of bad loans, of balances and of metrics, read by classes.ts: figures, codes and names of colleagues, no person's data. */
export const COLLECTION_COLUMNS = {
  loan_standings: {
    C1: 'loan_id tier tier_since days_past_due worst_days_past_due first_days_past_due first_due arrears_seen_on closed_on written_off_on written_off_fen written_off_principal_fen',
  },
  loan_acts: {
    C1: 'id loan_id kind event to_tier reason state refusal proposed_by decided_by proposed_at decided_at carried_out_at',
  },
  loan_class_changes: { C1: 'id loan_id from_tier to_tier act_id on_day recorded_at' },
  contact_attempts: {
    C1: 'id loan_id channel target line purpose people recorded night_consent begun_by begun_at',
  },
  contact_outcomes: { C1: 'attempt_id outcome told_by told_at' },
  contact_stops: {
    C1: 'id loan_id cause reason stopped_by stopped_at lifted_by lifted_reason lifted_at',
  },
  contact_history: { C1: 'person_id id loan_id channel target line begun_at outcome' },
  contact_stops_open: { C1: 'person_id loan_id cause' },
  book_closes: {
    NONE: 'day month_end loans principal_fen ledger_principal_fen differing buckets times taken_at',
  },
  loan_month_ends: {
    C1: 'month_end loan_id cohort mob disbursed_fen principal_fen overdue_fen days_past_due bucket tier first_due first_days_past_due written_off_on written_off_fen ever30_fen ever90_fen',
  },
  loan_days: { NONE: 'day loans principal_fen' },
  ledger_days: { NONE: 'day event account amount_fen journals' },
  loan_balances: { C1: 'loan_id fee_fen penalty_fen interest_fen principal_fen unapplied_fen' },
  loan_ledger_balances: {
    C1: 'loan_id fee_fen penalty_fen interest_fen principal_fen unapplied_fen',
  },
} as const;
