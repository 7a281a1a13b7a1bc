/** The class of every column of payouts, loans, orders to the bank, its statements and the books, read by classes.ts. */
export const MONEY_COLUMNS = {
  payouts: {
    C1: 'id application_id contract_id attempt request_no amount_fen state releases_needed first_released_by first_released_at released_by retry_proposed_by retry_approved_by bank_reference failure_code created_at sent_at settled_at returned_at return_reference payee_id tranche principal_fen',
    sealedC2: 'sealed_account',
  },
  tranches: {
    C1: 'contract_id application_id number principal_fen advanced_fen earliest_on state given_up_by given_up_as given_up_reason given_up_at created_at',
  },
  entrusted_payees: {
    C1: 'id application_id evidence_kind evidence_sm3 reason state proposed_by proposed_at decided_by decided_at',
    sealedC2: 'sealed_payee',
  },
  payout_checks: { C1: 'id payout_id outcome codes checked_at' },
  bank_statements: {
    C1: 'id day sm3 line_count in_fen out_fen final fetched_at',
    sealedC2: 'sealed_lines',
  },
  bank_statement_lines: {
    C1: 'statement_id number flow direction amount_fen bank_reference request_no loan_reference outcome our_source our_id',
  },
  reconciliation_runs: { C1: 'id day statement_id counts at' },
  reconciliation_cases: {
    C1: 'id day kind key why our_source our_id our_fen their_fen bank_reference request_no loan_reference owner state action reason proposed_by proposed_at approved_by approved_at opened_at resolved_at',
  },
  payout_retries: {
    C1: 'payout_id action proposed_by reason approved_by proposed_at approved_at',
  },
  loans: {
    C1: 'id application_id payout_id number principal_fen annual_rate term_months method disbursed_on state days_past_due version settled_at created_at serviced_to unapplied_fen schedule_version settled_reason tranche',
  },
  instalments: {
    C1: 'loan_id number due_date principal_fen interest_fen fee_fen paid_principal_fen paid_interest_fen paid_fee_fen accrued_on payable_until penalty_fen paid_penalty_fen principal_fen_days interest_fen_days',
  },
  repayments: {
    C1: 'notice_id loan_id bank_reference amount_fen allocations unallocated_fen received_on value_on recorded_at',
  },
  schedule_versions: { C1: 'loan_id version reason state effective_on cause recorded_at' },
  schedule_lines: { C1: 'loan_id version number due_date principal_fen interest_fen fee_fen' },
  penalty_accruals: {
    C1: 'loan_id number from_day until_day principal_fen interest_fen annual_rate charged_fen recorded_at',
  },
  penalty_recounts: {
    C1: 'loan_id number notice_id from_day until_day taken_back_fen recorded_at',
  },
  prepayments: {
    C1: 'id loan_id kind amount_fen choice state asked_by cause asked_on valid_until schedule_version recorded_at closed_at',
  },
  reschedules: {
    C1: 'id loan_id kind months reason state proposed_by decided_by cause schedule_version proposed_at decided_at',
  },
  bank_orders: {
    C1: 'request_no loan_id kind step amount_fen state reason proposed_by decided_by bank_reference failure_code ordered_on recorded_at sent_at settled_at',
  },
  unmatched_money: {
    C1: 'notice_id loan_id cause amount_fen bank_reference state recorded_at action assigned_loan_id request_no reason proposed_by proposed_at decided_by decided_at sent_at refund_reference failure_code closed_at',
    sealedC2: 'sealed_payee',
  },
  ledger_accounts: { NONE: 'code name_zh name_en kind normal_side' },
  ledger_journals: {
    C1: 'id event event_key loan_id reverses_id occurred_on posted_on period recorded_at xid',
  },
  ledger_lines: { C1: 'journal_id line account amount_fen' },
  ledger_periods: { C1: 'month proposed_by proposed_at closed_by closed_at' },
  ledger_findings: { C1: 'id kind subject_id loan_id figures found_at seen_at gone_at' },
} as const;
