import type { Json } from '../core/json';
import { markdownOf } from '../core/terminal/output';
import type { SynthesizedStack } from '../core/terraform/synthesized-stack';
import { type Report, reportOf, totalAt } from '../pricing/report';
import { type Section, sectionsOf } from '../pricing/sections';
import { usageOf } from '../pricing/usage';
import { architecture } from './architecture';

/** What the documentation shows of the stack, by the name of its block. */
export const STACK_SECTIONS = ['architecture', 'settings', 'outputs', 'alarms', 'price', 'cost', 'curve'] as const;

export function stackSections(stack: SynthesizedStack): Record<(typeof STACK_SECTIONS)[number], string> {
  const report = reportOf(stack, {}, usageOf());
  const [stages, allowances, alternatives, curve, others] = sectionsOf(report);
  return {
    architecture: `\`\`\`mermaid\n${architecture(stack)}\n\`\`\``,
    settings: settingsTable(stack),
    outputs: outputsTable(stack),
    alarms: alarmsTable(stack),
    price: priceSummary(report),
    cost: [stages, allowances, alternatives, others].map((section) => priceTable(section!)).join('\n\n'),
    curve: priceTable(curve!),
  };
}

/** What the default stack costs, by what the account has of AWS's free tier. */
function priceSummary(report: Report): string {
  return markdownOf(
    ['account', 'USD a month'],
    [
      ["with AWS's always-free allowances", totalAt(report, report.usage.month, 'always-free').toFixed(2)],
      ['without any allowance', totalAt(report, report.usage.month, 'none').toFixed(2)],
      ['new, with its credit, in the first month', totalAt(report, 1, 'new-account').toFixed(2)],
    ],
  );
}

function priceTable({ title, columns, rows, notes = [] }: Section): string {
  return [`*${title}*`, markdownOf(columns, rows), ...notes].join('\n\n');
}

function settingsTable({ variable = {} }: SynthesizedStack): string {
  const rows = Object.entries(variable).map(([name, { default: initial, description }]) => [
    code(name),
    initial === '' ? '' : code(initial),
    text(description),
  ]);
  return markdownOf(['setting', 'default', 'what it is'], rows);
}

function outputsTable({ output = {} }: SynthesizedStack): string {
  const rows = Object.entries(output).map(([name, { description }]) => [code(name), text(description)]);
  return markdownOf(['output', 'what to do with it'], rows);
}

function alarmsTable({ resource }: SynthesizedStack): string {
  const alarms = Object.values(resource.aws_cloudwatch_metric_alarm ?? {});
  const rows = alarms.map(({ alarm_name: name, alarm_description: remedy }) => [
    code(text(name).replace(/\$\{.*\}$/, 'ENV')),
    text(remedy),
  ]);
  return markdownOf(['alarm', 'what it means, and what to do'], rows.sort());
}

function code(value: Json | undefined): string {
  return `\`${text(value)}\``;
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
