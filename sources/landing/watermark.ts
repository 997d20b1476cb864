/** The time, in epoch seconds, up to which windows were landed without a gap; undefined while nothing is. */
export interface Watermark {
  read(): Promise<number | undefined>;
  write(time: number): Promise<void>;
}

/**
 * Moves the watermark to a later time, and never back. Between two runs at once the earlier may win, which costs no more than
 * landing the same windows again.
 */
export async function advance(watermark: Watermark, time: number): Promise<void> {
  const landedUntil = await watermark.read();
  if (landedUntil === undefined || landedUntil < time) await watermark.write(time);
}
