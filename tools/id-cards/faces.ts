/** Draws synthetic identity cards and business licences, flat and clean, in the layout of the real ones. */
import { createRequire } from 'node:module';
import { type Canvas, createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { normal, type Random } from '../scorecard-fit/random.ts';
import type { CardTruth, LicenceTruth } from './people.ts';
import { pick } from './people.ts';

/** Pixels of a drawn card: 85.6 × 54 mm at 300 dpi. */
export const CARD = { width: 1012, height: 638 } as const;
const LICENCE = { width: 1500, height: 1060 } as const;

const require = createRequire(import.meta.url);
const NOTO = '@expo-google-fonts/noto-sans-sc';
let registered: readonly string[] | undefined;

/** Faces that print like a card's: three weights of Noto Sans SC, and Noto Sans and Serif CJK where they are installed. */
function fontFamilies(): readonly string[] {
  if (registered !== undefined) return registered;
  for (const weight of ['400Regular', '500Medium', '300Light']) {
    const path = require.resolve(`${NOTO}/${weight}/NotoSansSC_${weight}.ttf`);
    GlobalFonts.registerFromPath(path, `Card ${weight}`);
  }
  const system = ['Noto Sans CJK JP', 'Noto Serif CJK JP'].filter((family) =>
    GlobalFonts.has(family),
  );
  registered = ['Card 400Regular', 'Card 500Medium', 'Card 300Light', ...system];
  return registered;
}

/** Figures of a card have an open zero, and letters of even breadth; no OCR-B is at hand, so these stand in for it. */
const figures = (random: Random): string =>
  pick(random, ['bold 40px "DejaVu Sans"', '42px "Card 500Medium"', '42px "Card 400Regular"']);

/** Fine wavy lines in pale colours, such as every card has under its print. */
function guilloche(context: SKRSContext2D, random: Random, width: number, height: number): void {
  const ground = context.createLinearGradient(0, 0, width, height);
  ground.addColorStop(0, '#e3edf3');
  ground.addColorStop(0.5, '#f0e9ee');
  ground.addColorStop(1, '#dfeaf0');
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);
  context.lineWidth = 1;
  for (let line = 0; line < 46; line += 1) {
    const tint = 185 + Math.floor(random() * 35);
    context.strokeStyle = `rgb(${tint},${tint + 12},${tint + 18})`;
    context.beginPath();
    const [base, phase, swing] = [random() * height, random() * 6, 6 + random() * 26];
    for (let x = 0; x <= width; x += 8) context.lineTo(x, base + swing * Math.sin(x / 70 + phase));
    context.stroke();
  }
}

