import { describe, expect, test } from '@jest/globals';
import { evaluate, UNKNOWN } from '../../pricing/evaluate';

const VARIABLES = { region: 'eu-west-1', replica: '', days: 60, schedule: 'rate(5 minutes)', kept: false };

describe('a string of Terraform', () => {
  test.each([
    ['plain', 'plain'],
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Terraform's
    ['${var.days}', 60],
    ['${var.kept}', false],
    ['a-${var.region}-b', 'a-eu-west-1-b'],
    ['{"history_days":${var.days}}', '{"history_days":60}'],
    ['date=$${date}', 'date=${date}'],
    ['${var.replica != "" ? 1 : 0}', 0],
    ['${var.days > 0 && !(var.kept) ? 1 : 0}', 1],
    ['${var.days * 2 + 1 - 60 / 4}', 106],
    ['${-var.days}', -60],
    ['${var.days <= 60 && var.days >= 60 && var.days == 60 && !(var.days < 60)}', true],
    ['${(var.replica == "" ? null : var.replica) == null ? "AES256" : "aws:kms"}', 'AES256'],
    ['${startswith(var.schedule, "rate") ? upper(var.region) : ""}', 'EU-WEST-1'],
    ['${replace("a:kms:b", "/:kms:[^:]+/", format(":%s:", var.region))}', 'a:eu-west-1:'],
    ['${replace("a-b-c", "-", "_")}', 'a_b_c'],
    ['${false && aws_s3_bucket.lake.arn}', false],
    ['${aws_s3_bucket.lake.arn == "" || true}', true],
    ['${aws_s3_bucket.lake.arn}', UNKNOWN],
    ['s3://${aws_s3_bucket.lake.bucket}/raw', UNKNOWN],
    ['${var.nothing}', UNKNOWN],
    ['${aws_s3_bucket.lake.count > 1 ? 1 : 0}', UNKNOWN],
    ['${tonumber(regex("[0-9]+", var.schedule)) * {minute = 60}[regex("minute", var.schedule)]}', UNKNOWN],
    ['${[for x in var.list : x]}', UNKNOWN],
    ['${data.aws_quicksight_user.u[*].arn}', UNKNOWN],
    ['${!aws_a.b.c}', UNKNOWN],
    ['${-aws_a.b.c}', UNKNOWN],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Terraform's
  ])('%s', (text, value) => {
    expect(evaluate(text, VARIABLES)).toEqual(value);
  });
});
