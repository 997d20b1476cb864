import { at, visualsOf } from '../../dashboard/spec';
import { events, sessions } from '../../metrics/data-sets';
import { eventDimensions, sessionDimensions } from '../../metrics/dimensions';
import { eventMeasures, sessionMeasures } from '../../metrics/measures';

/** Never run: the compiler reports each of these directives under which there is no error. */
export function doesNotCompile(): void {
  const common = { id: 'x', title: 'X', position: at(0, 0, 1, 1) };
  const ofEvents = visualsOf(events);
  const isKnown = true;
  // @ts-expect-error a measure that there is not
  ofEvents.kpi({ ...common, measure: eventMeasures.no_measure });
  // @ts-expect-error a dimension that there is not
  ofEvents.pie({ ...common, measure: eventMeasures.events, category: eventDimensions.no_dimension });
  // @ts-expect-error a field that there is not
  ofEvents.kpi({ ...common, measure: eventMeasures.events, where: [{ field: events.fields.no_field, isKnown }] });
  // @ts-expect-error a measure of another data set
  ofEvents.kpi({ ...common, measure: sessionMeasures.sessions });
  // @ts-expect-error a dimension of another data set
  ofEvents.pie({ ...common, measure: eventMeasures.events, category: sessionDimensions.country });
  // @ts-expect-error a filter of another data set
  ofEvents.kpi({ ...common, measure: eventMeasures.events, where: [{ field: sessions.fields.user_id, isKnown }] });
  // @ts-expect-error one of its measures of another data set
  ofEvents.line({ ...common, time: eventDimensions.day, measures: [eventMeasures.events, sessionMeasures.sessions] });
  // @ts-expect-error nothing to measure
  ofEvents.line({ ...common, time: eventDimensions.day, measures: [] });
  // @ts-expect-error no position
  ofEvents.kpi({ id: 'x', title: 'X', measure: eventMeasures.events });
}