/** A head and shoulders in grey, where the photograph is. */
function portrait(context: SKRSContext2D, random: Random): void {
  const tone = 60 + Math.floor(random() * 60);
  context.fillStyle = `rgb(${tone},${tone - 8},${tone - 12})`;
  context.beginPath();
  context.ellipse(790, 350, 120, 95, 0, Math.PI, 0);
  context.rect(670, 350, 240, 120);
  context.fill();
  context.fillStyle = `rgb(${tone + 110},${tone + 85},${tone + 70})`;
  context.beginPath();
  context.ellipse(790, 215, 72, 92, 0, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = '#221d1c';
  context.beginPath();
  context.ellipse(790, 160, 76, 52, 0, Math.PI, 0);
  context.fill();
}

function begin(random: Random, size: { readonly width: number; readonly height: number }) {
  const canvas = createCanvas(size.width, size.height);
  const context = canvas.getContext('2d');
  guilloche(context, random, size.width, size.height);
  context.textBaseline = 'alphabetic';
  const family = pick(random, fontFamilies());
  const ink = Math.floor(25 + random() * 35);
  const label = (text: string, x: number, y: number, px = 24): void => {
    context.font = `${px}px "${family}"`;
    context.fillStyle = '#2f6f9b';
    context.fillText(text, x, y);
  };
  const value = (text: string, x: number, y: number, px = 31): void => {
    context.font = `${px}px "${family}"`;
    context.fillStyle = `rgb(${ink},${ink},${ink + 6})`;
    context.fillText(text, x, y);
  };
  return { canvas, context, label, value };
}

/** Prints vary by a pixel or two from card to card. */
const shift = (random: Random): number => Math.max(-4, Math.min(4, normal(random) * 1.5));

/** The side with the portrait. */
export function drawFront(truth: CardTruth, random: Random): Canvas {
  const { canvas, context, label, value } = begin(random, CARD);
  const [dx, dy] = [shift(random), shift(random)];
  portrait(context, random);
  label('姓 名', 76 + dx, 106 + dy);
  value(truth.name, 176 + dx, 108 + dy, 36);
  label('性 别', 76 + dx, 180 + dy);
  value(truth.sex, 176 + dx, 181 + dy);
  label('民 族', 286 + dx, 180 + dy);
  value(truth.nation, 386 + dx, 181 + dy);
  label('出 生', 76 + dx, 252 + dy);
  const [year = '', month = '', day = ''] = truth.birthDate.split('-');
  value(year, 176 + dx, 253 + dy);
  label('年', 262 + dx, 252 + dy);
  value(String(Number(month)), 306 + dx, 253 + dy);
  label('月', 352 + dx, 252 + dy);
  value(String(Number(day)), 396 + dx, 253 + dy);
  label('日', 442 + dx, 252 + dy);
  label('住 址', 76 + dx, 326 + dy);
  const characters = Array.from(truth.address);
  for (let line = 0; line * 13 < characters.length; line += 1) {
    const text = characters.slice(line * 13, line * 13 + 13).join('');
    value(text, 176 + dx, 328 + dy + line * 45, 32);
  }
  label('公民身份号码', 76 + dx, 556 + dy, 26);
  context.font = figures(random);
  context.fillStyle = '#1d1d22';
  context.letterSpacing = '7px';
  context.fillText(truth.number, 330 + dx, 560 + dy);
  context.letterSpacing = '0px';
  return canvas;
}

const dots = (day: string): string => day.replaceAll('-', '.');

/** The side with the emblem. */
export function drawBack(truth: CardTruth, random: Random): Canvas {
  const { canvas, context, label, value } = begin(random, CARD);
  const [dx, dy] = [shift(random), shift(random)];
  context.fillStyle = '#b3242a';
  context.beginPath();
  context.ellipse(150, 160, 84, 92, 0, 0, 2 * Math.PI);
  context.fill();
  value('中华人民共和国', 330 + dx, 140 + dy, 58);
  value('居民身份证', 340 + dx, 250 + dy, 78);
  label('签发机关', 264 + dx, 482 + dy, 27);
  value(truth.issuer, 404 + dx, 484 + dy, 31);
  label('有效期限', 264 + dx, 560 + dy, 27);
  const until = truth.until === null ? '长期' : dots(truth.until);
  value(`${dots(truth.from)}-${until}`, 404 + dx, 562 + dy, 31);
  return canvas;
}

/** A business licence, landscape. */
export function drawLicence(truth: LicenceTruth, random: Random): Canvas {
  const { canvas, label, value } = begin(random, LICENCE);
  value('营业执照', 560, 190, 96);
  label('统一社会信用代码', 130, 270, 28);
  value(truth.code, 130, 312, 34);
  const [year = '', month = '', day = ''] = truth.foundedOn.split('-');
  const rows: readonly (readonly [string, string])[] = [
    ['名        称', truth.name],
    ['类        型', truth.type],
    ['法定代表人', truth.representative],
    ['注册资本', truth.capital],
    ['成立日期', `${year}年${month}月${day}日`],
    ['住        所', truth.address],
  ];
  rows.forEach(([name, text], row) => {
    label(name, 150, 420 + row * 88, 32);
    value(text, 380, 421 + row * 88, 34);
  });
  return canvas;
}
