import { printable } from '../../printable.ts';
import type { World } from '../world.ts';

/** Says a sentence on standard error, without secrets and without characters that steer a terminal or a log. */
export function say({ stderr, secrets }: Pick<World, 'stderr' | 'secrets'>, sentence: string): void {
  stderr.write(`${printable(secrets.redactor().text(sentence))}\n`);
}

/** The same for what a person asked for, on standard output; `text` ends its lines itself. */
export function tell({ stdout, secrets }: Pick<World, 'stdout' | 'secrets'>, text: string): void {
  stdout.write(printable(secrets.redactor().text(text)));
}
