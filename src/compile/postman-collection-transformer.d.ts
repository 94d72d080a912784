/** What is used of Postman's converter, which has no types of its own. */
declare module 'postman-collection-transformer' {
  const transformer: {
    readonly util: {
      /** The authorization of an entity with its parameters as a list, as the format v2.1 has them. */
      authMapToArray(entity: { readonly auth: unknown }): unknown;
    };
    /** Whether it is a collection of the format v1. */
    isv1(object: unknown): boolean;
  };
  export default transformer;
}
