import type { CreateDataSetCommandInput, DashboardVersionDefinition } from '@aws-sdk/client-quicksight';
import { DECLARATION_RULES } from './declarations';
import { ID_RULES } from './ids';
import { LAYOUT_RULES } from './layout';
import { PROVIDER_RULES } from './provider';
import { REFERENCE_RULES } from './references';
import type { Rule } from './rule';
import { scopeOf } from './scope';
import { SIZE_RULES } from './sizes';
import { VISUAL_RULES } from './visuals';

/** Rules without which nobody could show a definition. */
const REFERENCES: readonly Rule[] = [...ID_RULES, ...DECLARATION_RULES, ...REFERENCE_RULES, ...VISUAL_RULES];

/** What neither types nor Terraform check in a definition. */
export const RULES: readonly Rule[] = [...REFERENCES, ...LAYOUT_RULES, ...SIZE_RULES, ...PROVIDER_RULES];

/**
 * What neither types nor Terraform check in a definition: ids, references, limits of AWS's documentation, and settings that Terraform's
 * AWS provider 5.100 loses or breaks on. Of data sets that are not given, columns are not looked at.
 *
 * Returns what is wrong, each with its visual or path and a remedy.
 */
export function lint(
  definition: DashboardVersionDefinition,
  dataSets: readonly CreateDataSetCommandInput[] = [],
): string[] {
  return problemsOf(definition, dataSets, RULES);
}

/** What of a definition refers to nothing, or is there twice, so that nobody could show it. */
export function brokenParts(definition: DashboardVersionDefinition): string[] {
  return problemsOf(definition, [], REFERENCES);
}

function problemsOf(
  definition: DashboardVersionDefinition,
  dataSets: readonly CreateDataSetCommandInput[],
  rules: readonly Rule[],
): string[] {
  const scope = scopeOf(definition, dataSets);
  return rules.flatMap(({ check }) => [...check(scope)]);
}
