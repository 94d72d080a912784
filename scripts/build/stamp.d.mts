export function buildInputs(): string;
export function stamp(inputs: string): void;
export function isBuilt(): boolean;
