import { markdownOf } from '../local/output';
import { architecture } from './architecture';
import type { Json } from './plan/terraform-plan';
import type { SynthesizedStack } from './synthesized-stack';

/** What the README shows of the stack, by the name of its block. */
export function stackSections(
  stack: SynthesizedStack,
): Record<'architecture' | 'settings' | 'outputs' | 'alarms', string> {
  return {
    architecture: `\`\`\`mermaid\n${architecture(stack)}\n\`\`\``,
    settings: settingsTable(stack),
    outputs: outputsTable(stack),
    alarms: alarmsTable(stack),
  };
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
