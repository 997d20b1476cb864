import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { openLake } from '../../lake/duckdb/open-lake';
import { listFolder } from '../../lake/duckdb/raw-files';
import { clickstream, killed, start } from '../../support/processes';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { fuzzRuns } from '../fuzz-runs';
import { event } from './events';

const CLICKSTREAM = join(PROJECT, 'cli/clickstream.js');
const COUNTS = `SELECT (SELECT COUNT(*) FROM clickstream_db.clickstream_table) AS events,
  (SELECT COUNT(*) FROM clickstream_db.failed_events) AS failed`;
/** FUZZ_RUNS=5 makes it a hundred thousand, and takes some minutes. */
const SMALL_FILES = fuzzRuns(20_000);
const isRoot = process.getuid?.() === 0;

let lake: TemporaryLake;
beforeEach(() => {
  lake = temporaryLake();
});
afterEach(() => lake.remove());

describe('what is no file of events', () => {
  const skipped = {
    '.DS_Store': 'a hidden file',
    '.trash': 'a hidden folder',
    'dangling.ndjson': 'a symbolic link',
    'date=2026-01-01/a.ndjson.4711.partial': 'an unfinished file',
    'folder-link': 'a symbolic link',
    'link.ndjson': 'a symbolic link',
    'pipe.ndjson': 'a pipe',
    'socket.ndjson': 'a socket',
    ...(isRoot ? { 'device.ndjson': 'a device' } : { 'secret.ndjson': 'not readable by you' }),
  };

  test('is skipped, named with its reason, and left as it is', async () => {
    const closeSocket = await layOut();
    const { code, stderr } = await clickstream('transform', '--lake', lake.root);
    const named = [...stderr.matchAll(/raw\/(\S+) \(([^)]+)\)/g)].map(([, name, reason]) => [name, reason]);
    expect(code).toBe(0);
    expect(stderr).toContain(`and ${Object.keys(skipped).length - 5} more: only regular files that you may read`);
    expect(Object.entries(skipped)).toEqual(expect.arrayContaining(named));
    expect(named).toHaveLength(5);
    expect(stderr).toContain('1 files: 1 new events');
    const { files, passedOver } = await listFolder(lake.root, 'raw');
    expect(files).toEqual([]);
    expect(Object.fromEntries(passedOver.map(({ key, reason }) => [key.replace('raw/', ''), reason]))).toEqual(skipped);
    await closeSocket();
  });

  test('is the same for the Glue job on a folder', async () => {
    const closeSocket = await layOut();
    const program = `import json, sys; sys.path.insert(0, ${JSON.stringify(join(PROJECT, 'etl'))})
from folder_files import FolderFiles
files = FolderFiles(${JSON.stringify(lake.root)})
print(json.dumps([[item["Key"] for item in files.waiting()], files.passed_over()]))`;
    const [waiting, passedOver] = JSON.parse(execFileSync('python3', ['-c', program], { encoding: 'utf8' }));
    const here = await listFolder(lake.root, 'raw');
    const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
    expect(waiting).toEqual(here.files.map(({ key }) => key));
    expect(passedOver.sort(byKey)).toEqual(here.passedOver);
    await closeSocket();
  });

  async function layOut(): Promise<() => Promise<void>> {
    const raw = join(lake.root, 'raw');
    lake.land('taken', event('taken'));
    lake.land('.DS_Store', event('hidden'));
    lake.land('.trash/deep/b.ndjson', event('hidden'));
    lake.land('date=2026-01-01/a.ndjson.4711.partial', event('unfinished'));
    mkdirSync(join(lake.root, 'elsewhere'));
    writeFileSync(join(lake.root, 'elsewhere/x'), event('elsewhere'));
    symlinkSync('nowhere', join(raw, 'dangling.ndjson'));
    symlinkSync('../elsewhere', join(raw, 'folder-link'));
    symlinkSync('../elsewhere/x', join(raw, 'link.ndjson'));
    execFileSync('mkfifo', [join(raw, 'pipe.ndjson')]);
    if (isRoot) execFileSync('mknod', [join(raw, 'device.ndjson'), 'c', '1', '5']);
    else {
      lake.land('secret.ndjson', event('secret'));
      chmodSync(join(raw, 'secret.ndjson'), 0);
    }
    const server = createServer();
    await new Promise<void>((done) => server.listen(join(raw, 'socket.ndjson'), done));
    return () => new Promise((done) => server.close(() => done()));
  }
});

