/** The sandbox's own page: what was asked, what was called back, what is on the books, which faults are in force. */
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { selectPayments } from './bank/payments.ts';
import type { SandboxParts } from './parts.ts';

const ROWS = 50;

type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

/** Everything on one page without scripts or outside assets; it refreshes itself every five seconds. */
export async function statusPage(parts: SandboxParts): Promise<HtmlEscapedString> {
  const sections = [
    faultTable(parts),
    exchangeTable(parts),
    await callbackTable(parts),
    await bookTable(parts),
    await paymentTable(parts),
    personaTable(parts),
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
        <p>Simulated services, not the real interfaces. 模拟服务，非真实接口。
          ${['personas', 'books', 'requests', 'callbacks', 'inbox', 'faults', 'keys'].map((name) => html`<a href="/_admin/${name}">${name}</a> `)}
        </p>
        ${sections}
      </body>
    </html>`;
}

function table(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): Markup {
  return html`<h2>${title}</h2>
    <table>
      <tr>${heads.map((head) => html`<th>${head}</th>`)}</tr>
      ${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}
    </table>`;
}

function faultTable(parts: SandboxParts): Markup {
  const rows = parts.faults
    .list()
    .map((fault) => [fault.service, fault.operation ?? '*', fault.fault, String(fault.fired)]);
  return table('Faults 故障', ['service', 'operation', 'fault', 'fired'], rows);
}

function exchangeTable(parts: SandboxParts): Markup {
  const rows = parts.log
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
    ]);
  return table(
    'Exchanges 请求',
    ['at', 'service', 'operation', 'request', 'result', 'fault', 'ms'],
    rows,
  );
}

async function callbackTable(parts: SandboxParts): Promise<HtmlEscapedString> {
  const found = await parts.database.query<{
    notice_id: string;
    state: string;
    attempts: number;
    last_status: string | null;
  }>('select notice_id, state, attempts, last_status from callbacks order by id desc limit $1', [
    ROWS,
  ]);
  const rows = found.rows.map((row) => [
    row.notice_id,
    row.state,
    String(row.attempts),
    row.last_status ?? '',
  ]);
  return table('Callbacks 回调', ['notice', 'state', 'attempts', 'last answer'], rows);
}

async function bookTable(parts: SandboxParts): Promise<HtmlEscapedString> {
  const found = await parts.database.query<{ number: string; kind: string; balance: number }>(
    `select a.number, a.kind, coalesce(sum(e.amount_fen), 0)::bigint as balance from accounts a
     left join entries e on e.account = a.number where a.kind <> 'CARD' group by a.number order by a.number`,
  );
  return table(
    'Books 账簿',
    ['account', 'kind', 'balance (fen)'],
    found.rows.map((row) => [row.number, row.kind, String(row.balance)]),
  );
}

async function paymentTable(parts: SandboxParts): Promise<HtmlEscapedString> {
  const payments = await selectPayments(parts.database, 'order by received_at desc limit $1', [
    ROWS,
  ]);
  const rows = payments.map((payment) => [
    payment.requestNo,
    payment.kind,
    payment.status,
    String(payment.amountFen),
    payment.reason ?? '',
  ]);
  return table('Payments 支付', ['request', 'kind', 'status', 'fen', 'reason'], rows);
}

function personaTable(parts: SandboxParts): Markup {
  const rows = parts.people
    .personas(parts.clock())
    .map((persona) => [
      persona.key,
      `${persona.titleZh} · ${persona.titleEn}`,
      persona.outcome,
      persona.story,
    ]);
  return table('Personas 人物', ['key', 'title', 'outcome', 'story'], rows);
}
