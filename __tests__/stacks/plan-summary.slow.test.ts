import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { TS_NODE } from '../../support/processes';
import { hasTerraform, terraform } from './terraform';

/** Terraform's own resource, which needs neither a provider nor a cloud. */
const CONFIGURATION = `
terraform {
  backend "local" {}
}
variable "size" {}
variable "password" {
  sensitive = true
}
resource "terraform_data" "function" {
  input = { size = var.size, password = var.password }
}
resource "terraform_data" "queue" {
  triggers_replace = var.size
}
`;

(hasTerraform() ? describe : describe.skip)('plan-summary', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clickstream-plan-'));
  let shown: string;

  beforeAll(async () => {
    writeFileSync(join(folder, 'main.tf'), CONFIGURATION);
    await terraform(folder, ['init', '-input=false']);
    await terraform(folder, ['apply', '-auto-approve', '-var=size=1', '-var=password=first-secret']);
    await terraform(folder, ['plan', '-out=plan', '-var=size=2', '-var=password=second-secret']);
    shown = await terraform(folder, ['show', '-json', 'plan']);
    writeFileSync(join(folder, 'plan.json'), shown);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('tells what a real plan does, without its secrets', () => {
    const { status, stdout } = summary([join(folder, 'plan.json')]);
    expect(status).toBe(0);
    expect(stdout).toContain('### Plan: 1 to change, 1 to replace');
    expect(stdout).toContain('input.password: "(sensitive)" → "(sensitive)"');
    expect(stdout).toContain('input.size: "1" → "2"');
    expect(stdout).toContain('- replace terraform_data.queue (for triggers_replace)');
    expect(stdout).not.toContain('secret"');
  });

  test('reads standard input', () => {
    const { status, stdout } = summary(['--format', 'json'], shown);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ totals: { change: 1, replace: 1 } });
  });

  test.each([
    ['a plan that is not there', ['missing.json'], 1, 'missing.json: there is no such file'],
    ['a file that is no plan', ['package.json'], 1, 'package.json is not a Terraform plan'],
    ['a stack that is none', [join(folder, 'plan.json'), '--stack', 'package.json'], 1, 'is not a synthesized stack'],
    ['an unknown format', ['--format', 'xml'], 2, 'table, markdown, json'],
  ])('refuses %s', (_, args, code, message) => {
    const { status, stderr } = summary(args);
    expect(stderr).toContain(message);
    expect(status).toBe(code);
  });
});

function summary(args: readonly string[], input?: string) {
  const entry = [...TS_NODE, 'scripts/plan-summary.ts'];
  return spawnSync(process.execPath, [...entry, ...args], { cwd: PROJECT, input, encoding: 'utf8' });
}