describe('a disk that is full', () => {
  /** What a shell does in a file system of its own, of some megabytes, at $DISK. */
  function onSmallDisk(megabytes: number, script: string) {
    const disk = join(lake.root, '..', 'disk');
    mkdirSync(disk, { recursive: true });
    const mount = `mount -t tmpfs -o size=${megabytes}m tmpfs "$DISK"`;
    const unshare = ['--mount', ...(isRoot ? [] : ['--user', '--map-root-user'])];
    const { stdout, stderr, status } = spawnSync(
      'unshare',
      [...unshare, 'bash', '-c', `${mount} || exit 99\n${script}`],
      {
        encoding: 'utf8',
        env: {
          ...process.env,
          DISK: disk,
          CLICKSTREAM: `${process.execPath} ${CLICKSTREAM}`,
          RAW: join(lake.root, 'raw'),
        },
      },
    );
    if (status === 99) throw new Error(`no file system can be mounted here: ${stderr}`);
    return { stdout, stderr, status };
  }

  test('stops a run with the remedy, keeps the file, and loses nothing', () => {
    const lines = Array.from({ length: 60_000 }, (_, n) => event(`event ${n}`, { referrer: `${n * 7919}`.repeat(10) }));
    lake.land('a.ndjson', `${lines.join('\n')}\n{}\n`);
    const { stdout, stderr } = onSmallDisk(
      48,
      `mkdir -p "$DISK/lake/raw" && cp "$RAW/a.ndjson" "$DISK/lake/raw/"
       dd if=/dev/zero of="$DISK/filler" bs=1M count=60 status=none 2> /dev/null; truncate -s -1M "$DISK/filler"
       $CLICKSTREAM transform --lake "$DISK/lake"; echo "code $?"; ls "$DISK/lake/raw"
       rm "$DISK/filler"
       $CLICKSTREAM transform --lake "$DISK/lake"; echo "code $?"; ls "$DISK/lake/raw"
       $CLICKSTREAM query --lake "$DISK/lake" --format tsv "${COUNTS}"`,
    );
    expect(stderr).toMatch(/error: .*: the disk is full: free some space/);
    expect(stderr).toContain('1 files: 60,000 new events, 0 duplicates, 1 failed events');
    expect(stdout).toBe('code 1\na.ndjson\ncode 0\nevents\tfailed\n60000\t1\n');
  });

  test('lets no object land in part', () => {
    const { stdout, stderr } = onSmallDisk(
      1,
      `$CLICKSTREAM generate --lake "$DISK/lake" --days 5 --events-per-day 20000; echo "code $?"
       find "$DISK/lake" -name '*.partial'; find "$DISK/lake/raw" -type f -exec gzip --test {} +; echo "whole $?"`,
    );
    expect(stderr).toContain('the disk is full: free some space');
    expect(stdout).toBe('code 1\nwhole 0\n');
  });
});

describe('a folder that may not be written to', () => {
  /** Runs a command as one whom modes of files bind: root too, without the capabilities that set it above them. */
  function bound(...args: string[]) {
    if (!isRoot) return clickstream(...args);
    const unbinding = '-dac_override,-dac_read_search';
    return start('setpriv', '--bounding-set', unbinding, process.execPath, CLICKSTREAM, ...args).ended;
  }

  beforeEach(async () => {
    await clickstream('--version'); // so that the bundle is there
    lake.land('a', `${event('a')}\n{}\n`);
    await lake.transform();
    lake.land('b', event('b'));
  });

  test.each(['results', 'raw'])('stops a run with the remedy and loses nothing: %s', async (folder) => {
    chmodSync(join(lake.root, folder), 0o500);
    const { code, stderr } = await bound('transform', '--lake', lake.root);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/error: .*permission denied: change its owner or mode/),
    });
    expect([...lake.files('raw').keys()]).toEqual(['b']);
    chmodSync(join(lake.root, folder), 0o700);
    expect(await bound('transform', '--lake', lake.root)).toMatchObject({ code: 0 });
    expect(lake.files('raw').size).toBe(0);
    expect(await lake.rows(COUNTS)).toEqual([{ events: 2, failed: 1 }]);
  });
});

