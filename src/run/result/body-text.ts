import type { BodyText } from './result.ts';

/** A whole body. It is cut where results leave a run (`redaction-boundary.ts`), for only there no secret is cut in two. */
export function toBodyText(body: string): BodyText {
  return { text: body, bytes: Buffer.byteLength(body), truncated: false };
}
