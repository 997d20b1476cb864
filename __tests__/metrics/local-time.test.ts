import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { localTimeSql } from '../../metrics/local-time';

describe('the time of clocks', () => {
  test('is that of UTC as it is, and elsewhere what clocks are ahead', () => {
    const within = { from: '2026-01-01 00:00:00', to: '2026-02-01 00:00:00' };
    expect(localTimeSql('t', 'UTC')).toBe('t');
    expect(localTimeSql('t', 'Asia/Kolkata', within)).toBe("(t + INTERVAL '330' MINUTE)");
    expect(localTimeSql('t', 'America/New_York', within)).toBe("(t - INTERVAL '300' MINUTE)");
    expect(localTimeSql('t', 'Europe/London', within)).toBe('t');
    expect(localTimeSql('t', 'Europe/Berlin', { ...within, to: '2026-06-01 00:00:00' })).toBe(
      "CASE WHEN t < TIMESTAMP '2026-03-29 01:00:00' THEN (t + INTERVAL '60' MINUTE) ELSE (t + INTERVAL '120' MINUTE) END",
    );
    expect(localTimeSql('t', 'Europe/Berlin', { ...within, to: '2029-01-01 00:00:00' })).toContain('AT TIME ZONE');
    expect(() => localTimeSql('t', "UTC'; DROP", within)).toThrow('is no time zone');
  });

  test("is DuckDB's, which knows the zones, at any time of any period in any zone", async () => {
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run("SET TimeZone = 'UTC'");
    const minute = (n: number): string => new Date(n * 60_000).toISOString().slice(0, 19).replace('T', ' ');
    const [first, last] = ['2010-01-01', '2030-01-01'].map((day) => Date.parse(day) / 60_000) as [number, number];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        fc.integer({ min: first, max: last }),
        fc.integer({ min: 1, max: 500 * 1440 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        async (zone, from, minutes, share) => {
          const t = `TIMESTAMP '${minute(from + Math.floor(minutes * share))}'`;
          const period = { from: minute(from), to: minute(from + minutes) };
          const reader = await connection.runAndReadAll(
            `SELECT ${localTimeSql('t', zone, period)} = ${localTimeSql('t', zone)} FROM (SELECT ${t} AS t)`,
          );
          expect([zone, period, t, ...reader.getRows()[0]!]).toEqual([zone, period, t, true]);
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });
});
