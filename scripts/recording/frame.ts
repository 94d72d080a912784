import type { Terminal } from '@xterm/headless';

/** A part of a line that looks the same. */
export interface Run {
  readonly text: string;
  /** Number of the color, from 0 to 15; undefined for that of text. */
  readonly color: number | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** A screen: its lines, each in runs. */
export type Frame = readonly (readonly Run[])[];

/** What an emulator shows; `steady` makes ids and times always the same. */
export function frameOf({ buffer: { active }, rows, cols }: Terminal, steady: (screen: string) => string): Frame {
  const lines = Array.from({ length: rows }, (_, row) => active.getLine(active.viewportY + row));
  const texts = steady(lines.map((line) => line?.translateToString(true) ?? '').join('\n')).split('\n');
  return lines.map((line, row) => {
    const runs: Run[] = [];
    const text = texts[row]?.trimEnd() ?? '';
    for (let column = 0; column < Math.min(cols, text.length); column += 1) {
      const cell = line?.getCell(column);
      const look = {
        color: cell?.isFgPalette() ? cell.getFgColor() : undefined,
        bold: cell?.isBold() === 1 || (cell?.isBold() ?? 0) > 0,
        dim: (cell?.isDim() ?? 0) > 0,
      };
      const last = runs.at(-1);
      const isSame = last && last.color === look.color && last.bold === look.bold && last.dim === look.dim;
      if (isSame) runs.splice(-1, 1, { ...last, text: last.text + text[column] });
      else runs.push({ ...look, text: text[column] ?? '' });
    }
    return runs;
  });
}
