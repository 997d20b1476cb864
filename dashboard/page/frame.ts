import type { EChartsCoreOption } from 'echarts/core';
import type { VisualBase } from '../kinds/kind';
import { fontFamily } from '../theme';
import { type Drawing, px } from './drawing';

/** What every chart has. */
export function frame(drawing: Drawing, { title }: VisualBase): EChartsCoreOption {
  const { theme, textSize, isAnimated } = drawing;
  const { text, line, surface } = theme.inks;
  return {
    color: [...theme.series],
    textStyle: { fontFamily: fontFamily(theme), fontSize: textSize, color: text },
    animation: isAnimated,
    animationDuration: 250,
    animationDurationUpdate: 200,
    aria: { enabled: true, label: { description: `${title}. Its rows are behind the button beside the title.` } },
    tooltip: {
      renderMode: 'richText', // as HTML it would carry styles that the content security policy forbids
      confine: true,
      backgroundColor: surface,
      borderColor: line,
      borderWidth: px(1, drawing),
      padding: px(8, drawing),
      textStyle: { color: text, fontSize: px(13, drawing) },
      position: tooltipPosition(drawing),
    },
  };
}

/** A tooltip as ECharts hands it over. */
interface RichText {
  setStyle(style: object): void;
  getBoundingRect(): { readonly width: number; readonly height: number };
}

/** Sets a tooltip's text, which ECharts (6.1) draws in 12 pixels if a formatter wrote it, and puts it beside the pointer, where there is room. */
function tooltipPosition(drawing: Drawing) {
  const style = { fontFamily: fontFamily(drawing.theme), fontSize: px(13, drawing), lineHeight: px(20, drawing) };
  const gap = px(16, drawing);
  return (
    pointer: readonly [number, number],
    _: unknown,
    text: RichText,
    __: unknown,
    { viewSize }: { readonly viewSize: readonly [number, number] },
  ): number[] => {
    text.setStyle(style);
    const { width, height } = text.getBoundingRect();
    return [width, height].map((size, n) => {
      const after = pointer[n]! + gap;
      return after + size < viewSize[n]! ? after : pointer[n]! - gap - size;
    });
  };
}
