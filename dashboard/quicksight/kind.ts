import type {
  CalculatedField,
  Filter,
  MeasureField,
  Visual as QuickSightVisual,
  VisualTitleLabelOptions,
} from '@aws-sdk/client-quicksight';
import type { Measure } from '../../metrics/measure';
import type { ShownMeasure } from './fields';
import type { Reader } from './wells';

/** How QuickSight has a kind of visual, and how that is read back. */
export interface QuickSightKind<V> {
  emit(visual: V, emission: Emission): QuickSightVisual;
  /** Readers of the types that become this kind; none if another kind reads what this one emits. */
  readonly readers: Readers;
  /** What it shows of its measures, in order. @param compared those with a time before @default its measure, of all rows */
  shownMeasuresOf?(visual: V, compared: readonly Measure[]): ShownMeasure[];
  /** Calculated fields beside those of its measures and dimensions. @default none */
  calculatedFieldsOf?(visual: V): CalculatedField[];
  /** Filters that it always has, whatever is chosen. @default none */
  filtersOf?(visual: V): Filter[];
  /** How many fields wells of its types take, by names such as `FunnelChartAggregatedFieldWells.Category` (AWS, "Adding visuals"). @default any */
  readonly wellSizes?: Readonly<Record<string, number>>;
  /** Types of it in which nothing can be drilled through. @default none */
  readonly flatTypes?: readonly QuickSightType[];
}

/** As AWS calls a type of visual, such as `BarChartVisual`. */
export type QuickSightType = keyof QuickSightVisual;

export type Readers = {
  readonly [T in Exclude<QuickSightType, '$unknown'>]?: Reader<NonNullable<QuickSightVisual[T]>>;
};

/** What every emitted visual is made of. */
export interface Emission {
  readonly common: {
    readonly VisualId: string;
    readonly Title: VisualTitleLabelOptions;
    readonly Subtitle: VisualTitleLabelOptions;
  };
  readonly shown: readonly ShownMeasure[];
  /** Fields of what is shown, in its order. */
  readonly values: MeasureField[];
}
