import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DATABASE } from '../../core/names';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';

describe('the span of data', () => {
  let lake: TemporaryLake;

  beforeEach(() => {
    lake = temporaryLake();
  });
  afterEach(() => lake.remove());

  async function spanOf(...times: string[]): Promise<unknown> {
    lake.land('a.ndjson', times.map(event).join('\n'));
    await lake.transform();
    const [row] = await lake.rows(
      `SELECT CAST(data_from AS VARCHAR) AS data_from, CAST(data_to AS VARCHAR) AS data_to FROM ${DATABASE}.data_span`,
    );
    return Object.values(row!);
  }

  test('goes to the second after the last event', async () => {
    expect(await spanOf('2026-03-01T07:30:11Z', '2026-03-09T16:40:59Z')).toEqual([
      '2026-03-01 07:30:11',
      '2026-03-09 16:41:00',
    ]);
  });

  test('has whole hours where events reach to within five minutes of their edges', async () => {
    expect(await spanOf('2026-03-01T00:04:59Z', '2026-03-09T23:55:00Z')).toEqual([
      '2026-03-01 00:00:00',
      '2026-03-10 00:00:00',
    ]);
  });

  test('does not go to the end of an hour that is not over', async () => {
    const now = new Date();
    const last = now.toISOString().slice(0, 19);
    const [, to] = (await spanOf('2026-03-01T00:00:00Z', `${last}Z`)) as string[];
    expect(Date.parse(`${to!.replace(' ', 'T')}Z`)).toBe(Date.parse(`${last}Z`) + 1000);
  });

  test('says nothing if there is nothing', async () => {
    await lake.transform();
    expect(await lake.rows(`SELECT * FROM ${DATABASE}.data_span`)).toEqual([{ data_from: null, data_to: null }]);
  });

  test('has what has just landed', async () => {
    await spanOf('2026-03-01T07:30:11Z');
    lake.land('b.ndjson', event('2026-03-02T12:00:00Z'));
    expect(await lake.rows(`SELECT CAST(data_to AS VARCHAR) AS data_to FROM ${DATABASE}.data_span`)).toEqual([
      { data_to: '2026-03-02 12:00:01' },
    ]);
  });
});

function event(time: string): string {
  return JSON.stringify({
    event_id: time,
    event_type: 'click',
    user_id: 'u',
    user_action: 'home_page',
    location: 'DE',
    timestamp: Date.parse(time) / 1000,
  });
}
