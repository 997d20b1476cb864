import type { Field } from './data-set';

/** What rows must be for a measure to count them. */
export type Condition<D extends string = string> =
  | { readonly field: Field<D>; readonly equals: string | boolean }
  | { readonly field: Field<D>; readonly isNot: string };

/** An aggregate over rows, and over any part of them: filters go before it. */
export type Aggregate<D extends string = string> =
  | { readonly kind: 'count'; readonly where?: Condition<D> }
  | {
      readonly kind: 'countDistinct' | 'sum' | 'avg' | 'min' | 'max';
      readonly field: Field<D>;
      readonly where?: Condition<D>;
    };

export type Expression<D extends string = string> =
  | Aggregate<D>
  /** Null where the denominator is 0. */
  | { readonly kind: 'ratio'; readonly numerator: Aggregate<D>; readonly denominator: Aggregate<D> }
  | { readonly kind: 'difference'; readonly minuend: Aggregate<D>; readonly subtrahend: Aggregate<D> };

/** How a value is shown: `percent` of a fraction, `duration` of seconds, `time` of a timestamp. */
export type Format = 'integer' | 'decimal' | 'percent' | 'duration' | 'time';

/** A number with a name, which means the same wherever it is shown. */
export interface Measure<D extends string = string> {
  readonly dataSet: D;
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly unit: string;
  readonly format: Format;
  /** Whose definition it is, where it is somebody's. */
  readonly source?: string;
  /** Whether less of it is better. @default false */
  readonly isLessBetter?: boolean;
  /** Whether more of it is neither better nor worse. @default false */
  readonly isNeutral?: boolean;
  readonly expression: Expression<D>;
}

/** Names of the columns of a query that a dimension or measure has. */
export type Dimension<D extends string = string> = {
  readonly dataSet: D;
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly field: Field<D>;
} & (
  | { readonly kind: 'value' }
  /** Starts of periods, in the time zone asked for. */
  | { readonly kind: 'time'; readonly grain: Grain }
  /** Lower ends of intervals of this width. */
  | { readonly kind: 'bin'; readonly width: number }
  /** `weekday` is 1 (Monday, ISO 8601) to 7, `hour` 0 to 23. */
  | { readonly kind: 'part'; readonly part: 'weekday' | 'hour' }
);

export type Grain = 'hour' | 'day' | 'week' | 'month' | 'year';

/** Dimensions from the coarsest to the finest, to drill down through. */
export interface Hierarchy<D extends string = string> {
  readonly label: string;
  readonly levels: readonly [Dimension<D>, ...Dimension<D>[]];
}
