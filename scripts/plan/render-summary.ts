import { tableOf } from '../../core/terminal/output';
import { ACTIONS } from '../../core/terraform/terraform-plan';
import type { Statement } from './iam-statements';
import type { StatementChange } from './policies';
import type { ChangedResource, ExposureChange, PlanSummary } from './summarize-plan';

/** `json` is the summary itself. */
export const PLAN_FORMATS = ['table', 'markdown', 'json'] as const;
export type PlanFormat = (typeof PLAN_FORMATS)[number];

/** Writes a summary for a terminal, for a pull request, or for a program. */
export function renderSummary(summary: PlanSummary, format: PlanFormat): string {
  if (format === 'json') return `${JSON.stringify(summary, null, 2)}\n`;
  const layout = LAYOUTS[format];
  const sections = [
    layout.heading(headline(summary)),
    ...(summary.counts.length > 0 ? [layout.table(['resource type', ...ACTIONS], countRows(summary))] : []),
    ...section('Changes', summary.changes.flatMap(changeLines)),
    ...section('IAM statements', summary.statements.map(statementLine)),
    ...section('Exposure', summary.exposure.map(exposureLine)),
  ];
  return `${sections.join('\n\n')}\n`;

  function section(title: string, lines: readonly string[]): string[] {
    return [layout.heading(title), lines.length > 0 ? layout.lines(lines) : 'none'];
  }
}

const LAYOUTS = {
  table: {
    heading: (text: string) => text,
    table: tableOf,
    lines: (lines: readonly string[]) => lines.join('\n'),
  },
  markdown: {
    heading: (text: string) => `### ${text}`,
    table: (head: readonly string[], rows: readonly (readonly (string | number | null)[])[]) =>
      [head, head.map((_, n) => (n === 0 ? '---' : '---:')), ...rows]
        .map((row) => `| ${row.map((cell) => cell ?? '').join(' | ')} |`)
        .join('\n'),
    lines: (lines: readonly string[]) => ['```diff', ...lines, '```'].join('\n'),
  },
};

function headline({ totals }: PlanSummary): string {
  const parts = ACTIONS.filter((action) => totals[action] > 0).map((action) =>
    action === 'no-op' ? `${totals[action]} unchanged` : `${totals[action]} to ${action}`,
  );
  return `Plan: ${parts.join(', ') || 'no resources'}`;
}

function countRows({ counts, totals }: PlanSummary): (string | number | null)[][] {
  return [...counts, { type: 'total', counts: totals }].map(({ type, counts: count }) => [
    type,
    ...ACTIONS.map((action) => count[action] || null),
  ]);
}

function changeLines({ address, action, attributes, replacedFor }: ChangedResource): string[] {
  const reason = replacedFor.length > 0 ? ` (for ${replacedFor.join(', ')})` : '';
  return [
    `${action === 'change' ? '!' : '-'} ${action} ${address}${reason}`,
    ...attributes.map(({ path, before, after }) => `    ${path}: ${before} → ${after}`),
  ];
}

function statementLine(change: StatementChange): string {
  if (change.verdict === 'unknown')
    return `! ${change.address}: known after apply, from ${change.references.join(', ')}`;
  const warning = change.wildcards.length > 0 ? `  ⚠ ${change.wildcards.join(', ')}` : '';
  return `${change.verdict === 'added' ? '+' : '-'} ${change.address}: ${statementText(change.statement)}${warning}`;
}

function statementText({ effect, actions, resources, principals, conditions }: Statement): string {
  return [
    effect,
    ...(principals.length > 0 ? [`${principals.join(', ')}:`] : []),
    ...(actions.length > 0 ? [actions.join(', ')] : []),
    ...(resources.length > 0 ? [effect === 'Attach' ? resources.join(', ') : `on ${resources.join(', ')}`] : []),
    ...(conditions.length > 0 ? [`if ${conditions.join(' and ')}`] : []),
  ].join(' ');
}

function exposureLine({ address, verdict, what }: ExposureChange): string {
  return `${verdict === 'opened' ? '+ opened' : '- closed'} ${address}: ${what}`;
}
