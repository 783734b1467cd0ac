/** What a kind of output is: how documents reach a machine. The order, repetition and rest are the dispatcher's. */
import type { OutputSettings, SecretName } from '../../../shared/output.ts'
import type { ResultDocument, StateDocument, TestDocument } from '../../../shared/result.ts'

export type KnownSecrets = Readonly<Partial<Record<SecretName, string>>>

/** What an output may know of this workstation. */
export interface Surroundings {
  /** Machines of the plant that a person named. */
  hosts: readonly string[]
  /** The inspection point whose results the output gets. */
  point: string
  /** The recipes of the point, which a PLC may choose. */
  recipes: RecipeChoice
}

export interface RecipeChoice {
  /** The numbers of the recipe that judges, and of that which is chosen and waits; 0 where there is none. */
  numbers(): { judging: number; waiting: number }
  /** @throws Failure `recipe-unknown`, `live-rests` */
  choose(number: number): void
}

export interface Connection {
  /**
   * Resolves once the receiver has confirmed the result. Results are given in order, the next one after that.
   * @throws where it was not confirmed: then the same one is given again
   */
  deliver(result: ResultDocument, signal: AbortSignal): Promise<void>
  /** Tells the state of the line: at each change, and at each heartbeat; may come while a result is on its way. */
  tell(state: StateDocument, signal: AbortSignal): Promise<void>
  /** Sends a test, to which no part belongs. */
  test(document: TestDocument, signal: AbortSignal): Promise<void>
  /** Tells that the station ends, where the receiver wants to know, and lets go of everything. */
  close(): Promise<void>
}

export interface OutputKind<S extends OutputSettings> {
  /** Refuses what would be refused later. @throws Failure */
  check(settings: S, hosts: readonly string[]): void
  /** Milliseconds between two heartbeats; null where states are not told. */
  heartbeat(settings: S): number | null
  /** Connects only once something is to be sent. */
  open(settings: S, secrets: KnownSecrets, surroundings: Surroundings): Connection
}
