/**
 * No personal data reaches a log line, whichever way it got there.
 */
import { describe, expect, it } from 'vitest';
import { createLogger, type Logger } from '../../platform/log.ts';
import { scrubText } from '../../platform/scrub.ts';

function capture(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return {
    log: createLogger('api', { logLevel: 'info', environment: 'test' }, destination),
    lines,
  };
}

const MOBILE = '13800138000';
const ID = '11010119900307001X';
const CARD = '6222021234567890123';

describe('a log line', () => {
  it('holds no id number, mobile or card number, from fields, messages, placeholders, errors or bindings', () => {
    const { log, lines } = capture();
    log.info({ note: `id${ID}号`, nested: { list: [`tel +86 ${MOBILE}`] } }, `card ${CARD}`);
    log.warn('mobile %s of %s', MOBILE, ID);
    log.error(new Error(`no account ${CARD}`));
    log.error({ err: new Error(`no person ${ID}`) }, 'failed');
    log.child({ who: MOBILE, mobile: 'x' }).info('from a child');
    const all = lines.join('');
    expect(lines).toHaveLength(5);
    for (const secret of [MOBILE, ID, ID.slice(0, 17), CARD]) expect(all).not.toContain(secret);
    expect(all).toContain('id[id number][chinese]');
    expect(all).toContain('[mobile]');
    expect(all).toContain('card [card number]');
  });

  it('masks private fields by name whatever they hold, and keeps ids and numbers', () => {
    const { log, lines } = capture();
    const at = 1_770_000_000_000;
    log.child({ loanId: 'L1' }).info({ id_number: 5, holderName: '王芳', idNo: null, at }, 'kept');
    const line: unknown = JSON.parse(lines[0] ?? '');
    expect(line).toMatchObject({
      id_number: '[masked]',
      holderName: '[masked]',
      idNo: '[masked]',
      loanId: 'L1',
      at,
      message: 'kept',
      'log.level': 'info',
      'service.name': 'api',
    });
    expect(line).toHaveProperty('@timestamp');
    expect(line).toHaveProperty(['ecs.version']);
  });

  it('is one line of JSON even for odd values', () => {
    const { log, lines } = capture();
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    log.info({ loop, bytes: Buffer.from('x'), nothing: undefined, big: 'a\nb' }, 'odd');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.match(/\n/g)).toHaveLength(1);
  });
});

describe('the scrubber', () => {
  it('finds numbers between letters, in groups and with a country code, and leaves dates and amounts alone', () => {
    expect(scrubText(`证件${ID}。`)).toBe('[chinese][id number]。');
    expect(scrubText('6222 0212 3456 7890 123')).toBe('[card number]');
    expect(scrubText('6222-0212-3456-7890')).toBe('[card number]');
    expect(scrubText('+8613800138000')).toBe('[mobile]');
    const plain = '2026-06-01T10:00:00.000Z 1234567890 12800138000 550e8400-e29b-41d4';
    expect(scrubText(plain)).toBe(plain);
  });
});
