import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clickstream } from '../../support/processes';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clickstream-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a lake that is not there', () => {
  test.each([
    [['query', 'SELECT 1']],
    [['verify']],
    [['serve', '--no-open']],
    [['dashboard', 'export']],
    [['transform']],
    [['transform', '--engine', 'spark']],
    [['replay']],
    [['reprocess', '--from', '2026-01-01', '--to', '2026-01-02']],
  ])('is not made by %j, which says what to do', async (args) => {
    const { code, stdout, stderr } = await clickstream(...args, '--lake', join(folder, 'typo'));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /there is no lake at .*typo( yet)?: run "clickstream generate".*name another( lake)? with --lake/,
    );
    expect(existsSync(join(folder, 'typo'))).toBe(false);
  });

  test('is not made in a folder of other things', async () => {
    const root = join(folder, 'documents');
    mkdirSync(root);
    writeFileSync(join(root, 'letter.txt'), '');
    const { code, stderr } = await clickstream('transform', '--lake', root);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`put your own files into ${root}/raw (mkdir -p`)]);
    expect(readdirSync(root)).toEqual(['letter.txt']);
  });
});

describe('clickstream transform', () => {
  const transform = (root: string) => clickstream('transform', '--lake', root);

  test('begins a lake in a folder with raw/, and is fine with nothing to do', async () => {
    const root = join(folder, 'own');
    mkdirSync(join(root, 'raw'), { recursive: true });
    expect(await transform(root)).toMatchObject({ code: 0, stderr: expect.stringMatching(/^0 files: 0 new events/) });
  });

  test('exits 1 if no line was valid, and says why with an example', async () => {
    const root = join(folder, 'own');
    const good = {
      event_id: 'a',
      event_type: 'click',
      user_id: 'u',
      user_action: 'home_page',
      timestamp: 1_768_000_000,
    };
    const bad = [
      { ...good, user_id: '' },
      { ...good, event_id: 'b', user_id: null, timestamp: 'noon' },
      'x'.repeat(300),
    ];
    writeFileSync(join(root, 'raw/bad.ndjson'), bad.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { code, stderr } = await transform(root);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^1 files: 0 new events, 0 duplicates, 3 failed events\n/);
    expect(stderr).toMatch(
      /error: no line became an event; reasons, with the number of lines:\n {2}missing_user_id: 2\n {2}\w+: 1\n {2}\w+: 1\nfor example raw\/bad\.ndjson, line 1: \{"event_id":"a"/,
    );
    expect(stderr).toContain('clickstream replay');

    expect(await transform(root)).toMatchObject({ code: 0, stderr: expect.stringMatching(/^0 files/) });
    writeFileSync(join(root, 'raw/mixed.ndjson'), `${JSON.stringify(good)}\nnot json\n`);
    expect(await transform(root)).toMatchObject({ code: 0, stderr: expect.stringMatching(/1 new events.*1 failed/) });
    writeFileSync(join(root, 'raw/worse.ndjson'), `${'y'.repeat(300)}\n`);
    const later = await transform(root);
    expect(later).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/:\n {2}\w+: 1\nfor example raw\/worse\.ndjson, line 1: y{200}…\n/),
    });
  });
});
