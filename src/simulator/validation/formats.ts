/** Formats that bodies use; the text after `format:` in a schema. */
export const formats = {
  /** At least one character that is not white space. */
  'not-blank': /\S/u,
  /** An e-mail address as HTML defines it (https://html.spec.whatwg.org/#valid-e-mail-address), a part of RFC 2822. */
  email: /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i,
  /** Letters, marks, numbers, blanks and punctuation; `$ + < = > ^ `` ` `` | ~` are symbols. */
  description: /^[\p{L}\p{M}\p{N}\p{P}\s]*$/u,
  url: (text: string) => URL.canParse(text) && /^https?:/i.test(text),
} as const;
