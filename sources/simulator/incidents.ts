import { DAY_S, HOUR_S, parseTime } from '../../core/time';
import type { Country } from '../../schema/countries';

/** What a planted incident does: purchases stop, bots flood product pages, or a campaign brings new users. */
export const INCIDENT_KINDS = ['checkout-outage', 'bot-flood', 'campaign-spike'] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** An incident planted in one country during [from, to), in epoch seconds. */
export interface Incident {
  readonly kind: IncidentKind;
  readonly country: string;
  readonly from: number;
  readonly to: number;
}

const SYNTAX = 'KIND:COUNTRY:START/DURATION, such as checkout-outage:DE:2026-03-01T10:00/6h';
const UNIT_S = { m: 60, h: HOUR_S, d: DAY_S };

/** Reads `KIND:COUNTRY:START/DURATION` (UTC; m, h or d). Throws naming what is wrong and the right form. */
export function parseIncident(text: string, countries: readonly Country[]): Incident {
  const match = /^([a-z-]+):([A-Za-z]+):([^/]+)\/(\d+)([mhd])$/.exec(text);
  if (!match) throw new RangeError(`"${text}" is not an incident: write ${SYNTAX}`);
  const [, name, country, start, amount, unit] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    'm' | 'h' | 'd',
  ];
  const kind = INCIDENT_KINDS.find((known) => known === name);
  if (!kind) throw new RangeError(`unknown incident "${name}" in "${text}": use one of ${INCIDENT_KINDS.join(', ')}`);
  if (!countries.some(({ code, population }) => code === country && population > 0))
    throw new RangeError(`"${country}" in "${text}" is not an inhabited country's ISO 3166-1 alpha-2 code, such as DE`);
  const from = parseTime(start);
  if (Number.isNaN(from))
    throw new RangeError(`"${start}" in "${text}" is not a time: write it as 2026-03-01T10:00 (UTC)`);
  if (Number(amount) === 0) throw new RangeError(`"${text}" lasts no time: write ${SYNTAX}`);
  return { kind, country, from, to: from + Number(amount) * UNIT_S[unit] };
}

/** The incident as `parseIncident` reads it. */
export function formatIncident({ kind, country, from, to }: Incident): string {
  return `${kind}:${country}:${new Date(from * 1000).toISOString().replace(/(:00)?\.000Z$/, '')}/${(to - from) / 60}m`;
}

/** Says at what times the checkout fails in a country. */
export function outageOf(incidents: readonly Incident[], country: string): (time: number) => boolean {
  const outages = incidents.filter((incident) => incident.kind === 'checkout-outage' && incident.country === country);
  if (outages.length === 0) return () => false;
  return (time) => outages.some(({ from, to }) => time >= from && time < to);
}
