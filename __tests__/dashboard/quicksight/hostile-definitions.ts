import type { CalculatedField, DashboardVersionDefinition, MeasureField, Visual } from '@aws-sdk/client-quicksight';

/**
 * Definitions that somebody may send to do harm. Add one by a line of `HOSTILE`: tests hold each to be refused, with nothing written
 * and nothing read.
 */

/** A definition file as JSON has it: anything may be anywhere. */
// biome-ignore lint/suspicious/noExplicitAny: what is hostile is where the types would not let it be
export type Loose = any;

/** Files that a hostile definition may aim at. */
export interface Targets {
  /** May be overwritten. */
  readonly written: string;
  /** May be read. */
  readonly secret: string;
}

export interface Hostile {
  readonly name: string;
  readonly spoil: (definition: Loose, targets: Targets) => void;
  /** What `parseDefinition` says. Where nothing is said, the file is well formed and the visual is refused. */
  readonly refused?: RegExp;
  /** Why the visual is not drawn, if the definition comes around `parseDefinition`; undefined if no visual is left to say it. */
  readonly reason?: RegExp;
}

const column = (ColumnName: string) => ({ DataSetIdentifier: 'Clicks', ColumnName });
const count: MeasureField = {
  CategoricalMeasureField: { FieldId: 'n', Column: column('event_id'), AggregationFunction: 'COUNT' },
};

const line: Visual = {
  LineChartVisual: {
    VisualId: 'line',
    Title: { FormatText: { PlainText: 'Clicks by day' } },
    ChartConfiguration: {
      FieldWells: {
        LineChartAggregatedFieldWells: {
          Category: [{ DateDimensionField: { FieldId: 't', Column: column('click_date'), DateGranularity: 'DAY' } }],
          Values: [
            count,
            { CalculatedMeasureField: { FieldId: 'c', Expression: 'sum({age} * 2) / count({event_id})' } },
          ],
        },
      },
      SortConfiguration: {
        CategorySort: [
          { FieldSort: { FieldId: 't', Direction: 'ASC' } },
          {
            ColumnSort: {
              SortBy: column('user_age'),
              Direction: 'DESC',
              AggregationFunction: { NumericalAggregationFunction: { SimpleNumericalAggregation: 'MAX' } },
            },
          },
        ],
        CategoryItemsLimitConfiguration: { ItemsLimit: 500, OtherCategories: 'EXCLUDE' },
      },
    },
  },
};

/** A definition of somebody else, with one of each that becomes SQL: a visual, filters, parameters, calculated fields. */
export function benignDefinition(): DashboardVersionDefinition {
  return structuredClone({
    DataSetIdentifierDeclarations: [
      { Identifier: 'Clicks', DataSetArn: 'arn:aws:quicksight:eu-west-1:444455556666:dataset/4f3a' },
    ],
    CalculatedFields: [
      { DataSetIdentifier: 'Clicks', Name: 'age', Expression: 'ifelse({user_age} > 40, {user_age}, 1)' },
      { DataSetIdentifier: 'Clicks', Name: 'day', Expression: "truncDate('DD', addDateTime(-1, 'HH', {click_date}))" },
    ],
    ParameterDeclarations: [
      {
        StringParameterDeclaration: {
          Name: 'Kind',
          ParameterValueType: 'MULTI_VALUED',
          DefaultValues: { StaticValues: ['click', 'purchase'] },
        },
      },
      {
        IntegerParameterDeclaration: {
          Name: 'Least',
          ParameterValueType: 'SINGLE_VALUED',
          DefaultValues: { StaticValues: [18] },
        },
      },
      {
        DecimalParameterDeclaration: {
          Name: 'Most',
          ParameterValueType: 'SINGLE_VALUED',
          DefaultValues: { StaticValues: [99.5] },
        },
      },
      {
        DateTimeParameterDeclaration: {
          Name: 'From',
          TimeGranularity: 'DAY',
          DefaultValues: { RollingDate: { Expression: "addDateTime(-7, 'DD', truncDate('DD', now()))" } },
        },
      },
    ],
    FilterGroups: [
      {
        FilterGroupId: 'g',
        CrossDataset: 'SINGLE_DATASET',
        ScopeConfiguration: { AllSheets: {} },
        Filters: [
          {
            CategoryFilter: {
              FilterId: 'f1',
              Column: column('event_type'),
              Configuration: {
                CustomFilterConfiguration: { MatchOperator: 'EQUALS', ParameterName: 'Kind', NullOption: 'ALL_VALUES' },
              },
            },
          },
          {
            CategoryFilter: {
              FilterId: 'f2',
              Column: column('continent'),
              Configuration: {
                FilterListConfiguration: {
                  MatchOperator: 'CONTAINS',
                  CategoryValues: ['Asia'],
                  NullOption: 'ALL_VALUES',
                },
              },
            },
          },
          {
            NumericRangeFilter: {
              FilterId: 'f3',
              Column: column('user_age'),
              RangeMinimum: { Parameter: 'Least' },
              RangeMaximum: { StaticValue: 90.5 },
              NullOption: 'NON_NULLS_ONLY',
            },
          },
          {
            NumericEqualityFilter: {
              FilterId: 'f4',
              Column: column('user_age'),
              Value: 41,
              MatchOperator: 'DOES_NOT_EQUAL',
              NullOption: 'NON_NULLS_ONLY',
            },
          },
          {
            TimeRangeFilter: {
              FilterId: 'f5',
              Column: column('click_date'),
              RangeMinimumValue: { Parameter: 'From' },
              RangeMaximumValue: { StaticValue: '2026-03-20T00:00:00Z' as unknown as Date },
              TimeGranularity: 'DAY',
              NullOption: 'NON_NULLS_ONLY',
            },
          },
          {
            TimeEqualityFilter: {
              FilterId: 'f6',
              Column: column('day'),
              Value: 1772841600 as unknown as Date,
              TimeGranularity: 'DAY',
            },
          },
          {
            RelativeDatesFilter: {
              FilterId: 'f7',
              Column: column('click_date'),
              AnchorDateConfiguration: { AnchorOption: 'NOW' },
              TimeGranularity: 'DAY',
              RelativeDateType: 'LAST',
              RelativeDateValue: 30,
              NullOption: 'NON_NULLS_ONLY',
            },
          },
        ],
      },
    ],
    Sheets: [{ SheetId: 's1', Name: 'Theirs', Visuals: [line] }],
  });
}

