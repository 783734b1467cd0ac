import type { FailureData } from '../../shared/failure.ts'

/** The result of a command. `--json` prints the document; otherwise the text is printed. */
export interface Answer {
  document: unknown
  /** Whole lines. */
  text: string
  /** The command did its work but found a problem: exit 1, and the document is printed nevertheless. */
  failed?: boolean
  /** That problem, printed for a person after the text. */
  problem?: FailureData
  /** Ctrl-C ended the command early, in an orderly way. */
  stopped?: boolean
}

/** Another program took the place of the command, said everything itself, and ended so. */
export interface TakenOver {
  exitCode: number
}
