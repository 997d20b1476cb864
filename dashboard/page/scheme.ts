import { useEffect, useState } from 'preact/hooks';
import { darkTheme, lightTheme, type Theme } from '../theme';

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
  useEffect(() => {
    document.documentElement.dataset.theme = theme.name;
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

function stored(): Scheme {
  try {
    const value = localStorage.getItem(STORED);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto';
  }
}
