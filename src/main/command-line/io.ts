/**
 * The parts of its process that a command may use. A test passes others and so can run a command in its own process.
 */
export interface Io {
  /** Writes to standard output: the answer and nothing else. */
  write(text: string): void
  /** Writes to standard error: progress and notices. */
  report(text: string): void
  /** Whether standard error is a terminal, on which a line can be redrawn. */
  terminal: boolean
  environment: NodeJS.ProcessEnv
  /** The user's home folder, in which the default workspace lies. */
  home: string
  /**
   * Calls the listener at Ctrl-C. Returns a function that stops listening; while nobody listens, Ctrl-C ends the
   * process.
   */
  onInterrupt(listener: () => void): () => void
  /**
   * Calls the listener when the person presses Enter, where standard input is a terminal, and at SIGUSR2, which
   * Windows does not have. Returns a function that stops listening.
   */
  onEnter(listener: () => void): () => void
  /** Asks for a line on the terminal, which is not shown while it is typed. */
  askHidden(question: string): Promise<string>
  /** The first line of standard input, for a secret that another program hands over. */
  readLine(): Promise<string>
  /** Whether standard input is a terminal, so that somebody can press Enter. */
  keyboard: boolean
}
