/** The sandbox's own page: what was asked, what was called back, what is on the books, which faults are in force. */
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { selectPayments } from './bank/payments.ts';
import type { SandboxParts } from './parts.ts';

const ROWS = 50;

/** Everything on one page without scripts or outside assets; it refreshes itself every five seconds. */
export async function statusPage(parts: SandboxParts): Promise<HtmlEscapedString> {
  const balances = await parts.database.query<{ number: string; kind: string; balance: number }>(
    `select a.number, a.kind, coalesce(sum(e.amount_fen), 0)::bigint as balance from accounts a
     left join entries e on e.account = a.number where a.kind <> 'CARD' group by a.number order by a.number`,
  );
  const callbacks = await parts.database.query<{
    notice_id: string;
    state: string;
    attempts: number;
    last_status: string | null;
  }>('select notice_id, state, attempts, last_status from callbacks order by id desc limit $1', [
    ROWS,
  ]);
  const payments = await selectPayments(parts.database, 'order by received_at desc limit $1', [
    ROWS,
  ]);
  const personas = parts.people.personas(parts.clock());
  const sections = [
    table(
      'Faults 故障',
      ['service', 'operation', 'fault', 'fired'],
      parts.faults
        .list()
        .map((fault) => [fault.service, fault.operation ?? '*', fault.fault, String(fault.fired)]),
    ),
    table(
      'Exchanges 请求',
      ['at', 'service', 'operation', 'request', 'result', 'fault', 'ms'],
      parts.log
        .list()
        .slice(0, ROWS)
        .map((exchange) => [
          exchange.at,
          exchange.service,
          exchange.operation,
          exchange.requestNo ?? '',
          exchange.result,
          exchange.fault ?? '',
          String(exchange.tookMs),
        ]),
    ),
    table(
      'Callbacks 回调',
      ['notice', 'state', 'attempts', 'last answer'],
      callbacks.rows.map((row) => [
        row.notice_id,
        row.state,
        String(row.attempts),
        row.last_status ?? '',
      ]),
    ),
    table(
      'Books 账簿',
      ['account', 'kind', 'balance (fen)'],
      balances.rows.map((row) => [row.number, row.kind, String(row.balance)]),
    ),
    table(
      'Payments 支付',
      ['request', 'kind', 'status', 'fen', 'reason'],
      payments.map((payment) => [
        payment.requestNo,
        payment.kind,
        payment.status,
        String(payment.amountFen),
        payment.reason ?? '',
      ]),
    ),
    table(
      'Personas 人物',
      ['key', 'title', 'outcome', 'story'],
      personas.map((persona) => [
        persona.key,
        `${persona.titleZh} · ${persona.titleEn}`,
        persona.outcome,
        persona.story,
      ]),
    ),
  ];
  return html`<!doctype html>
    <html lang="zh">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="refresh" content="5" />
        <title>Xindai sandbox</title>
        <style>
          body { font: 14px/1.5 sans-serif; margin: 2rem; max-width: 80rem; }
          table { border-collapse: collapse; width: 100%; margin-bottom: 2rem; }
          th, td { border-bottom: 1px solid #ddd; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
        </style>
      </head>
      <body>
        <h1>The outside world 外部世界</h1>
        <p>Simulated services, not the real interfaces. <a href="/_admin/personas">personas</a> · <a href="/_admin/books">books</a> · <a href="/_admin/requests">requests</a> · <a href="/_admin/callbacks">callbacks</a> · <a href="/_admin/inbox">inbox</a></p>
        ${sections}
      </body>
    </html>` as HtmlEscapedString | Promise<HtmlEscapedString>;
}

function table(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): HtmlEscapedString | Promise<HtmlEscapedString> {
  return html`<h2>${title}</h2>
    <table>
      <tr>${heads.map((head) => html`<th>${head}</th>`)}</tr>
      ${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}
    </table>`;
}
