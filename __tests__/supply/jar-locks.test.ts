import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { findJarFaults, parseJarLock, renderJarLock } from '../../scripts/jar-lock';

const REQUIREMENTS = join(PROJECT, 'requirements');
const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];

describe('a lock', () => {
  test('names files by Maven coordinates', () => {
    const text = `org.example:tool_2.12:1.7.1 sha256:${A}\n`;
    expect([...parseJarLock(text)]).toEqual([['tool_2.12-1.7.1.jar', A]]);
  });

  test('names files as sha256sum does', () => {
    expect([...parseJarLock(`${A}  tool-1.jar\n${B}  other-2.jar\n`)]).toEqual([
      ['tool-1.jar', A],
      ['other-2.jar', B],
    ]);
  });

  test.each([
    ['no digest', 'org.example:tool:1', 'has no SHA-256: run "make locks"'],
    ['a short digest', 'org.example:tool:1 sha256:abc', 'is no line of a lock'],
    ['a path', `${A}  ../tool-1.jar`, 'is no line of a lock'],
    ['a file twice', `${A}  tool-1.jar\n${B}  tool-1.jar`, 'is listed twice'],
  ])('with %s is refused', (_, text, message) => {
    expect(() => parseJarLock(text)).toThrow(message);
  });
});

describe('a folder of jars', () => {
  const locked = new Map([
    ['tool-1.jar', A],
    ['other-2.jar', B],
  ]);

  test('is accepted if it has what is locked, and nothing else', () => {
    expect(findJarFaults(locked, new Map(locked))).toEqual([]);
  });

  test.each([
    ['one is missing', [['tool-1.jar', A]], ['other-2.jar is missing']],
    [
      'one has other bytes',
      [
        ['tool-1.jar', C],
        ['other-2.jar', B],
      ],
      [`tool-1.jar has the SHA-256 ${C}, but ${A} is locked`],
    ],
    ['one is not listed', [...locked, ['extra-1.jar', C]], ['extra-1.jar is not listed']],
  ] as const)('is refused if %s', (_, found, faults) => {
    expect(findJarFaults(locked, new Map(found as readonly [string, string][]))).toEqual(faults);
  });
});

describe('locking', () => {
  const found = new Map([
    ['tool-2.jar', B],
    ['other-1.jar', A],
  ]);

  test('keeps coordinates in their order, and replaces their digests', () => {
    const text = `org.example:tool:2 sha256:${C}\norg.example:other:1\n`;
    expect(renderJarLock(text, found)).toBe(`org.example:tool:2 sha256:${B}\norg.example:other:1 sha256:${A}\n`);
  });

  test('lists every jar of a tree by name', () => {
    expect(renderJarLock(`${C}  old-1.jar\n`, found)).toBe(`${A}  other-1.jar\n${B}  tool-2.jar\n`);
  });

  test('refuses coordinates that were not downloaded', () => {
    expect(() => renderJarLock('org.example:none:1', found)).toThrow(
      'the jar of "org.example:none:1" was not downloaded',
    );
  });
});

describe('the locks of this project', () => {
  test('have the jars of Spark that are used', () => {
    expect([...parseJarLock(read('spark-jars.txt')).keys()]).toEqual([
      'iceberg-spark-runtime-3.5_2.12-1.7.1.jar',
      'iceberg-aws-bundle-1.7.1.jar',
    ]);
  });

  test('have the versions that the POM of Trino asks for', () => {
    const pom = read('trino/pom.xml');
    const asked = [
      ...pom.matchAll(/<artifactId>([\w-]+)<\/artifactId>\s*<version>(\d[\w.]*)<\/version>\s*<exclusions>/g),
    ];
    const files = [...parseJarLock(read('trino/jars.sha256')).keys()];
    expect(asked).toHaveLength(3);
    expect(files).toEqual(expect.arrayContaining(asked.map(([, artifact, version]) => `${artifact}-${version}.jar`)));
  });
});

function read(file: string): string {
  return readFileSync(join(REQUIREMENTS, file), 'utf8');
}
