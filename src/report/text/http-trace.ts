import type { Colors } from 'picocolors/types.js';
import { printableData } from '../../printable.ts';
import type { BodyText, HeaderField, ReceivedResponse, RunEventContent, SentRequest } from '../../run/result/result.ts';
import { readableBody, sortedHeaders } from './message-parts.ts';
import { counted, duration, ofTarget } from './words.ts';

/** Lines of a body that `--verbose` shows, and characters of a line. */
export const mostBodyLines = 40;
const longestBodyLine = 200;

/**
 * A request and its answer as lines, in the manner of `curl --verbose`: `>` was sent, `<` came back. With `brief`, only headers that
 * matter, and bodies indented and cut.
 */
export function exchangeLines(
  { request, response, reason }: Pick<ExchangeEvent, 'request' | 'response' | 'reason'>,
  colors: Colors,
  brief = false,
): string[] {
  const lines = brief ? briefLines : messageLines;
  const sent = [`${request.method} ${request.url}`, ...lines(request)];
  const received = response ? [`${response.status} ${response.reason}`, ...lines(response)] : [];
  return [
    ...sent.map((line) => colors.dim(`> ${line}`)),
    ...received.map((line) => colors.dim(`< ${line}`)),
    ...(response?.timings ? [colors.dim(`* ${timingText(response.timings)}`)] : []),
    ...(reason === undefined ? [] : [colors.red(`* ${reason}`)]),
  ];
}

type ExchangeEvent = Extract<RunEventContent, { kind: 'exchange' }>;

/** What `--debug-http` writes for a request: who sent it and when, and the exchange. */
export function renderExchange(exchange: ExchangeEvent, colors: Colors): string {
  const event = printableData(exchange);
  const who = ofTarget(event, event.step?.name ?? 'look-up');
  return `${[colors.bold(`* ${who}, ${duration(event.startMs)} after the start`), ...exchangeLines(event, colors)].join('\n')}\n`;
}

function messageLines({ headers, body }: SentRequest | ReceivedResponse): string[] {
  return [
    ...headers.map(({ name, value }: HeaderField) => `${name}: ${value}`),
    ...(body ? ['', ...bodyLines(body)] : []),
  ];
}

function briefLines({ headers, body }: SentRequest | ReceivedResponse): string[] {
  const lines = body ? readableBody(body).split(/\r?\n/) : [];
  const shown = lines
    .slice(0, mostBodyLines)
    .map((line) => (line.length > longestBodyLine ? `${line.slice(0, longestBodyLine)}…` : line));
  const more = lines.length - shown.length;
  return [
    ...sortedHeaders(headers).telling.map(({ name, value }) => `${name}: ${value}`),
    ...(body ? ['', ...shown] : []),
    ...(more > 0 || body?.truncated ? [`… (${counted(more, 'more line')}; --debug-http shows all)`] : []),
  ];
}

function bodyLines({ text, bytes, truncated }: BodyText): string[] {
  return [...text.split(/\r?\n/), ...(truncated ? [`… (${bytes} bytes in all)`] : [])];
}

function timingText(timings: NonNullable<ReceivedResponse['timings']>): string {
  const names = {
    wait: 'wait',
    dns: 'DNS',
    connect: 'connect',
    tls: 'TLS',
    firstByte: 'first byte',
    download: 'download',
  };
  return Object.entries(names)
    .map(([key, name]) => `${name} ${duration(timings[key as keyof typeof names])}`)
    .join(', ');
}
