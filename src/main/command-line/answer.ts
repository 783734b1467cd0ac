import type { FailureData } from '../../shared/failure.ts'

/** What a command gives back. `--json` prints the document, a person reads the text. */
export interface Answer {
  document: unknown
  /** Whole lines. */
  text: string
  /** The work was done and what it found is bad news: exit 1 with the document all the same. */
  failed?: boolean
  /** What to tell a person about that, besides the text. */
  problem?: FailureData
  /** Ctrl-C ended it early and orderly. */
  stopped?: boolean
}
