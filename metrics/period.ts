/** Half-open, in UTC as `YYYY-MM-DD HH:MM:SS`. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** A time in milliseconds since the epoch as periods have it. */
export function utcText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
