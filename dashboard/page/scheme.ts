import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { darkTheme, fontFamily, lightTheme, type Theme } from '../theme';
import { onPrint } from './print';

export type Scheme = 'auto' | 'light' | 'dark';

const STORED = 'clickstream-scheme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

/** The theme, by what the viewer has chosen here or of the system. */
export function useTheme(): {
  readonly theme: Theme;
  readonly scheme: Scheme;
  readonly choose: (scheme: Scheme) => void;
} {
  const [scheme, setScheme] = useState<Scheme>(stored);
  const [isDarkSystem, setDarkSystem] = useState(prefersDark.matches);
  useEffect(() => {
    const look = (): void => setDarkSystem(prefersDark.matches);
    prefersDark.addEventListener('change', look);
    return () => prefersDark.removeEventListener('change', look);
  }, []);
  const theme = scheme === 'dark' || (scheme === 'auto' && isDarkSystem) ? darkTheme : lightTheme;
  useLayoutEffect(() => {
    apply(theme);
    return onPrint(() => {
      apply(lightTheme);
      return () => apply(theme);
    });
  }, [theme]);
  return {
    theme,
    scheme,
    choose(chosen) {
      try {
        localStorage.setItem(STORED, chosen);
      } catch {
        // a page from a file may have no storage: then the choice holds until it is closed
      }
      setScheme(chosen);
    },
  };
}

function apply(theme: Theme): void {
  const { dataset, style } = document.documentElement;
  dataset.theme = theme.name;
  for (const [name, value] of Object.entries(colors(theme))) style.setProperty(`--${name}`, value);
}

/** A theme as the style sheet's variables. */
function colors(theme: Theme): Readonly<Record<string, string>> {
  const { inks, accent, good, bad, series } = theme;
  return { ...inks, accent, good, bad, mark: series[0]!, font: fontFamily(theme) };
}

function stored(): Scheme {
  try {
    const value = localStorage.getItem(STORED);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto';
  }
}
