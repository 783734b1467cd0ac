/**
 * What every command has in common: `--workspace` and `--json`, a workspace that is opened when it is needed
 * and given back whatever happens, errors as text or as a document, exit codes.
 */
import { resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import { z } from 'zod'
import { type FailureData, failureData } from '../../shared/failure.ts'
import { defaultWorkspace } from '../services/default-workspace.ts'
import type { Session } from '../services/session.ts'
import type { Answer } from './answer.ts'
import type { Io } from './io.ts'
import { createProgressDisplay, type ProgressDisplay } from './progress.ts'

/** 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C as shells say it. */
export type ExitCode = 0 | 1 | 2 | 130

/** What a command's action is given besides its own options and arguments. */
export interface CommandContext {
  readonly io: Io
  readonly json: boolean
  /** Where the workspace is, or would be. */
  readonly workspace: string
  /** Opens the workspace, once; with `create` makes it where there is none. */
  session(options?: { create?: boolean }): Promise<Session>
  /** One for the command. */
  progress(): Promise<ProgressDisplay>
  /** A line on standard error, never across the progress bar. */
  notice(text: string): void
}

/** A command's work. The arguments are those that the command declares, in their order. */
export type Act<O> = (context: CommandContext, options: O, ...parameters: string[]) => Promise<Answer>

export interface CommandDescription<S extends z.ZodType> {
  /** With its arguments, as commander takes it: `sample <dir>`. */
  usage: string
  summary: string
  /** What follows `fanoscope` in an example, each with what it does. */
  examples: [line: string, does: string][]
  /** Adds the command's own options and describes its arguments. */
  declare?: (command: Command) => Command
  options: S
  act: Act<z.output<S>>
}

/** Adds one command to the program. */
export type AddCommand = (line: CommandLine) => void

export interface CommandLine {
  add<S extends z.ZodType>(description: CommandDescription<S>): void
  /** Does what the arguments say. Never rejects. */
  run(parameters: readonly string[]): Promise<ExitCode>
}

const sharedOptions = z.object({ workspace: z.string().optional(), json: z.boolean().default(false) })

export function createCommandLine(io: Io, describe: (program: Command) => Command): CommandLine {
  let exitCode: ExitCode = 0
  const program = describe(new Command())
    .exitOverride()
    // Without this, help of a command that does not exist ends in success.
    .showHelpAfterError(false)
    .configureOutput({
      writeOut: (text) => io.write(text),
      // Told by `run`, once, in the form that was asked for.
      writeErr: () => undefined,
      outputError: () => undefined,
    })

  async function perform(
    received: readonly unknown[],
    work: (context: CommandContext, own: Record<string, unknown>, parameters: string[]) => Promise<Answer>,
  ): Promise<void> {
    const command = z.instanceof(Command).parse(received.at(-1))
    const own = command.opts()
    const { workspace, json } = sharedOptions.parse(own)
    const parameters = z.array(z.string()).parse(received.slice(0, -2).filter((value) => value !== undefined))
    const dir = workspace === undefined ? defaultWorkspace(io.environment, io.home) : resolve(workspace)
    const { context, close } = createContext(io, dir, json)
    try {
      const answer = await work(context, own, parameters)
      await close()
      io.write(json ? `${JSON.stringify(answer.document)}\n` : answer.text)
      if (answer.stopped) exitCode = 130
      else if (answer.failed) exitCode = 1
    } catch (error) {
      await close()
      tellFailure(io, json, failureData(error))
      exitCode = 1
    }
  }

  return {
    add({ usage, summary, examples, declare, options, act }) {
      const command = program
        .command(usage)
        .summary(summary)
        .description(summary)
        .option('--workspace <dir>', 'the workspace; FANOSCOPE_WORKSPACE, else a folder in your home')
        .option('--json', 'print one JSON document')
        .addHelpText('after', `\n${examplesText(examples)}`)
      const declared = declare?.(command) ?? command
      declared.action((...received: unknown[]) =>
        perform(received, async (context, own, parameters) =>
          act(context, options.parse(own), ...parameters),
        ),
      )
    },
    async run(parameters) {
      try {
        await program.parseAsync(parameters, { from: 'user' })
        return exitCode
      } catch (error) {
        if (!(error instanceof CommanderError)) throw error
        if (error.exitCode === 0) return 0
        const message = error.message.replace(/^error: /, '')
        const known = error.code === 'commander.help' ? 'No command was given.' : message
        tellFailure(io, parameters.includes('--json'), {
          code: 'wrong-use',
          message: known.charAt(0).toUpperCase() + known.slice(1),
          remedy: 'Run "fanoscope --help", or "fanoscope <command> --help" for an example.',
        })
        return 2
      }
    },
  }
}

function createContext(
  io: Io,
  workspace: string,
  json: boolean,
): { context: CommandContext; close: () => Promise<void> } {
  let opened: Promise<Session> | null = null
  let display: ProgressDisplay | null = null

  async function open(create: boolean): Promise<Session> {
    // Loaded here, because help and wrong use need none of it.
    const [{ openSession }, { createEventHub }, { launchStandardEngine }] = await Promise.all([
      import('../services/session.ts'),
      import('../services/events.ts'),
      import('../supervisor/standard-engine.ts'),
    ])
    return openSession({
      dir: workspace,
      create,
      launchEngine: launchStandardEngine,
      events: createEventHub(),
    })
  }

  return {
    context: {
      io,
      json,
      workspace,
      session({ create = false } = {}) {
        opened ??= open(create)
        return opened
      },
      async progress() {
        display ??= await createProgressDisplay(io)
        return display
      },
      notice(text) {
        display?.end()
        io.report(`${text}\n`)
      },
    },
    async close() {
      display?.end()
      // Where it could not be opened, the command has failed with that already.
      const session = await opened?.catch(() => null)
      await session?.close()
    },
  }
}

function tellFailure(io: Io, json: boolean, { code, message, remedy }: FailureData): void {
  if (json) io.write(`${JSON.stringify({ error: { code, message, remedy } })}\n`)
  else io.report(`${message}\n${remedy}\n(${code})\n`)
}

function examplesText(examples: CommandDescription<z.ZodType>['examples']): string {
  const lines = examples.map(([line, does]) => `  # ${does}\n  fanoscope ${line}`)
  return `${examples.length === 1 ? 'Example' : 'Examples'}:\n${lines.join('\n')}`
}
