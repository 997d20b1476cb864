import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { analyses } from '../../metrics/analyses';
import { expression } from '../../stacks/expressions';
import { at, pathsOf, ref } from './synthesized';

const FILES = readdirSync(join(PROJECT, 'metrics')).filter((file) => file.endsWith('.sql'));

test('the workgroup imposes its settings: engine version 3, a limit on bytes, results in the lake', () => {
  expect(at('analytics/workgroup').configuration).toMatchObject({
    enforce_workgroup_configuration: true,
    publish_cloudwatch_metrics_enabled: true,
    engine_version: { selected_engine_version: 'Athena engine version 3' },
    bytes_scanned_cutoff_per_query: expression('var.athena_scan_limit_bytes'),
    result_configuration: { output_location: `s3://${ref('lake/bucket/bucket', 'bucket')}/athena-results/` },
  });
});

test('every analysis of metrics/ is a saved query of the workgroup', () => {
  const queries = pathsOf('aws_athena_named_query').map((path) => at(path));
  expect(queries.map(({ name }) => `${name}.sql`).sort()).toEqual(FILES.sort());
  for (const { workgroup, database } of queries) {
    expect(workgroup).toBe(ref('analytics/workgroup', 'id'));
    expect(database).toBe(ref('catalog/database', 'name'));
  }
});

test.each(FILES)('the saved query of %s asks the database of its environment', (file) => {
  const { query, description } = at<{ query: string; description: string }>(`analytics/${file.slice(0, -4)}`);
  const sql = readFileSync(join(PROJECT, 'metrics', file), 'utf8');
  expect(query).toBe(sql.replaceAll('clickstream_db.', `${ref('catalog/database', 'name')}.`));
  expect(query).not.toMatch(/\bclickstream_db\b/);
  expect(description).toBe(analyses().find(({ name }) => `${name}.sql` === file)?.description);
});
