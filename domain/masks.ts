/** How personal data is shown to people who do not need it in full (regulation.md §5.2, JR/T 0171-2020 class C2). */

/** Compound surnames that still occur; the mask keeps a surname whole. */
const COMPOUND_SURNAMES = new Set([
  '欧阳',
  '太史',
  '端木',
  '上官',
  '司马',
  '东方',
  '独孤',
  '南宫',
  '夏侯',
  '诸葛',
  '尉迟',
  '公羊',
  '赫连',
  '皇甫',
  '宇文',
  '长孙',
  '慕容',
  '令狐',
  '司徒',
  '司空',
  '轩辕',
  '呼延',
  '闻人',
  '公孙',
  '申屠',
  '澹台',
  '东郭',
  '百里',
]);

/** Keeps the surname: 张伟 → 张*, 欧阳娜娜 → 欧阳**. Counts characters, not code units, so rare names mask rightly. */
export function maskName(name: string): string {
  const characters = Array.from(name.trim());
  if (characters.length <= 1) return '*';
  const compound = characters.length > 2 && COMPOUND_SURNAMES.has(characters.slice(0, 2).join(''));
  const kept = compound ? 2 : 1;
  return characters.slice(0, kept).join('') + '*'.repeat(characters.length - kept);
}

function maskMiddle(text: string, first: number, last: number): string {
  if (text.length <= first + last) return '*'.repeat(text.length);
  return text.slice(0, first) + '*'.repeat(text.length - first - last) + text.slice(-last);
}

/** 11010519491231002X → 110***********002X. */
export function maskIdNumber(idNumber: string): string {
  return maskMiddle(idNumber, 3, 4);
}

/** 13812345678 → 138****5678. */
export function maskMobile(mobile: string): string {
  return maskMiddle(mobile, 3, 4);
}

/** First six and last four digits. */
export function maskCard(card: string): string {
  return maskMiddle(card, 6, 4);
}

/** Keeps an address down to its district; an address without a recognisable division shows its first three characters. */
export function maskAddress(address: string): string {
  const divisions =
    /^(?:[^省市区县]{1,12}?(?:省|自治区|特别行政区))?(?:[^省市区县]{1,12}?(?:市|自治州|地区|盟))?(?:[^省市区县]{1,12}?(?:区|县|旗|市))?/u;
  const kept = divisions.exec(address.trim())?.[0] ?? '';
  return `${kept === '' ? Array.from(address.trim()).slice(0, 3).join('') : kept}****`;
}
