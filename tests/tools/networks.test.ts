/** A list of networks is read whole or refused with the line that does not fit. */
import { describe, expect, it } from 'vitest';
import { readNetworks } from '../../tools/networks.ts';

const HEAD = 'range,kind,region,latitude,longitude';

describe('a list of networks', () => {
  it('is read with both families and whatever the line ends are', () => {
    const text = `\uFEFF${HEAD}\r\n203.0.113.0/24, VPN ,CN-44,22.5,114.1\r\n2001:db8::/32,ACCESS,CN-23,45.8,126.5\n`;
    expect(readNetworks(text)).toEqual([
      { range: '203.0.113.0/24', kind: 'VPN', region: 'CN-44', latitude: 22.5, longitude: 114.1 },
      { range: '2001:db8::/32', kind: 'ACCESS', region: 'CN-23', latitude: 45.8, longitude: 126.5 },
    ]);
  });

  it.each([
    '203.0.113.0,VPN,R,1,1',
    '203.0.113.0/33,VPN,R,1,1',
    '203.0.113.0/24,OTHER,R,1,1',
    '203.0.113.0/24,VPN,R,91,1',
    '203.0.113.0/24,VPN,R,,1',
    '203.0.113.0/24,VPN,,1,1',
    '203.0.113.0/24,VPN,R,1,1,more',
    '',
  ])('is refused whole for the line %j, which is named', (line) => {
    const text = [HEAD, '198.51.100.0/24,VPN,R,1,1', line, '192.0.2.0/24,VPN,R,1,1'].join('\n');
    expect(() => readNetworks(text)).toThrow('Line 3 ');
  });

  it('is refused without its head line, and when it is empty', () => {
    expect(() => readNetworks('203.0.113.0/24,VPN,R,1,1')).toThrow(HEAD);
    expect(() => readNetworks(`${HEAD}\n`)).toThrow('no network');
  });
});
