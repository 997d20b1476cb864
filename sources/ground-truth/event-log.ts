import type { Country } from '../../schema/countries';
import { mix } from '../simulator/random';
import type { SimulatedEvent } from '../simulator/simulation';

/** What the log keeps of an event. */
export interface LoggedEvent {
  readonly time: number;
  readonly type: string;
  readonly action: string;
  readonly category: string | null;
  readonly country: Country;
  readonly age: number;
}

/** Events by user, at 16 bytes an event and 12 to 36 a user; takes simulated events only, whose user ids are ten letters. */
export class EventLog {
  #size = 0;
  #times = new Uint32Array(1024);
  #users = new Uint32Array(1024);
  /** Everything else of an event: numbers of the values below, in 29 bits. */
  #details = new Uint32Array(1024);
  readonly #types = new Vocabulary<string>(3);
  readonly #actions = new Vocabulary<string>(4);
  readonly #categories = new Vocabulary<string | null>(5);
  readonly #ages = new Vocabulary<number>(8);
  readonly #userNumbers = new UserNumbers();
  readonly #codes = new Vocabulary<string>(9);
  #lastUser = '';
  #lastNumber = 0;

  constructor(private readonly countries: readonly Country[]) {
    for (const { code } of countries) this.#codes.numberOf(code);
  }

  add(event: SimulatedEvent): void {
    if (this.#size === this.#times.length) this.#grow();
    if (event.user_id !== this.#lastUser) {
      this.#lastUser = event.user_id;
      this.#lastNumber = this.#userNumbers.numberOf(event.user_id);
    }
    this.#times[this.#size] = event.timestamp;
    this.#users[this.#size] = this.#lastNumber;
    this.#details[this.#size++] = this.#packed(event);
  }

  /** Each user's events in the order of time, one user after the other. */
  *byUser(): Generator<LoggedEvent[]> {
    const [ends, order] = this.#grouped();
    let start = 0;
    for (const end of ends) {
      const events: LoggedEvent[] = [];
      for (let n = start; n < end; n++) events.push(this.#event(order[n]!));
      if (events.length > 1) events.sort((a, b) => a.time - b.time);
      yield events;
      start = end;
    }
  }

  /** Epoch seconds of the first and the last event, or undefined. */
  span(): [first: number, last: number] | undefined {
    if (this.#size === 0) return undefined;
    const times = this.#times.subarray(0, this.#size);
    return [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  }

  /** Counting sort: where each user's events end, and the events' positions grouped by user. */
  #grouped(): [ends: Uint32Array, order: Uint32Array] {
    const ends = new Uint32Array(this.#userNumbers.size);
    for (let n = 0; n < this.#size; n++) ends[this.#users[n]!]!++;
    for (let user = 1; user < ends.length; user++) ends[user]! += ends[user - 1]!;
    const order = new Uint32Array(this.#size);
    const next = ends.slice();
    for (let n = this.#size - 1; n >= 0; n--) order[--next[this.#users[n]!]!] = n;
    return [ends, order];
  }

  #packed({ event_type, user_action, product_category, location, user_age }: SimulatedEvent): number {
    const country = this.#codes.numberOf(location!);
    if (country >= this.countries.length) throw new Error(`"${location}" is not the code of a country`);
    let packed = this.#types.numberOf(event_type);
    packed = (packed << 4) | this.#actions.numberOf(user_action);
    packed = (packed << 5) | this.#categories.numberOf(product_category);
    packed = (packed << 8) | this.#ages.numberOf(user_age!);
    return (packed << 9) | country;
  }

  #event(n: number): LoggedEvent {
    const packed = this.#details[n]!;
    return {
      time: this.#times[n]!,
      type: this.#types.values[packed >>> 26]!,
      action: this.#actions.values[(packed >>> 22) & 15]!,
      category: this.#categories.values[(packed >>> 17) & 31]!,
      country: this.countries[packed & 511]!,
      age: this.#ages.values[(packed >>> 9) & 255]!,
    };
  }

  #grow(): void {
    this.#times = doubled(this.#times, Uint32Array);
    this.#users = doubled(this.#users, Uint32Array);
    this.#details = doubled(this.#details, Uint32Array);
  }
}

/** Numbers values in the order in which they come, up to a number of bits. */
class Vocabulary<T> {
  readonly values: T[] = [];
  readonly #numbers = new Map<T, number>();

  constructor(private readonly bits: number) {}

  numberOf(value: T): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    if (this.values.length === 2 ** this.bits) throw new Error(`more than ${this.values.length} values, with ${value}`);
    this.#numbers.set(value, this.values.length);
    return this.values.push(value) - 1;
  }
}

/** Numbers users in the order in which they come: open addressing, because a Map holds at most 2^24 of them at ten times the size. */
class UserNumbers {
  size = 0;
  #slots = new Int32Array(2048).fill(-1);
  #ids = new Float64Array(1024);

  numberOf(userId: string): number {
    const id = base26(userId);
    const slot = this.#slotOf(id);
    const known = this.#slots[slot]!;
    if (known >= 0) return known;
    if (this.size === this.#ids.length) {
      this.#ids = doubled(this.#ids, Float64Array);
      this.#slots = new Int32Array(2 * this.#ids.length).fill(-1);
      for (let n = 0; n < this.size; n++) this.#slots[this.#slotOf(this.#ids[n]!)] = n;
    }
    this.#ids[this.size] = id;
    this.#slots[this.#slotOf(id)] = this.size;
    return this.size++;
  }

  /** The slot that holds the id, or the free one where it belongs. */
  #slotOf(id: number): number {
    const mask = this.#slots.length - 1;
    let slot = mix((id | 0) ^ Math.floor(id / 2 ** 32)) & mask;
    while (this.#slots[slot]! >= 0 && this.#ids[this.#slots[slot]!] !== id) slot = (slot + 1) & mask;
    return slot;
  }
}

function base26(userId: string): number {
  let id = 0;
  for (let n = 0; n < userId.length; n++) id = id * 26 + userId.charCodeAt(n) - 97;
  if (userId.length !== 10 || !(id >= 0 && id < 26 ** 10)) throw new Error(`"${userId}" is not a simulated user's id`);
  return id;
}

function doubled<A extends Uint32Array | Float64Array>(array: A, Type: new (length: number) => A): A {
  const larger = new Type(2 * array.length);
  larger.set(array as never);
  return larger;
}
