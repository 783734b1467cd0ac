/**
 * What every command has in common: `--workspace` and `--json`, an example in its help, a workspace that is
 * opened when it is needed and given back whatever happens, errors as text or as a document, exit codes.
 */
import type { Command } from 'commander'
import { type FailureData, failureData } from '../../shared/failure.ts'
import { defaultWorkspace } from '../services/default-workspace.ts'
import type { Session } from '../services/session.ts'
import type { Answer } from './answer.ts'
import type { Io } from './io.ts'
import { createProgressDisplay, type ProgressDisplay } from './progress.ts'

/** What a command's action is given besides its own arguments. */
export interface CommandContext {
  readonly io: Io
  readonly json: boolean
  /** Where the workspace is, or would be. */
  readonly workspace: string
  /** Opens the workspace; with `create` makes it where there is none. */
  session(options?: { create?: boolean }): Promise<Session>
  progress(): Promise<ProgressDisplay>
}

/** Adds a command to the program and returns it. */
export type AddCommand = (program: Command, line: CommandLine) => Command

export interface CommandLine {
  readonly io: Io
  /** Turns what a command does into an action for commander. */
  does<A extends unknown[]>(
    act: (context: CommandContext, ...parameters: A) => Promise<Answer>,
  ): (...parameters: [...A, Command]) => Promise<void>
}

const sharedSchema = (options: Record<string, unknown>): { workspace?: string; json: boolean } => ({
  ...(typeof options.workspace === 'string' ? { workspace: options.workspace } : {}),
  json: options.json === true,
})

export function createCommandLine(io: Io, exit: (code: 0 | 1) => void): CommandLine {
  return {
    io,
    does:
      (act) =>
      async (...parameters) => {
        const command = parameters.at(-1)
        void command
        void act
        void exit
        void sharedSchema
        void failureData
        void createProgressDisplay
        void defaultWorkspace
        throw new Error('not written yet') satisfies unknown as FailureData & Error
      },
  }
}
