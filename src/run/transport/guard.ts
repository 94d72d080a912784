import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { connectionError } from './connection-fault.ts';

/** Watches over one request until it is closed. */
export interface RequestGuard {
  /** The time of the request begins. */
  startDeadline(): void;
  /** Ends the request with an error, which it emits. Nothing happens when it is over already. */
  end(error: Error): void;
  /** Ends the request since nobody waits for it any more. */
  close(): void;
  /** Whether the request is over, or nobody wants its answer. Then what waits for a connection is let go. */
  isOver(): boolean;
}

/** How an agent gives a request its connection; Node's types leave the error out. */
interface WaitingRequest {
  onSocket(socket: Socket | null | undefined, error?: Error | null): void;
}

/** The longest time that Node's timers know. */
const longestTime = 2 ** 31 - 1;

/** Guards a request that an agent was just given. `requestTimeout`: milliseconds from `startDeadline` to the last byte of the answer. */
export function guardRequest(request: ClientRequest, requestTimeout: number): RequestGuard {
  const waiting = request as unknown as WaitingRequest;
  const onSocket = waiting.onSocket.bind(request);
  let timer: NodeJS.Timeout | undefined;
  let hasLeft = false;
  let hasConnection = false;
  let isOver = false;
  // Called once: a request that ended while it waited wants no connection any more.
  waiting.onSocket = (socket, error) => {
    if (isOver && !hasConnection) {
      socket?.destroy();
      return;
    }
    hasConnection = true;
    onSocket(socket, error);
  };
  const end = (error: Error | undefined) => {
    if (isOver) return;
    isOver = true;
    request.destroy(error);
    // Without a connection Node says nothing of the end.
    if (!hasConnection) onSocket(null, error);
  };
  failWhenUpgraded(request);
  request.once('close', () => {
    isOver = true;
    clearTimeout(timer);
  });
  return {
    startDeadline: () => {
      hasLeft = true;
      const limit = Math.min(requestTimeout, longestTime);
      timer = setTimeout(() => end(late(requestTimeout)), limit);
    },
    end,
    close: () =>
      end(
        hasLeft
          ? connectionError('ECONNRESET', 'the connection was closed')
          : connectionError('ENOTSENT', 'the request was not sent: the run ended before'),
      ),
    isOver: () => {
      if (!isOver && request.destroyed && !hasConnection) end(undefined);
      return isOver;
    },
  };
}

/** A server that changes to another protocol gives no answer. Without a listener Node ends such a request without a word. */
function failWhenUpgraded(request: ClientRequest): void {
  const endUpgraded = (response: Pick<IncomingMessage, 'statusCode'>, socket: Socket) => {
    socket.destroy();
    request.emit(
      'error',
      connectionError(
        'EUPGRADED',
        `the server changed to another protocol (${response.statusCode}) and gave no answer`,
      ),
    );
  };
  request.once('upgrade', endUpgraded);
  request.once('connect', endUpgraded);
  // When it names no protocol, Node takes it for an answer.
  request.prependOnceListener('response', (response) => {
    if (response.statusCode === 101) endUpgraded(response, response.socket);
  });
}

function late(requestTimeout: number): Error {
  return connectionError('ETIMEDOUT', `no complete answer within ${requestTimeout / 1000} seconds`);
}
