import type pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/** How screens look. */
export interface ScreenStyle {
  readonly colors: Colors;
  /** Characters of a line. */
  readonly width: number;
  /** Lines that the terminal shows at once. */
  readonly height: number;
}

/** Lines are read best when they are no longer. */
const widest = 80;

export function screenStyle(colors: Colors, columns = widest, rows = 24): ScreenStyle {
  return { colors, width: Math.max(40, Math.min(columns, widest)), height: Math.max(16, rows) };
}
