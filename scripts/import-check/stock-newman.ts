import { writeFile } from 'node:fs/promises';
import { runStock } from './outcomes.ts';

/** Runs a collection in stock Newman: `COLLECTION RESULT [ENVIRONMENT] [DATA]`, where '' is no file. Writes the verdict as JSON. */

const [collection = '', result = '', environment, data] = process.argv.slice(2);
const verdict = await runStock(collection, { environment: environment || undefined, data: data || undefined });
await writeFile(result, JSON.stringify(verdict));
// Requests that a script left open would hold the process.
process.exit(0);
