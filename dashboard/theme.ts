/** Colors and fonts of the dashboard on every target: change them here to make it yours. */
export interface Theme {
  readonly name: string;
  /** Of values of a dimension, in their order; told apart with color-blind eyes too (Okabe and Ito, 2008). */
  readonly series: readonly string[];
  /** Of a measure, from few to many. */
  readonly scale: readonly [string, string];
  readonly inks: Inks;
  /** What can be clicked, and is chosen. */
  readonly accent: string;
  readonly good: string;
  readonly bad: string;
  /** Fonts, the first one that there is. */
  readonly fonts: readonly string[];
}

/** Colors beside those of marks. */
export interface Inks {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly page: string;
  readonly surface: string;
}

const FONTS = ['system-ui', '-apple-system', 'Segoe UI', 'Roboto', 'Helvetica Neue', 'Arial', 'sans-serif'];

export const lightTheme: Theme = {
  name: 'light',
  series: ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#8a8d00', '#6b7280'],
  scale: ['#dceaf5', '#00497a'],
  inks: { text: '#1b2430', muted: '#566171', line: '#e3e7ec', page: '#f4f6f9', surface: '#ffffff' },
  accent: '#005a8f',
  good: '#00704f',
  bad: '#b23a00',
  fonts: FONTS,
};

export const darkTheme: Theme = {
  name: 'dark',
  series: ['#4aa8e0', '#f0b429', '#2fbf95', '#e29cc3', '#8fd0f5', '#f07f3c', '#c9c24a', '#9ca3af'],
  scale: ['#1d3346', '#7cc4f2'],
  inks: { text: '#e6e9ee', muted: '#a3acb9', line: '#333c49', page: '#11161d', surface: '#1a2029' },
  accent: '#7cc4f2',
  good: '#3fcf9f',
  bad: '#ff8a50',
  fonts: FONTS,
};

/** Fonts as style sheets name them. */
export function fontFamily({ fonts }: Theme): string {
  return fonts.map((name) => (name.includes(' ') ? `"${name}"` : name)).join(', ');
}
