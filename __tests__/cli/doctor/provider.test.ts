import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cdktf } from '@cdktf/provider-aws/package.json';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { judgeProvider, providerCheck } from '../../../cli/doctor/provider';
import { holdsProvider, PROVIDER, platform, providerSources, REGISTRY } from '../../../cli/doctor/provider-sources';
import { serve } from '../../server/loopback';

const { version } = cdktf.provider;

const before = { ...process.env };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clickstream-provider-'));
});
afterEach(() => {
  process.env = { ...before };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('where the provider comes from', () => {
  const block = (methods: string): string => `# a comment { }\nprovider_installation {\n${methods}\n}\n`;
  const mirror = 'filesystem_mirror {\n    path = "/mirror"\n  }';

  test.each([
    ['', [REGISTRY.at]],
    ['plugin_cache_dir = "/cache"', [REGISTRY.at]],
    [block(mirror), ['/mirror']],
    [block(`${mirror}\n  direct {}`), ['/mirror', REGISTRY.at]],
    [block(`${mirror}\n  direct { exclude = ["registry.terraform.io/*/*"] }`), ['/mirror']],
    [block(`${mirror}\n  direct { exclude = ["hashicorp/aws"] }`), ['/mirror']],
    [block(`${mirror}\n  direct { exclude = ["example.com/*/*", "other/*"] }`), ['/mirror', REGISTRY.at]],
    [block('filesystem_mirror { path = "/other"\n include = ["example.com/*/*"] }\n  direct {}'), [REGISTRY.at]],
    [block('network_mirror {\n url = "https://mirror.example.com/p/"\n }'), ['https://mirror.example.com/p/']],
    [block('// direct {}'), []],
  ])('%j: %j', (text, expected) => {
    expect(providerSources(text, []).map(({ at }) => at)).toEqual(expected);
  });

  test('a usual folder that holds any version keeps Terraform from the registry', () => {
    const [empty, other] = [join(folder, 'empty'), join(folder, 'other')];
    mkdirSync(join(other, PROVIDER, '1.0.0', platform()), { recursive: true });
    expect(providerSources('', [empty, other])).toEqual([{ kind: 'folder', at: other }]);
    expect(holdsProvider(other, version)).toBe(false);
  });

  test.each([
    ['unpacked', join(version, platform())],
    ['as an archive', `terraform-provider-aws_${version}_${platform()}.zip`],
  ])('a folder holds it %s', async (name, path) => {
    const holder = join(folder, name);
    mkdirSync(join(holder, PROVIDER, path), { recursive: true });
    expect(holdsProvider(holder, version)).toBe(true);
    expect(await askWith(block(`filesystem_mirror { path = "${holder}" }`))).toEqual({
      status: 'ok',
      found: `${version}: in ${holder}`,
      remedy: expect.stringMatching(/--skip-provider-lock/),
    });
  });

  test.each([
    [200, 'ok', /answers 200/],
    [404, 'warning', /answers 404/],
    [undefined, 'warning', /can't be reached/],
  ])('a mirror that answers %s: %s', async (code, status, found) => {
    const { endpoint, stop } = await serve(({ url }, response) => {
      response.writeHead(url === `/p/${PROVIDER}/${version}.json` ? code! : 500).end();
    });
    if (code === undefined) await stop();
    const finding = await askWith(block(`network_mirror { url = "${endpoint}/p/" }`));
    if (code !== undefined) await stop();
    expect(finding).toMatchObject({ status, found: expect.stringMatching(found) });
  });

  test('a source out of reach is enough to fail, even where another one holds it', () => {
    const held = { source: { kind: 'folder', at: '/mirror' }, state: 'holds', said: 'in /mirror' } as const;
    const answer = { source: REGISTRY, state: 'unreachable', said: "can't be reached" } as const;
    expect(judgeProvider([held, answer]).remedy).toMatch(/exclude = \["registry\.terraform\.io\/hashicorp\/aws"\]/);
    expect(judgeProvider([answer]).remedy).toMatch(/terraform providers mirror.*a plugin cache is not enough/);
    expect(judgeProvider([{ ...answer, state: 'holds' }])).toMatchObject({ status: 'ok', remedy: '' });
    expect(judgeProvider([])).toMatchObject({ status: 'warning', found: `${version}: no source is configured` });
  });

  async function askWith(configuration: string): Promise<unknown> {
    process.env.TF_CLI_CONFIG_FILE = join(folder, 'test.tfrc');
    writeFileSync(process.env.TF_CLI_CONFIG_FILE, configuration);
    return providerCheck(false).run(new AbortController().signal);
  }
});
