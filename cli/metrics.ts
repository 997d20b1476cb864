import { type Command, Option } from 'commander';
import { type Cell, type Format, printRows } from '../core/terminal/output';
import { info } from '../core/terminal/progress';
import { dataSets } from '../metrics/data-sets';
import { dimensions } from '../metrics/dimensions';
import { measures } from '../metrics/measures';
import { dimensionSql, measureSql } from '../metrics/query';
import { addFormatOptions } from './format-option';

/** What fits on a terminal. */
const TABLE_COLUMNS = 5;

interface MetricsFlags {
  readonly format: Format;
  readonly dataSet?: string;
  readonly dimensions?: true;
}

/** Adds `clickstream metrics`. */
export function addMetrics(program: Command): void {
  addFormatOptions(program.command('metrics'))
    .description('what is measured, what each number means, and whose definition it is')
    .option('--dimensions', 'what can be measured by instead')
    .addOption(new Option('--data-set <name>', 'those of one data set').choices(dataSets.map(({ name }) => name)))
    .action(async ({ format, dataSet, dimensions }: MetricsFlags) => {
      const { columns, rows } = dimensions ? dimensionRows() : measureRows();
      const chosen = rows.filter(([name]) => dataSet === undefined || name === dataSet);
      if (format !== 'table') return printRows({ columns, chunks: [chosen] }, format);
      const shown = chosen.map((row) => row.slice(0, TABLE_COLUMNS));
      await printRows({ columns: columns.slice(0, TABLE_COLUMNS), chunks: [shown], isWrapped: true }, format);
      if (columns.length > TABLE_COLUMNS)
        info(`${columns.slice(TABLE_COLUMNS).join(', ')} too with --format csv, tsv or json`);
    });
}

interface Listed {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

function measureRows(): Listed {
  return {
    columns: ['data_set', 'metric', 'description', 'unit', 'source', 'label', 'format', 'sql'],
    rows: measures.map((measure) => {
      const { dataSet, id, label, description, unit, format, source = null } = measure;
      return [dataSet, id, description, unit, source, label, format, measureSql(measure)];
    }),
  };
}

function dimensionRows(): Listed {
  return {
    columns: ['data_set', 'dimension', 'description', 'label', 'sql'],
    rows: dimensions.map((dimension) => {
      const { dataSet, id, label, description } = dimension;
      return [dataSet, id, description, label, dimensionSql(dimension)];
    }),
  };
}
