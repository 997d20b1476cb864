import { type Cell, count } from '../core/terminal/output';
import { type Report, totalAt } from './report';

/** A part of a report for people: a sentence or two, and a table. */
export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly notes?: readonly string[];
}

/** The report as it is read: what it costs, what it would cost, and what others cost. */
export function sectionsOf(report: Report): readonly Section[] {
  const { region, usage, usd, stages, totals, dominant, alternatives, curve, comparisons, ratesRead, unconfirmed } =
    report;
  const free = 'always-free';
  const months = [...new Set(totals.map(({ month }) => month))];
  const total = (month: number, allowance: (typeof totals)[number]['allowance']): string =>
    money(totalAt(report, month, allowance));
  return [
    {
      title: `USD a month in ${region}, month ${usage.month}: ${count(report.events)} events and ${count(report.queries)} queries a day`,
      columns: ['stage', 'USD', 'without any allowance', 'mostly'],
      rows: [
        ...stages.map(({ stage, usd: paid, listUsd, mostly }) => [stage, money(paid), money(listUsd), mostly]),
        [
          'total',
          money(usd),
          total(usage.month, 'none'),
          dominant ? `${dominant.what}: ${percent(dominant.usd / usd)}` : '',
        ],
      ],
      notes: [
        `Rates as of ${ratesRead}; the first column takes off what is always free in an account that has nothing else.`,
        ...(unconfirmed.length > 0
          ? [
              `Not confirmed for ${region}: ${unconfirmed.join(', ')}. "make rates" compares them with AWS's price list.`,
            ]
          : []),
      ],
    },
    {
      title: 'Allowances and age',
      columns: ['month', 'without any allowance', free, 'a new account, with its credit'],
      rows: months.map((month) => [month, total(month, 'none'), total(month, free), total(month, 'new-account')]),
    },
    {
      title: 'The next cheaper and the next faster setting',
      columns: ['', 'setting', 'value', 'USD', 'difference'],
      rows: alternatives.map(({ direction, setting, value, usd: other, difference }) => [
        direction,
        setting,
        value,
        money(other),
        `${difference < 0 ? '' : '+'}${money(difference)}`,
      ]),
    },
    {
      title: 'By volume, with the schedule and the workers that each needs',
      columns: ['events a day', 'etl_schedule', 'workers', 'a run takes', 'USD', 'USD a million events'],
      rows: curve.map(({ eventsPerDay, schedule, workers, runSeconds, usd: price, usdPerMillionEvents }) => [
        count(eventsPerDay),
        schedule,
        workers,
        `${Math.round(runSeconds)} s`,
        money(price),
        money(usdPerMillionEvents),
      ]),
    },
    {
      title: 'Compared with alternatives',
      columns: ['what', 'events a day', 'USD', 'this stack', 'how'],
      rows: comparisons.map(({ what, eventsPerDay, usd: theirs, oursUsd, how }) => [
        what,
        count(eventsPerDay),
        money(theirs),
        money(oursUsd),
        how,
      ]),
    },
  ];
}

/** To the cent from ten USD on, else to a tenth of one: small parts add up. */
export function money(usd: number): string {
  const digits = Math.abs(usd) >= 10 ? 2 : 3;
  const text = usd.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return text === '-0.000' ? '0.000' : text;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
