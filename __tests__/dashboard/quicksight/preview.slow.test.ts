import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DashboardVersionDefinition, Filter, MeasureField, Visual } from '@aws-sdk/client-quicksight';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { previewDefinition } from '../../../cli/dashboard-preview';
import { DAY_S } from '../../../core/time';
import { openLake } from '../../../lake/duckdb/open-lake';
import { queryAll } from '../../../lake/duckdb/query';
import { generate } from '../../../sources/ground-truth/generate';
import { clickstream } from '../../../support/processes';
import { type TemporaryLake, temporaryLake } from '../../../support/temporary-lake';

const FROM = Date.parse('2026-03-02T00:00Z') / 1000;
const NOW = new Date('2026-03-11T12:00Z');
const TABLE = 'clickstream_db.clickstream_live';

const column = (ColumnName: string) => ({ DataSetIdentifier: 'Clicks', ColumnName });
const by = (name: string) => ({ CategoricalDimensionField: { FieldId: name, Column: column(name) } });
const count: MeasureField = {
  CategoricalMeasureField: { FieldId: 'n', Column: column('event_id'), AggregationFunction: 'COUNT' },
};

/** Of somebody else: on a data set of other name and with other columns than ours. */
function definition(
  visuals: readonly Visual[],
  more: Partial<DashboardVersionDefinition> = {},
): DashboardVersionDefinition {
  return {
    DataSetIdentifierDeclarations: [
      { Identifier: 'Clicks', DataSetArn: 'arn:aws:quicksight:eu-west-1:444455556666:dataset/4f3a' },
    ],
    Sheets: [{ SheetId: 's1', Name: 'Theirs', Visuals: [...visuals] }],
    ...more,
  };
}

const bar = (VisualId: string, Values: MeasureField[] = [count], category = by('event_type')): Visual => ({
  BarChartVisual: {
    VisualId,
    ChartConfiguration: { FieldWells: { BarChartAggregatedFieldWells: { Category: [category], Values } } },
  },
});

