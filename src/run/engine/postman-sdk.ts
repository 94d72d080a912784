import type { ScopeVariable } from '../../environment/scope.ts';

/** The parts of Postman's SDK that the engine uses; it comes without types of its own version. */

/** A request of Postman's SDK, the part that is read here. */
export interface SdkRequest {
  readonly method: string;
  readonly url: { toString(): string };
  readonly headers: { each(visit: (header: { key: string; value: string; disabled?: boolean }) => void): void };
  readonly body?: { isEmpty(): boolean; toString(): string };
}

export interface SdkResponse {
  readonly code: number;
  readonly status: string;
  readonly responseTime: number;
  readonly headers: SdkRequest['headers'];
  text(): string;
}

export interface VariableScope {
  readonly values: { toJSON(): ScopeVariable[] };
}

/** Of Postman's SDK. */
export interface SdkModule {
  readonly VariableScope: new (source: object) => VariableScope;
  readonly Collection: new (source: object) => object;
}