describe('a lake', () => {
  test('is readable to its owner alone when it is made by generate', async () => {
    const before = process.umask(0o022);
    const generate = clickstream('generate', '--days', '1', '--events-per-day', '10', '--lake', lake.root);
    const { code } = await generate.finally(() => process.umask(before));
    expect(code).toBe(0);
    expect((statSync(lake.root).mode & 0o777).toString(8)).toBe('700');
  });

  test('keeps the mode of a folder that was there, but not of what is made in it', async () => {
    mkdirSync(lake.root, { mode: 0o755 });
    mkdirSync(join(lake.root, 'raw'), { mode: 0o700 });
    expect(await clickstream('transform', '--lake', lake.root)).toMatchObject({ code: 0 });
    const mode = (name: string) => (statSync(join(lake.root, name)).mode & 0o777).toString(8);
    expect(['', 'raw', 'processed', 'results'].map(mode)).toEqual(['755', '700', '700', '700']);
  });

  test.each([2, 6, 10, 14, 18])(
    'is upgraded by the next run if its upgrade was killed at statement %d',
    async (statement) => {
      lake.land('a', `${event('a')}\n{}\n`);
      await lake.transform();
      const older = await openLake(lake.root, { mode: 'write' });
      for (const sql of [
        'DROP VIEW clickstream_db.clickstream_live',
        'DROP VIEW clickstream_db.raw_events',
        'ALTER TABLE clickstream_db.failed_events DROP COLUMN raw_bytes',
        'ALTER TABLE clickstream_db.clickstream_table DROP COLUMN user_age',
        'DROP TABLE clickstream_db.countries',
      ])
        await older.connection.run(sql);
      older.close();
      const { signal } = await killed('upgrade', lake.root, String(statement)).ended;
      expect(signal).toBe('SIGKILL');
      lake.land('b', event('b', { user_age: 7 }));
      await lake.transform();
      expect(await lake.rows('SELECT event_id, user_age FROM clickstream_db.clickstream_table ORDER BY 1')).toEqual([
        { event_id: 'a', user_age: null },
        { event_id: 'b', user_age: 7 },
      ]);
      expect(await lake.rows('SELECT raw, raw_bytes FROM clickstream_db.failed_events')).toEqual([
        { raw: '{}', raw_bytes: null },
      ]);
      expect(await lake.rows('SELECT COUNT(*) > 200 AS is_full FROM clickstream_db.countries')).toEqual([
        { is_full: true },
      ]);
    },
  );
});

describe('times that are not what they seem', () => {
  test('do not hide that a file has changed, with the same size and an older time', async () => {
    lake.land('a', event('a'));
    const path = join(lake.root, 'raw/a');
    const { atime, mtime } = statSync(path);
    const onStep = (step: string): void => {
      if (step !== 'staged' || !existsSync(path)) return;
      writeFileSync(path, event('b'));
      utimesSync(path, atime, mtime);
    };
    await expect(lake.transform({ onStep })).rejects.toThrow(/raw\/a changed while it was read/);
    expect(await lake.transform()).toMatchObject({ new_events: 1 });
    expect(await lake.rows('SELECT event_id FROM clickstream_db.clickstream_table')).toEqual([{ event_id: 'b' }]);
  });

  test.each(['1970-01-02', '2199-01-01'])('do not matter to which files are taken: %s', async (date) => {
    lake.land('a', event('a'));
    await lake.transform();
    lake.land('a', event('b'));
    lutimesSync(join(lake.root, 'raw/a'), new Date(date), new Date(date));
    expect(await lake.transform()).toMatchObject({ files: 1, new_events: 1 });
    expect(lake.files('processed').size).toBe(2);
  });

  test('as of a clock that is set back: what has landed since, and again, counts once', async () => {
    const generate = (until: string) =>
      clickstream('generate', '--lake', lake.root, '--days', '2', '--events-per-day', '500', '--until', until);
    expect(await generate('2026-03-03')).toMatchObject({ code: 0 });
    await lake.transform();
    const [before] = await lake.rows(COUNTS);
    expect(await generate('2026-03-03')).toMatchObject({ code: 0 });
    expect(await lake.transform()).toMatchObject({ new_events: 0 });
    expect(await lake.rows(COUNTS)).toEqual([before]);
  });
});

test(`${SMALL_FILES} small files are all taken, with few of them open at once`, async () => {
  for (let n = 0; n < SMALL_FILES; n++) {
    const folder = join(lake.root, 'raw', String(n % 100));
    if (n < 100) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${n}.ndjson`), event(String(n), { timestamp: 1_700_000_000 + n }));
  }
  const shown = SMALL_FILES.toLocaleString('en-US');
  const { code, stderr } = await start(
    'bash',
    '-c',
    'ulimit -n 256 && exec "$@"',
    'bash',
    process.execPath,
    CLICKSTREAM,
    'transform',
    '--lake',
    lake.root,
  ).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(`${shown} files: ${shown} new events`) });
  expect(lake.files('raw').size).toBe(0);
  rmSync(join(lake.root, 'processed'), { recursive: true });
});
