declare module 'curl-to-postmanv2' {
  export interface PostmanRequest {
    readonly method: string;
    readonly url: string;
    readonly header: readonly { readonly key: string; readonly value: string }[];
    readonly body: {
      readonly mode?: 'raw' | 'urlencoded' | 'formdata' | 'file';
      readonly raw?: string;
      readonly urlencoded?: readonly { readonly key: string; readonly value: string }[];
    };
    readonly auth?: { readonly type: string };
  }
  interface Conversion {
    readonly result: boolean;
    readonly reason?: string;
    readonly output?: readonly { readonly type: 'request'; readonly data: PostmanRequest }[];
  }
  const converter: {
    convert(input: { type: 'string'; data: string }, done: (error: Error | null, result: Conversion) => void): void;
  };
  export default converter;
}
