import { markdownOf } from '../local/output';
import { reportOf } from '../pricing/report';
import { type Section, sectionsOf } from '../pricing/sections';
import { usageOf } from '../pricing/usage';
import { architecture } from './architecture';
import type { Json } from './plan/terraform-plan';
import type { SynthesizedStack } from './synthesized-stack';

/** What the documentation shows of the stack, by the name of its block. */
export const STACK_SECTIONS = ['architecture', 'settings', 'outputs', 'alarms', 'cost', 'curve'] as const;

export function stackSections(stack: SynthesizedStack): Record<(typeof STACK_SECTIONS)[number], string> {
  const [stages, allowances, alternatives, curve, others] = sectionsOf(reportOf(stack, {}, usageOf()));
  return {
    architecture: `\`\`\`mermaid\n${architecture(stack)}\n\`\`\``,
    settings: settingsTable(stack),
    outputs: outputsTable(stack),
    alarms: alarmsTable(stack),
    cost: [stages, allowances, alternatives, others].map((section) => priceTable(section!)).join('\n\n'),
    curve: priceTable(curve!),
  };
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
