import { TerraformCount, TerraformLocal, type TerraformResource, Token } from 'cdktf';
import type { Construct } from 'constructs';

/** Terraform conditions that decide whether something is there. */
export const conditions = {
  replica: 'var.replica_region != ""',
  key: 'var.kms_key_arn != ""',
  email: 'var.alarm_email != ""',
  etlSchedule: 'var.etl_schedule != ""',
  quicksight: 'var.quicksight_user != ""',
  history: 'var.history_days > 0',
} as const;

/** What Terraform works out, as the value of an attribute. */
export function expression(hcl: string): string {
  return `\${${hcl}}`;
}

/** A named value: other than an expression, it can stand in JSON, whose quotes would be escaped. */
export function local(scope: Construct, name: string, hcl: string): string {
  return new TerraformLocal(scope, name, expression(hcl)).asString;
}

/** `count` for what is there only when all of the Terraform conditions hold. */
export function countIf(...conditions: readonly string[]): TerraformCount {
  return TerraformCount.of(Token.asNumber(expression(`${conditions.join(' && ')} ? 1 : 0`)));
}

/** An attribute of a resource that is there or not (`count`); only to be used by others with the same `count`. */
export function attributeOf(resource: TerraformResource, attribute: string): string {
  return expression(`${resource.terraformResourceType}.${resource.friendlyUniqueId}[0].${attribute}`);
}
