import { probit } from 'simple-statistics';
import { cumulative, draw, pick, quantileTable } from './random';

/** Pages of the shop in the order of the funnel, with search last; a session is a walk over them. */
export const PAGES = ['home_page', 'product_page', 'cart_page', 'checkout_page', 'search_page'] as const;
export type Page = (typeof PAGES)[number];

/** What an event on a page is: this and the walk give the marginals click .6, search .3, purchase .1. */
export const EVENT_TYPE_OF: Readonly<Record<Page, string>> = {
  home_page: 'search',
  product_page: 'click',
  cart_page: 'click',
  checkout_page: 'purchase',
  search_page: 'search',
};

/** Share of each category among the events that have one (all but searches). */
export const CATEGORY_WEIGHTS = {
  electronics: 0.3,
  clothing: 0.2,
  books: 0.2,
  home_appliances: 0.1,
  toys: 0.1,
  other: 0.1,
} as const;

type Weights = Readonly<Partial<Record<Page, number>>>;

/** Where sessions begin. */
export const ENTRY: Weights = { home_page: 0.6, search_page: 0.16, product_page: 0.24 };

/**
 * Where they go next; what is missing to 1 is the chance of leaving, and checkout always leaves. The expected visits per
 * session are home .8, product 1.6, cart .8, checkout .4, search .4: four events, in exactly the proportions .2/.4/.2/.1/.1.
 * The chance from cart to checkout differs by country around this value, which changes no other page's expectation.
 */
export const TRANSITIONS: Readonly<Record<Page, Weights>> = {
  home_page: { search_page: 0.2, product_page: 0.45, cart_page: 0.1 },
  search_page: { product_page: 0.7 },
  product_page: { home_page: 0.1, search_page: 0.05, product_page: 0.375, cart_page: 0.4 },
  cart_page: { home_page: 0.05, product_page: 0.15, cart_page: 0.1, checkout_page: 0.5 },
  checkout_page: {},
};

/** Expected events in a session. */
export const EVENTS_PER_SESSION = 4;

/** Longest session, in seconds, and the longest gap within one: both far inside the 30 minutes that end a session. */
export const MAX_SESSION_S = 90 * 60;
const MAX_GAP_S = 29 * 60;

/** One session: parallel arrays by step, of which the first `length` entries hold. Reused by the next walk. */
export interface Walk {
  length: number;
  readonly pages: Uint8Array;
  /** Index into the categories, or -1. */
  readonly categories: Int8Array;
  readonly times: Float64Array;
}

const MAX_STEPS = 256;
const CATEGORY_SUMS = cumulative(Object.values(CATEGORY_WEIGHTS));
const CHANGE_CATEGORY = 0.3;
const CHECKOUT = PAGES.indexOf('checkout_page');
const CART = PAGES.indexOf('cart_page');
const HAS_CATEGORY = PAGES.map((page) => EVENT_TYPE_OF[page] !== 'search');
const ENTRY_SUMS = cumulative(PAGES.map((page) => ENTRY[page] ?? 0));
const NEXT_SUMS = PAGES.map((page) => runningSums(PAGES.map((next) => TRANSITIONS[page][next] ?? 0)));
/** Log-normal with a median of 45 s and a mean of about 80 s. */
const GAPS_S = quantileTable((p) => Math.min(MAX_GAP_S, Math.max(1, Math.round(45 * Math.exp(1.1 * probit(p))))));

export function newWalk(): Walk {
  return {
    length: 0,
    pages: new Uint8Array(MAX_STEPS),
    categories: new Int8Array(MAX_STEPS),
    times: new Float64Array(MAX_STEPS),
  };
}

/**
 * Walks one session from its start (epoch seconds) into `walk`. `checkoutChance` replaces the chance from cart to checkout
 * (at most .7); `isCheckoutDown` says when checkout fails, which ends the session.
 */
export function walkSession(
  walk: Walk,
  state: number,
  start: number,
  checkoutChance: number,
  isCheckoutDown: (time: number) => boolean,
): void {
  let page = pick(ENTRY_SUMS, draw(state, 0));
  let time = start;
  let category = -1;
  let n = 1;
  walk.length = 0;
  while (walk.length < MAX_STEPS) {
    if (
      HAS_CATEGORY[page] &&
      (category < 0 || (page !== CART && page !== CHECKOUT && draw(state, n++) < CHANGE_CATEGORY))
    )
      category = pick(CATEGORY_SUMS, draw(state, n++));
    walk.pages[walk.length] = page;
    walk.categories[walk.length] = HAS_CATEGORY[page] ? category : -1;
    walk.times[walk.length++] = time;
    page = nextPage(page, draw(state, n++), checkoutChance);
    if (page < 0) return;
    const gap = GAPS_S[Math.floor(draw(state, n++) * 4096)]!;
    time += Math.min(gap, Math.floor((start + MAX_SESSION_S - time) / 2)); // never reaches the longest session
    if (page === CHECKOUT && isCheckoutDown(time)) return;
  }
}

/** The next page, or -1 to leave. */
function nextPage(page: number, u: number, checkoutChance: number): number {
  const sums = NEXT_SUMS[page]!;
  if (page === CART) {
    const others = sums[CART]!;
    if (u >= others) return u < others + checkoutChance ? CHECKOUT : -1;
  }
  for (let next = 0; next < sums.length; next++) if (u < sums[next]!) return next;
  return -1;
}

function runningSums(weights: readonly number[]): number[] {
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    return sum;
  });
}
