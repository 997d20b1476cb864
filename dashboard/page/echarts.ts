import { BarChart, CustomChart, LineChart, MapChart, PieChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  GeoComponent,
  GraphicComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkPointComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import { init, registerMap, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type { Points } from './drawing';

// Only what is used, which is a third of ECharts.
use([
  BarChart,
  CustomChart,
  LineChart,
  MapChart,
  PieChart,
  ScatterChart,
  AriaComponent,
  GeoComponent,
  GraphicComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkPointComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
]);

export { init, registerMap };

let world: Promise<Points> | undefined;

/** Loads the shapes of countries once, as the map `world`, and gives the points of the others. */
export function loadWorld(): Promise<Points> {
  world ??= read().then(({ shapes, points }) => {
    registerMap('world', shapes as Parameters<typeof registerMap>[1]);
    return new Map(points.map(([code, ...place]) => [code, place]));
  });
  return world;
}

interface World {
  readonly shapes: object;
  readonly points: readonly (readonly [code: string, longitude: number, latitude: number])[];
}

async function read(): Promise<World> {
  const embedded = document.getElementById('world');
  return embedded ? JSON.parse(embedded.textContent!) : fetch('/world.json').then((response) => response.json());
}