describe("a preview of somebody else's dashboard", () => {
  let lake: TemporaryLake;

  beforeAll(async () => {
    lake = temporaryLake();
    await generate(lake.root, {
      simulation: { seed: 5, model: 'journeys', eventsPerDay: 500, incidents: [] },
      range: { from: FROM, to: FROM + 9 * DAY_S },
    });
    await lake.transform();
  });
  afterAll(() => lake?.remove());

  async function rowsOf(
    shown: DashboardVersionDefinition,
    parameters: Record<string, string[]> = {},
  ): Promise<unknown> {
    const { context, visuals } = await previewDefinition({ name: 'Theirs', definition: shown }, lake.root, {
      now: NOW,
      parameters,
    });
    expect(visuals.flatMap(({ reason }) => reason ?? [])).toEqual([]);
    return Object.values(context.exported!.visuals)[0]!.main.rows;
  }
  async function asked(sql: string): Promise<unknown> {
    const opened = await openLake(lake.root);
    try {
      return (await queryAll(opened, sql)).rows;
    } finally {
      opened.close();
    }
  }

  test.each<[string, Visual, string]>([
    ['a count of texts', bar('b'), `SELECT event_type, COUNT(event_id) FROM ${TABLE} GROUP BY 1 ORDER BY 1`],
    [
      'an average, aggregated in its well',
      bar('b', [
        {
          NumericalMeasureField: {
            FieldId: 'a',
            Column: column('user_age'),
            AggregationFunction: { SimpleNumericalAggregation: 'AVERAGE' },
          },
        },
      ]),
      `SELECT event_type, AVG(user_age) FROM ${TABLE} GROUP BY 1 ORDER BY 1`,
    ],
    [
      'an expression of its own',
      bar('b', [
        {
          CalculatedMeasureField: {
            FieldId: 'c',
            Expression: "distinct_countIf(user_id, {event_type} = 'click' OR user_age > 40) / count(event_id)",
          },
        },
      ]),
      `SELECT event_type, CAST(COUNT(DISTINCT user_id) FILTER (WHERE event_type = 'click' OR user_age > 40) AS DOUBLE) / COUNT(*) FROM ${TABLE} GROUP BY 1 ORDER BY 1`,
    ],
    [
      'months',
      {
        PivotTableVisual: {
          VisualId: 'p',
          ChartConfiguration: {
            FieldWells: {
              PivotTableAggregatedFieldWells: {
                Rows: [
                  { DateDimensionField: { FieldId: 'd', Column: column('click_date'), DateGranularity: 'MONTH' } },
                ],
                Columns: [by('continent')],
                Values: [count],
              },
            },
          },
        },
      },
      `SELECT CAST(date_trunc('month', click_date) AS TIMESTAMP), continent, COUNT(*) FROM ${TABLE} GROUP BY 1, 2 ORDER BY 1, 2`,
    ],
  ])('gives %s as SQL does', async (_, shown, sql) => {
    expect(await rowsOf(definition([shown]))).toEqual(await asked(sql));
  });

  test.each<[string, Filter, string]>([
    [
      'values',
      {
        CategoryFilter: {
          FilterId: 'f',
          Column: column('continent'),
          Configuration: {
            FilterListConfiguration: { MatchOperator: 'CONTAINS', CategoryValues: ['Asia'], NullOption: 'ALL_VALUES' },
          },
        },
      },
      "continent = 'Asia'",
    ],
    [
      'other values',
      {
        CategoryFilter: {
          FilterId: 'f',
          Column: column('continent'),
          Configuration: {
            FilterListConfiguration: {
              MatchOperator: 'DOES_NOT_CONTAIN',
              CategoryValues: ['Asia'],
              NullOption: 'NON_NULLS_ONLY',
            },
          },
        },
      },
      "continent <> 'Asia'",
    ],
    [
      'a text that begins so',
      {
        CategoryFilter: {
          FilterId: 'f',
          Column: column('user_action'),
          Configuration: {
            CustomFilterConfiguration: {
              MatchOperator: 'STARTS_WITH',
              CategoryValue: 'PROD',
              NullOption: 'NON_NULLS_ONLY',
            },
          },
        },
      },
      "user_action LIKE 'prod%'",
    ],
    [
      'a range of numbers',
      {
        NumericRangeFilter: {
          FilterId: 'f',
          Column: column('user_age'),
          RangeMinimum: { StaticValue: 30 },
          IncludeMinimum: true,
          RangeMaximum: { StaticValue: 40 },
          NullOption: 'NON_NULLS_ONLY',
        },
      },
      'user_age >= 30 AND user_age < 40',
    ],
    [
      'nothing known',
      {
        CategoryFilter: {
          FilterId: 'f',
          Column: column('product_category'),
          Configuration: {
            CustomFilterListConfiguration: {
              MatchOperator: 'CONTAINS',
              SelectAllOptions: 'FILTER_ALL_VALUES',
              NullOption: 'NULLS_ONLY',
            },
          },
        },
      },
      'product_category IS NULL',
    ],
    [
      'the last three days',
      {
        RelativeDatesFilter: {
          FilterId: 'f',
          Column: column('click_date'),
          AnchorDateConfiguration: { AnchorOption: 'NOW' },
          TimeGranularity: 'DAY',
          RelativeDateType: 'LAST',
          RelativeDateValue: 3,
          NullOption: 'NON_NULLS_ONLY',
        },
      },
      "click_date >= TIMESTAMP '2026-03-09' AND click_date < TIMESTAMP '2026-03-12'",
    ],
    [
      'a day',
      {
        TimeEqualityFilter: {
          FilterId: 'f',
          Column: column('click_date'),
          RollingDate: { Expression: "addDateTime(-4, 'DD', truncDate('DD', now()))" },
        },
      },
      "CAST(click_date AS DATE) = DATE '2026-03-07'",
    ],
  ])('filters by %s', async (_, filter, condition) => {
    const FilterGroups: DashboardVersionDefinition['FilterGroups'] = [
      { FilterGroupId: 'g', Filters: [filter], CrossDataset: 'SINGLE_DATASET', ScopeConfiguration: { AllSheets: {} } },
    ];
    const rows = await rowsOf(definition([bar('b')], { FilterGroups }));
    expect(rows).toEqual(
      await asked(`SELECT event_type, COUNT(*) FROM ${TABLE} WHERE ${condition} GROUP BY 1 ORDER BY 1`),
    );
    expect(rows).not.toEqual([]);
  });

  test('lists what can not be drawn, by name and type, with the reason', async () => {
    const odd: Visual[] = [
      bar('drawn'),
      { WordCloudVisual: { VisualId: 'words', Title: { FormatText: { PlainText: 'Words' } } } },
      { InsightVisual: { VisualId: 'insight', DataSetIdentifier: 'Clicks' } },
      bar('percentile', [{ CalculatedMeasureField: { FieldId: 'c', Expression: 'percentileOver({user_age}, 5)' } }]),
      bar('twice', [{ CalculatedMeasureField: { FieldId: 'c', Expression: 'sum(count(event_id))' } }]),
    ];
    const { context, visuals } = await previewDefinition({ name: 'x', definition: definition(odd) }, lake.root, {
      now: NOW,
    });
    expect(visuals.map(({ title, type, reason = 'drawn' }) => [title, type, reason])).toEqual([
      ['drawn', 'BarChartVisual', 'drawn'],
      ['Words', 'WordCloudVisual', 'is of a type that is not drawn here'],
      ['insight', 'InsightVisual', 'computes other than periods and movers by their difference'],
      ['percentile', 'BarChartVisual', "the function percentileOver can't be computed here"],
      ['twice', 'BarChartVisual', 'sum of what is aggregated already'],
    ]);
    expect(context.exported!.undrawn).toHaveLength(4);
    const strange = await previewDefinition(
      { name: 'x', definition: definition([bar('b', [count], by('city'))]) },
      lake.root,
      { now: NOW },
    );
    expect(strange.visuals[0]!.reason).toBe('no local data set has all columns of Clicks: city, event_id');
  });

  test('by the command line: a page, a list, and what is wrong', async () => {
    const file = join(lake.root, 'theirs.json');
    const [out, other] = [join(lake.root, 'theirs.html'), join(lake.root, 'other.json')];
    const theirs = { Name: 'Theirs', Definition: definition([bar('b')]) };
    writeFileSync(file, JSON.stringify(theirs));
    writeFileSync(other, JSON.stringify({ ...theirs, Definition: definition([bar('c')]) }));
    const at = ['--lake', lake.root, '--out', out];
    const good = await clickstream(
      'dashboard',
      'preview',
      file,
      ...at,
      '--data-set',
      'Clicks=events',
      '--format',
      'json',
    );
    expect([good.code, JSON.parse(good.stdout)]).toEqual([
      0,
      [{ sheet: 'Theirs', visual: 'b', type: 'BarChartVisual', rows: 3, 'not drawn because it': '' }],
    ]);
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['preview', file, ...at, '--parameter', 'City=x'], /there is no parameter City: there are none/],
      [['preview', file, ...at, '--parameter', 'City'], /It must be NAME=VALUE/],
      [['preview', file, ...at, '--data-set', 'Clicks=x'], /there is no local data set x: there are events, sessions/],
      [
        ['preview', file, ...at, '--data-set', 'x=events'],
        /there is no data set x in the definition: there are Clicks/,
      ],
      [['preview', join(lake.root, 'none.json'), ...at], /none\.json: there is no such file/],
      [['preview', lake.root, ...at], /this is a folder/],
    ];
    for (const [args, said] of cases) {
      const { code, stderr } = await clickstream('dashboard', ...args);
      expect([args, code === 0, stderr]).toEqual([args, false, expect.stringMatching(said)]);
    }
    const same = await clickstream('dashboard', 'diff', file, file);
    expect([same.code, same.stdout]).toEqual([0, '']);
    const differing = await clickstream('dashboard', 'diff', file, other);
    expect([differing.code, differing.stdout]).toEqual([1, 'sheet s1, visual b: removed\nsheet s1, visual c: added\n']);
  });
});
