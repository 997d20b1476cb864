import { createHash } from 'node:crypto';

// A lookup of Math costs more than the whole hash where globals are intercepted, as they are in Jest.
const { floor, imul } = Math;

/** Two 32-bit words that key every draw of one simulation. */
export type Key = readonly [number, number];

/** Derives a key from a text that names everything on which a simulation depends. */
export function keyOf(text: string): Key {
  const digest = createHash('sha256').update(text).digest();
  return [digest.readInt32LE(0), digest.readInt32LE(4)];
}

/** Mixes 32 bits so that each input bit changes half of the output bits (MurmurHash3's finalizer); a bijection. */
export function mix(h: number): number {
  h ^= h >>> 16;
  h = imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Hashes an integer below 2^53 under one word of a key, to 32 bits. */
export function hashIndex(word: number, index: number): number {
  return mix(mix(word ^ (index | 0)) + imul(floor(index / 2 ** 32) + 1, 0x9e3779b1));
}

/** A 32-bit hash as a fraction in [0, 1). */
export function fraction(h: number): number {
  return (h >>> 0) / 2 ** 32;
}

/** The n-th fraction in [0, 1) of the stream that a 32-bit state names (a Weyl sequence, mixed). */
export function draw(state: number, n: number): number {
  return fraction(mix(state + imul(n, 0x9e3779b9)));
}

const HALF = 26 ** 5;
const LETTERS = Array.from({ length: 26 ** 2 }, (_, n) => letters(n, 2));
const HEX = Array.from({ length: 0x10000 }, (_, n) => n.toString(16).padStart(4, '0'));

/** Ten lower-case letters, a different text for each index below 26^10: a four-round Feistel network over two halves. */
export function userId(word: number, index: number): string {
  let left = index % HALF;
  let right = floor(index / HALF) % HALF;
  for (let round = 0; round < 2; round++) {
    left = (left + (mix(right ^ word ^ round) >>> 0)) % HALF;
    right = (right + (mix(left ^ ~word ^ round) >>> 0)) % HALF;
  }
  return fiveLetters(left) + fiveLetters(right);
}

/** 80 bits of three words of hash as hexadecimal digits. */
export function sessionId(a: number, b: number, c: number): string {
  return hex(a) + hex(b) + HEX[c & 0xffff]!;
}

/** Id of the n-th event of a session, n below 65,536. */
export function eventId(session: string, n: number): string {
  return session + HEX[n]!;
}

/** 4096 equally likely values of a distribution, by its quantile function: cheap to draw, and its mean is exact. */
export function quantileTable(quantile: (p: number) => number): Float64Array {
  return Float64Array.from({ length: 4096 }, (_, n) => quantile((n + 0.5) / 4096));
}

/** Running sums of weights, scaled to end at 1. */
export function cumulative(weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const sums = Float64Array.from(weights, (weight) => {
    sum += weight;
    return sum / total;
  });
  sums[sums.length - 1] = 1;
  return sums;
}

/** Index of the first running sum above u. */
export function pick(sums: Float64Array, u: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > u) high = middle;
    else low = middle + 1;
  }
  return low;
}

function hex(word: number): string {
  return HEX[word >>> 16]! + HEX[word & 0xffff]!;
}

function fiveLetters(n: number): string {
  return LETTERS[n % 676]! + LETTERS[floor(n / 676) % 676]! + String.fromCharCode(97 + floor(n / 456976));
}

function letters(n: number, count: number): string {
  return count === 0 ? '' : String.fromCharCode(97 + (n % 26)) + letters(floor(n / 26), count - 1);
}
