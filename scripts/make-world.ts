import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import codeMappingsJson from 'cldr-core/supplemental/codeMappings.json';
import { geoCentroid } from 'd3-geo';
import type { Geometry, Position } from 'geojson';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import fine from 'world-atlas/countries-50m.json';
import coarse from 'world-atlas/countries-110m.json';
import { PROJECT } from '../core/project';
import { loadCountries } from '../schema/countries';

/**
 * Writes dashboard/page/world.json: a GeoJSON shape for each country that is large enough to be seen, and a point for each other
 * one. Shapes are Natural Earth's (public domain), by world-atlas; they are known by ISO's numeric codes, which CLDR tells.
 */

type World = Topology<{ countries: GeometryCollection<{ name: string }> }>;

const mappings: Readonly<Record<string, { _numeric?: string; _alpha3?: string }>> =
  codeMappingsJson.supplemental.codeMappings;
const known = new Set(loadCountries().map(({ code }) => code));
/** Of the countries of today: currencies, and countries that there are no more, have numbers too. */
const codes = new Map(
  Object.entries(mappings).flatMap(([code, { _numeric }]) => (_numeric && known.has(code) ? [[_numeric, code]] : [])),
);
/** What Natural Earth has without a code of ISO's. */
const KOSOVO = 'XK';

const featuresOf = (world: World) =>
  feature(world, world.objects.countries).features.map(({ id, geometry, properties }) => {
    const code = properties.name === 'Kosovo' ? KOSOVO : codes.get(String(id).padStart(3, '0'));
    return { type: 'Feature' as const, properties: { name: code ?? properties.name }, geometry };
  });

const shapes = featuresOf(coarse as unknown as World).filter(({ properties }) => properties.name !== 'AQ');
const shown = new Set(shapes.map(({ properties }) => properties.name));
const points = featuresOf(fine as unknown as World)
  .filter(({ properties }) => known.has(properties.name) && !shown.has(properties.name) && properties.name !== 'AQ')
  .map((country) => [country.properties.name, ...geoCentroid(country).map(round)]);
const rounded = JSON.stringify(
  { type: 'FeatureCollection', features: shapes.map((shape) => ({ ...shape, geometry: flat(shape.geometry) })) },
  (_, value) => (typeof value === 'number' ? round(value) : value),
);
writeFileSync(join(PROJECT, 'dashboard/page/world.json'), `{"shapes":${rounded},"points":${JSON.stringify(points)}}\n`);
const missing = [...known].filter((code) => !shown.has(code) && !points.some(([name]) => name === code));
console.log(`${shapes.length} shapes, ${points.length} points; without either: ${missing.join(' ')}`);

/** Rings that cross the 180th meridian go on beyond it, as on a flat map they would otherwise run around the world. */
function unrolled(ring: Position[]): Position[] {
  const isCrossing = ring.some(([x], n) => n > 0 && Math.abs(x! - ring[n - 1]![0]!) > 180);
  return isCrossing ? ring.map(([x, y]) => [x! < 0 ? x! + 360 : x!, y!]) : ring;
}

function flat(geometry: Geometry): Geometry {
  if (geometry.type === 'Polygon') return { ...geometry, coordinates: geometry.coordinates.map(unrolled) };
  if (geometry.type !== 'MultiPolygon') return geometry;
  return { ...geometry, coordinates: geometry.coordinates.map((polygon) => polygon.map(unrolled)) };
}

/** A tenth of a degree is half a pixel of a map as wide as a screen. */
function round(degrees: number): number {
  return Math.round(degrees * 10) / 10;
}
