import type { CreateThemeCommandInput } from '@aws-sdk/client-quicksight';
import type { Theme } from '../theme';
import { type QuickSightTarget, themeId, titleIn } from './target';

/** Of those that QuickSight has (AWS, "Theme fonts"). */
const FONTS = ['Amazon Ember', 'Arial', 'Courier New', 'Georgia', 'Helvetica', 'Roboto', 'Times New Roman', 'Verdana'];

/** Colors and fonts as QuickSight has them. */
export function createThemeInput(theme: Theme, target: QuickSightTarget): CreateThemeCommandInput {
  const { inks, accent, good, bad } = colors(theme);
  const series = theme.series.map(upper);
  return {
    AwsAccountId: target.account,
    ThemeId: themeId(target),
    Name: titleIn(target, 'Clickstream'),
    BaseThemeId: 'CLASSIC',
    Configuration: {
      DataColorPalette: { Colors: series, MinMaxGradient: theme.scale.map(upper), EmptyFillColor: inks.line },
      UIColorPalette: {
        PrimaryForeground: inks.text,
        PrimaryBackground: inks.surface,
        SecondaryForeground: inks.muted,
        SecondaryBackground: inks.page,
        Accent: accent,
        AccentForeground: inks.surface,
        Danger: bad,
        DangerForeground: inks.surface,
        Warning: series[1]!,
        WarningForeground: inks.text,
        Success: good,
        SuccessForeground: inks.surface,
        Dimension: inks.text,
        DimensionForeground: inks.surface,
        Measure: accent,
        MeasureForeground: inks.surface,
      },
      Sheet: { Tile: { Border: { Show: true } }, TileLayout: { Gutter: { Show: true }, Margin: { Show: true } } },
      Typography: { FontFamilies: [{ FontFamily: theme.fonts.find((name) => FONTS.includes(name)) }] },
    },
  };
}

/** A color as QuickSight writes it. */
export function upper(color: string): string {
  return color.toUpperCase();
}

function colors({ inks, accent, good, bad }: Theme) {
  const all = Object.entries(inks).map(([name, color]) => [name, upper(color)]);
  return {
    inks: Object.fromEntries(all) as Theme['inks'],
    accent: upper(accent),
    good: upper(good),
    bad: upper(bad),
  };
}
