/** One thing in a bundle or an archive; `path` with forward slashes, as it is there. */
export type PackedEntry =
  | { kind: 'file'; path: string; size: number; content: () => AsyncIterable<Buffer> }
  | { kind: 'link'; path: string; target: string }
