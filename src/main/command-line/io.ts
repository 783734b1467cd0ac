/** What a command may touch of the process that it runs in, so that a test can run one in its own. */
export interface Io {
  /** Standard output: the answer, and nothing else. */
  write(text: string): void
  /** Standard error: progress and notices. */
  report(text: string): void
  /** Standard error is a terminal that can redraw a line. */
  terminal: boolean
  environment: NodeJS.ProcessEnv
  /** Where a workspace goes that nobody named. */
  home: string
  /** Ctrl-C. Returns a function that stops listening; while nobody listens, Ctrl-C ends the process. */
  onInterrupt(listener: () => void): () => void
}