const chart = (definition: Loose) => definition.Sheets[0].Visuals[0].LineChartVisual.ChartConfiguration;
const category = (definition: Loose) =>
  chart(definition).FieldWells.LineChartAggregatedFieldWells.Category[0].DateDimensionField;
const filter = (definition: Loose, n: number) => Object.values<Loose>(definition.FilterGroups[0].Filters[n])[0];
const expression = (definition: Loose, text: string): void => {
  definition.CalculatedFields[0].Expression = text;
};

const WRITES = (file: string) =>
  `day', now()) as timestamp); copy (select 'touch owned') to '${file}' (format csv, header false, quote ''); select cast(date_trunc('day`;
const READS = (file: string) =>
  `day', now()) as timestamp), (select content from read_text('${file}')), cast(date_trunc('day`;

/** Field `f0` doubled `count` times over. */
const doubled = (count: number): CalculatedField[] =>
  Array.from({ length: count }, (_, n) => ({
    DataSetIdentifier: 'Clicks',
    Name: n === 0 ? 'age' : `f${n}`,
    Expression: n === count - 1 ? '{user_age}' : `{f${n + 1}}+{f${n + 1}}`,
  }));

export const HOSTILE: readonly Hostile[] = [
  {
    name: 'SQL that writes, in the granularity of a field',
    spoil: (d, { written }) => (category(d).DateGranularity = WRITES(written)),
    refused:
      /^Definition\.Sheets\[0\]\.Visuals\[0\]\.LineChartVisual\.ChartConfiguration\.FieldWells\.LineChartAggregatedFieldWells\.Category\[0\]\.DateDimensionField\.DateGranularity must be one of YEAR, QUARTER, .* and is "day', now\(\)\) as timestamp\); copy .{10,40}…"$/,
    reason: /^the granularity day', now\(\)\) .* can't be computed here$/,
  },
  {
    name: 'SQL that reads a file, in the granularity of a field',
    spoil: (d, { secret }) => (category(d).DateGranularity = READS(secret)),
    refused: /DateDimensionField\.DateGranularity must be one of YEAR/,
    reason: /^the granularity day', now\(\)\) /,
  },
  ...[4, 5, 6].flatMap((n): Hostile[] => [
    {
      name: `SQL that writes, in the granularity of filter ${n}`,
      spoil: (d, { written }) => (filter(d, n).TimeGranularity = WRITES(written)),
      refused: /^Definition\.FilterGroups\[0\]\.Filters\[\d\]\.\w+\.TimeGranularity must be one of YEAR.* and is "day'/,
      reason: /^the granularity day', now\(\)\) /,
    },
    {
      name: `SQL that reads, in the granularity of filter ${n}`,
      spoil: (d, { secret }) => (filter(d, n).TimeGranularity = READS(secret)),
      refused: /TimeGranularity must be one of YEAR/,
      reason: /^the granularity day', now\(\)\) /,
    },
  ]),
  {
    name: 'SQL for a number of periods',
    spoil: (d, { secret }) => (filter(d, 6).RelativeDateValue = `1 + (select 1 from read_text('${secret}'))`),
    refused: /RelativeDateValue must be a number, and is "1 \+ \(select/,
    reason: /^a finite number is expected, not null$/,
  },
  {
    name: 'SQL for a limit',
    spoil: (d) => (chart(d).SortConfiguration.CategoryItemsLimitConfiguration.ItemsLimit = '1; drop table x'),
    refused: /ItemsLimit must be a number, and is "1; drop table x"/,
    reason: /./,
  },
  {
    name: 'SQL for a number of a filter',
    spoil: (d) => (filter(d, 3).Value = '1 OR (select 1)'),
    refused: /Filters\[3\]\.NumericEqualityFilter\.Value must be a number, and is "1 OR \(select 1\)"/,
    reason: /^a finite number is expected, not "1 OR \(select 1\)"$/,
  },
  {
    name: 'SQL for a bound of a filter',
    spoil: (d) => (filter(d, 2).RangeMaximum.StaticValue = '1 OR TRUE'),
    refused: /RangeMaximum\.StaticValue must be a number, and is "1 OR TRUE"/,
    reason: /^a finite number is expected, not "1 OR TRUE"$/,
  },
  {
    name: 'SQL for a time',
    spoil: (d) => (filter(d, 5).Value = "2026-01-01' OR TRUE --"),
    refused: /TimeEqualityFilter\.Value must be a time, in seconds or as ISO 8601, and is "2026-01-01' OR TRUE --"/,
    reason: /^is filtered by a time that can't be read: 2026-01-01' OR TRUE --$/,
  },
  {
    name: 'a time beyond the calendar',
    spoil: (d) => (filter(d, 5).Value = 1e300),
    refused: /TimeEqualityFilter\.Value must be a time.* and is 1e\+300/,
    reason: /^is filtered by a time that can't be read: 1e\+300$/,
  },
  {
    name: 'SQL for a number of a parameter',
    spoil: (d) => (d.ParameterDeclarations[1].IntegerParameterDeclaration.DefaultValues.StaticValues = ['1) OR (TRUE']),
    refused: /IntegerParameterDeclaration\.DefaultValues\.StaticValues\[0\] must be a number, and is "1\) OR \(TRUE"/,
  },
  {
    name: 'SQL for an operator',
    spoil: (d) => (filter(d, 0).Configuration.CustomFilterConfiguration.MatchOperator = "EQUALS' OR TRUE"),
    refused: /MatchOperator must be one of EQUALS, .* and is "EQUALS' OR TRUE"/,
    reason: /^the operator EQUALS' OR TRUE can't be computed here$/,
  },
  {
    name: 'SQL for an aggregation',
    spoil: (d) =>
      (chart(d).FieldWells.LineChartAggregatedFieldWells.Values[0].CategoricalMeasureField.AggregationFunction =
        'COUNT(*), (select 1)'),
    refused: /AggregationFunction must be one of COUNT, DISTINCT_COUNT and is "COUNT\(\*\), \(select 1\)"/,
    reason: /^the aggregation COUNT\(\*\), \(select 1\) can't be computed here$/,
  },
  {
    name: 'control characters in a value',
    spoil: (d) => (category(d).DateGranularity = '\u001b]0;owned\u0007\u009b2J\u202e'),
    refused: /and is "\\u001b\]0;owned\\u0007\\u009b2J\\u202e"$/,
    reason: /^the granularity \\u001b\]0;owned\\u0007\\u009b2J\\u202e can't/,
  },
  {
    name: 'SQL for a column',
    spoil: (d) => (category(d).Column.ColumnName = 'click_date" FROM x; --'),
    reason: /^no local data set has all columns of Clicks: .*click_date" FROM x; --/,
  },
  {
    name: 'a function that reads files, in an expression',
    spoil: (d, { secret }) => expression(d, `read_text('${secret}')`),
    reason: /^the function read_text can't be computed here$/,
  },
  {
    name: 'a comment in an expression',
    spoil: (d) => expression(d, '1 -- {x'),
    reason: /is not (understood|expected)/,
  },
  {
    name: 'a statement in an expression',
    spoil: (d) => expression(d, '1; DROP TABLE x'),
    reason: /is not understood in 1; DROP/,
  },
  {
    name: 'a unit in an expression',
    spoil: (d) => expression(d, "extract('HH'' FROM x) --', {click_date})"),
    reason: /^the unit 'HH'' FROM x\) --' can't be computed here$/,
  },
  {
    name: 'calculated fields that double 40 times',
    spoil: (d) => d.CalculatedFields.splice(0, 1, ...doubled(40)),
    reason: /^the calculated field f\d+ expands to more than 100,000 characters of SQL$/,
  },
  {
    name: 'a calculated field made of itself',
    spoil: (d) => expression(d, '{age} + 1'),
    reason: /^the calculated field age is made of itself$/,
  },
  {
    name: '20,000 parentheses',
    spoil: (d) => expression(d, `${'('.repeat(20_000)}1${')'.repeat(20_000)}`),
    reason: /^the calculated field age is nested more than 200 levels deep in \(\(\(\(/,
  },
  {
    name: '20,000 minus signs',
    spoil: (d) => expression(d, `${'-'.repeat(20_000)}1`),
    reason: /^the calculated field age is nested more than 200 levels deep/,
  },
  {
    name: 'a sum of 10,000 numbers',
    spoil: (d) => expression(d, Array(10_000).fill('1').join('+')),
    reason: /^the calculated field age has too many operations in each other/,
  },
  // toString is a function of QuickSight's.
  ...['__proto__', 'constructor', 'hasOwnProperty', 'valueOf'].map(
    (name): Hostile => ({
      name: `${name} as a function`,
      spoil: (d) => expression(d, `${name}({user_age})`),
      reason: new RegExp(`^the function ${name} can't be computed here$`),
    }),
  ),
  ...['__proto__', 'constructor', 'hasOwnProperty', 'toString'].flatMap((name): Hostile[] => [
    {
      name: `${name} as a field`,
      spoil: (d) => expression(d, `{${name}}`),
      reason: new RegExp(`^no local data set has all columns of Clicks: .*${name}`),
    },
    {
      name: `${name} as a unit`,
      spoil: (d) => expression(d, `extract('${name}', {click_date})`),
      reason: new RegExp(`^the unit '${name}' can't be computed here$`),
    },
    {
      name: `${name} as a granularity`,
      spoil: (d) => (category(d).DateGranularity = name),
      refused: new RegExp(`DateGranularity must be one of .* and is "${name}"`),
      reason: new RegExp(`^the granularity ${name} can't be computed here$`),
    },
    {
      name: `${name} as relative dates`,
      spoil: (d) => (filter(d, 6).RelativeDateType = name),
      refused: new RegExp(`RelativeDateType must be one of .* and is "${name}"`),
      reason: new RegExp(`^the relative dates ${name} can't be computed here$`),
    },
    {
      name: `${name} as a parameter of a filter`,
      spoil: (d) => (filter(d, 0).Configuration.CustomFilterConfiguration.ParameterName = name),
      refused: new RegExp(`there is no parameter ${name}: there are Kind`),
    },
    {
      name: `${name} as a data set of a field`,
      spoil: (d) => (category(d).Column.DataSetIdentifier = name),
      refused: new RegExp(`there is no data set ${name}: there are Clicks`),
      reason: /^is of 2 data sets$/,
    },
    {
      name: `${name} as a part`,
      spoil: (d) => Object.defineProperty(d.Sheets[0], name, { value: {}, enumerable: true }),
      refused: new RegExp(`^Definition\\.Sheets\\[0\\]\\.${name} is not known: there are SheetId`),
    },
  ]),
  {
    name: 'more sheets than there can be',
    spoil: (d) => (d.Sheets = Array.from({ length: 21 }, (_, n) => ({ SheetId: `s${n}` }))),
    refused: /^Definition\.Sheets has 21 items, and may have 20$/,
  },
  {
    name: 'more filters than there can be',
    spoil: (d) => (d.FilterGroups[0].Filters = Array(21).fill(d.FilterGroups[0].Filters[0])),
    refused: /^Definition\.FilterGroups\[0\]\.Filters has 21 items, and may have 20$/,
  },
  {
    name: '50,000 values of a parameter that filters',
    spoil: (d) =>
      (d.ParameterDeclarations[0].StringParameterDeclaration.DefaultValues.StaticValues = Array(50_000).fill('x')),
    reason: /^(is filtered by 50000 values, and 10,000 can be|needs more than 250,000 characters of SQL)$/,
  },
];
