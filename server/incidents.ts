import type { Incident } from '../dashboard/protocol';
import type { LakeReader } from '../lake/duckdb/lake-reader';
import { incidents } from '../metrics/data-sets';
import { incidentDimensions as d } from '../metrics/dimensions';
import { incidentMeasures as m } from '../metrics/measures';
import type { Query } from '../metrics/query';

/** Incidents that charts, sentences and filters know of at most. */
const MOST_INCIDENTS = 200;

const INCIDENTS: Query = {
  dataSet: incidents,
  dimensions: [d.country_code, d.country, d.continent, d.event_type, d.direction, d.started_at, d.ended_at],
  measures: [m.incident_events, m.expected_events, m.incident_hours, m.incident_weight],
  filters: [],
  orderBy: [{ column: m.incident_weight.id, isDescending: true }],
  limit: MOST_INCIDENTS,
};

/** The incidents of a lake, the heaviest first. */
export async function incidentsOf(reader: LakeReader, signal?: AbortSignal): Promise<Incident[]> {
  const { rows } = await reader.ask(INCIDENTS, signal);
  return rows.map((row): Incident => {
    const [country_code, country_name, continent, event_type, direction, from, to] = row.map(String) as [
      ...Names,
      string,
      string,
    ];
    const [events, expected, hours] = row.slice(7).map(Number) as [number, number, number];
    return { country_code, country_name, continent, event_type, direction, from, to, events, expected, hours };
  });
}

type Names = [string, string, string, string, string];
