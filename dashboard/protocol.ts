import type { Period } from '../metrics/period';
import type { Dashboard } from './spec';

/** What the page gets from the server, or has in itself when it was exported. */

/** Rows of a visual at most: more could not be shown, and the page says so. */
export const MOST_ROWS = 5000;

export type Cell = string | number | boolean | null;

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** The query in SQL that Athena takes. */
  readonly sql: string;
}

export interface VisualData {
  readonly main: Rows;
  readonly trend?: Rows;
  /** Labels of filters that the visual's data set knows nothing of. */
  readonly unfilteredBy: readonly string[];
}

export interface Failed {
  readonly error: string;
}

/** Values of a control with how many events each has, the most first. */
export type ControlValues = readonly (readonly [value: string, events: number])[];

/** From when to when there is data, in UTC. */
export interface DataSpan extends Period {
  /** Whole days between in which nothing at all happened, in order; days that follow each other are one period. */
  readonly gaps: readonly Period[];
  /** What is wrong with the data, in sentences. */
  readonly warnings: readonly string[];
  /** When this was asked. */
  readonly now: string;
}

/** Hours or days of a country and event type outside their expected band, in UTC. */
export interface Incident extends Period {
  readonly country_code: string;
  readonly country_name: string;
  readonly continent: string;
  readonly event_type: string;
  readonly direction: string;
  /** In its anomalous hours, of which there are so many. */
  readonly events: number;
  readonly expected: number;
  readonly hours: number;
}

export interface PageContext {
  readonly dashboard: Dashboard;
  /** What an exported page shows, by visual; absent from a served one. */
  readonly exported?: {
    /** The state, as an address has it. */
    readonly query: string;
    /** Absent from a preview, whose dates are those of its definition. */
    readonly span?: DataSpan;
    /** Every incident, the heaviest first. @default none */
    readonly incidents?: readonly Incident[];
    readonly visuals: Readonly<Record<string, VisualData>>;
    /** What of all rows is shown. @default the state, in words */
    readonly words?: readonly string[];
    /** What the page can't draw, each with its reason. */
    readonly undrawn?: readonly string[];
  };
}

/** A dashboard as the page needs it: without the SQL of its data sets. */
export function withoutSql(dashboard: Dashboard): Dashboard {
  return JSON.parse(
    JSON.stringify(dashboard, (key, value) =>
      key === 'dataSet' && typeof value === 'object' ? { ...value, relation: '', fields: {} } : value,
    ),
  );
}
