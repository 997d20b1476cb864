import type { PlantedEvent, UserHistory } from './user-history';

/** A row of an analysis: its columns, in its order. */
export type AnswerRow = Readonly<Record<string, string | number | null>>;

/** Collects users, each once, and then tells the rows. */
export interface Answer {
  visit(history: UserHistory): void;
  /** `lastDay` is the day of the last event of all, since the epoch. */
  rows(lastDay: number): AnswerRow[];
}

/** Groups events by any value that isn't null; the groups' order is their rows' order. */
export function tallied(
  keyOf: (event: PlantedEvent) => unknown,
  rowOf: (tally: Tally, total: number) => AnswerRow,
  order: (a: Tally, b: Tally) => number,
): Answer {
  const tallies = new Map<unknown, Tally>();
  return {
    visit({ user, events }) {
      for (const event of events) {
        const key = keyOf(event);
        if (key !== null) at(tallies, key, () => new Tally(event)).add(user, event);
      }
    },
    rows() {
      const total = [...tallies.values()].reduce((sum, { events }) => sum + events, 0);
      return [...tallies.values()].sort(order).map((tally) => rowOf(tally, total));
    },
  };
}

/** In the order of numbers, or of code units as the engines sort text. */
export function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The value of a key, made if there is none. */
export function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}

/** Counts different users, which works because each is visited once with all of its events. */
export class Users {
  count = 0;
  #last = -1;

  add(user: number): void {
    if (user === this.#last) return;
    this.#last = user;
    this.count++;
  }
}

/** Counts of the events of one group. */
class Tally {
  events = 0;
  ages = 0;
  purchases = 0;
  productViews = 0;
  cartAdds = 0;
  readonly users = new Users();
  readonly buyers = new Users();

  constructor(readonly sample: PlantedEvent) {}

  add(user: number, { age, type, action }: PlantedEvent): void {
    this.events++;
    this.ages += age;
    this.users.add(user);
    if (action === 'product_page') this.productViews++;
    if (action === 'cart_page') this.cartAdds++;
    if (type !== 'purchase') return;
    this.purchases++;
    this.buyers.add(user);
  }
}
