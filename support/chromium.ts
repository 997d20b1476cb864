import { existsSync, readFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Nothing that looks for hosts of its maker, and nothing that needs a screen. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether Chromium is installed. In continuous integration it must be: throws if it is not. */
export function hasChromium(): boolean {
  if (existsSync(CHROMIUM)) return true;
  const message = `${CHROMIUM} is missing: install Debian's package chromium, or set CHROMIUM to the path of another one`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return false;
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** Waits until each visual of a page has what it asked for. */
export async function isComplete(page: Page): Promise<void> {
  await page.locator('.card').first().waitFor();
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
}

/** What the screen reader says has the focus. */
export async function focusOf(page: Page): Promise<string> {
  return String(await page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.textContent'));
}

/** Goes on by the tabulator until something has the focus, told by how its name begins. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let n = 0; n < 80; n++) {
    await page.keyboard.press('Tab');
    if ((await focusOf(page)).startsWith(name)) return;
  }
  throw new Error(`the tabulator does not lead to ${name}`);
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds serious or worse in a page. */
export async function violationsOf(page: Page): Promise<unknown> {
  await page.evaluate(AXE);
  return page.evaluate(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))]))`);
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What of a page has no room, in words. */
export async function crampedOf(page: Page): Promise<readonly string[]> {
  const { width, wide, cards, cut } = (await page.evaluate(LAYOUT)) as {
    readonly width: number;
    readonly wide: number;
    readonly cards: readonly (Box & { readonly id: string })[];
    readonly cut: readonly string[];
  };
  return [
    ...(wide > width ? [`the page is ${wide} wide`] : []),
    ...cards.filter(({ left, right }) => left < 0 || right > width).map(({ id }) => `${id} leaves the window`),
    ...cards.filter(({ top, bottom }) => bottom - top < 90).map(({ id }) => `${id} is flat`),
    ...cards.flatMap((card, n) =>
      cards.slice(n + 1).flatMap((other) => (isApart(card, other) ? [] : [`${card.id} is on ${other.id}`])),
    ),
    ...cut.map((text) => `${text} is cut`),
  ];
}

/** Names beside movers may end in dots: all else that is text is whole, but for what scrolls. */
const LAYOUT = `({
  width: innerWidth,
  wide: document.documentElement.scrollWidth,
  cards: [...document.querySelectorAll('.card')].map((card) => {
    const { left, right, top, bottom } = card.getBoundingClientRect();
    return { id: card.dataset.visual, left, right, top, bottom };
  }),
  cut: [...document.querySelectorAll('.card h2, .value, .name, .count, .share')]
    .filter((text) => text.textContent && (text.clientWidth < text.scrollWidth || text.clientHeight < 9
      || text.closest('.card').getBoundingClientRect().bottom < text.getBoundingClientRect().bottom))
    .map((text) => text.closest('.card').dataset.visual + ': ' + text.textContent),
})`;

function isApart(a: Box, b: Box): boolean {
  return a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
}
