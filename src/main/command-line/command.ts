/**
 * What every command has in common: the options `--workspace` and `--json`, a workspace that is opened when it is
 * needed and always closed, errors as text or as a JSON document, and exit codes.
 */

import { resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import { z } from 'zod'
import { Failure, failureDocument, failureOf } from '../../shared/failure.ts'
import { defaultWorkspace } from '../platform/default-workspace.ts'
import type { SharedWorkspace } from '../session/open-shared-workspace.ts'
import type { Session, SessionHooks } from '../session/session.ts'
import type { Answer } from './answer.ts'
import type { Io } from './io.ts'
import { printableJson, printableLines } from './printable.ts'
import { createProgressDisplay, type ProgressDisplay } from './progress.ts'
import { Stopped } from './stopped.ts'
import { WrongUse } from './wrong-use.ts'

/** 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C (the code that shells use). */
export type ExitCode = 0 | 1 | 2 | 130

/** What a command's action is given besides its own options and arguments. */
export interface CommandContext {
  readonly io: Io
  readonly json: boolean
  /** The folder of the workspace, which may not exist yet. */
  readonly workspace: string
  /**
   * Opens the workspace at the first call and gives the same session afterwards; with `create`, makes the workspace
   * where there is none.
   */
  session(options?: { create?: boolean }): Promise<Session>
  /**
   * The session; or, while another process of this machine owns the workspace, a connection for short transactions
   * only.
   */
  sessionOrSharedWorkspace(): Promise<Session | SharedWorkspace>
  /** The progress display, one for the whole command. */
  progress(): Promise<ProgressDisplay>
  /** Writes a line on standard error, and removes the progress bar first. */
  notice(text: string): void
}

/**
 * A command's work, given its options and its parameters in order. Null where the command has printed its answer
 * itself.
 */
export type Act<O> = (context: CommandContext, options: O, ...parameters: string[]) => Promise<Answer | null>

export interface CommandDescription<S extends z.ZodType> {
  name: string
  /** The positional parameters in commander's notation, such as `<dir>`, each with a description. */
  parameters?: [name: string, description: string][]
  summary: string
  /** Examples: what is typed after `fanoscope`, and what that does. */
  examples: [line: string, does: string][]
  /** Adds the command's own options. */
  declare?: (command: Command) => Command
  options: S
  act: Act<z.output<S>>
}

/** Adds one command to the program. */
export type AddCommand = (line: CommandLine) => void

export interface CommandLine {
  add<S extends z.ZodType>(description: CommandDescription<S>): void
  /** Runs the command that the arguments name. Never rejects. */
  run(parameters: readonly string[]): Promise<ExitCode>
}

const sharedOptions = z.object({ workspace: z.string().optional(), json: z.boolean().default(false) })

/** @param loadHooks loads the hooks of a session; called only by commands that open one */
export function createCommandLine(
  io: Io,
  describe: (program: Command) => Command,
  loadHooks: () => Promise<SessionHooks>,
): CommandLine {
  let exitCode: ExitCode = 0
  const program = describe(new Command())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.write(text),
      // Commander must not print errors: `run` prints each once, as text or as JSON.
      writeErr: () => undefined,
      outputError: () => undefined,
    })

  async function perform(
    received: readonly unknown[],
    work: (
      context: CommandContext,
      own: Record<string, unknown>,
      parameters: string[],
    ) => Promise<Answer | null>,
  ): Promise<void> {
    // Commander passes the parameters, the options and the command.
    const own = z.instanceof(Command).parse(received.at(-1)).opts()
    const { workspace, json } = sharedOptions.parse(own)
    // One that may be left out is undefined then.
    const parameters = z.array(z.string()).parse(received.slice(0, -2).filter((value) => value !== undefined))
    const dir = workspace === undefined ? defaultWorkspace(io.environment, io.home) : resolve(workspace)
    const { context, close } = createContext(io, dir, json, loadHooks)
    try {
      const answer = await work(context, own, parameters)
      await close()
      if (answer === null) return
      io.write(json ? printableJson(answer.document) : printableLines(answer.text))
      if (answer.problem && !json) printFailure(io, json, failureOf(answer.problem))
      if (answer.stopped) exitCode = 130
      else if (answer.failed) exitCode = 1
    } catch (error) {
      // The first failure is the one to report; a failure of closing after it usually has the same cause.
      await close().catch(() => undefined)
      if (error instanceof WrongUse) {
        printFailure(io, json, wrongUse(error.message))
        exitCode = 2
        return
      }
      printUnexpected(io, error)
      printFailure(io, json, error)
      exitCode = error instanceof Stopped ? 130 : 1
    }
  }

  return {
    add({ name, parameters = [], summary, examples, declare, options, act }) {
      const command = program
        .command(name)
        .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
        .summary(summary)
        .addHelpText('after', `\n${examplesText(examples)}`)
      for (const [parameter, description] of parameters) command.argument(parameter, description)
      const declared = (declare?.(command) ?? command)
        .option(
          '--workspace <dir>',
          'the workspace (default: FANOSCOPE_WORKSPACE, else Fanoscope in your home)',
        )
        .option('--json', 'print one JSON document on standard output')
      declared.action((...received: unknown[]) =>
        perform(received, async (context, own, given) => act(context, options.parse(own), ...given)),
      )
    },
    async run(parameters) {
      const json = parameters.includes('--json')
      try {
        await program.parseAsync(parameters, { from: 'user' })
        return exitCode
      } catch (error) {
        if (!(error instanceof CommanderError)) {
          printUnexpected(io, error)
          printFailure(io, json, error)
          return 1
        }
        if (error.exitCode === 0) return 0
        if (error.code === 'commander.help') io.report(program.helpInformation())
        printFailure(
          io,
          json,
          wrongUse(error.code === 'commander.help' ? 'No command was given.' : error.message),
        )
        return 2
      }
    },
  }
}

function wrongUse(text: string): Failure {
  const message = text.replace(/^error: /, '')
  return new Failure('wrong-use', { message: message.charAt(0).toUpperCase() + message.slice(1) })
}

function createContext(
  io: Io,
  workspace: string,
  json: boolean,
  loadHooks: () => Promise<SessionHooks>,
): { context: CommandContext; close: () => Promise<void> } {
  let opened: Promise<Session> | null = null
  let shared: Promise<SharedWorkspace> | null = null
  let display: ProgressDisplay | null = null

  async function open(create: boolean): Promise<Session> {
    // Loaded here, because help and wrong use need none of it.
    const [{ openSession }, { createEventHub }, { launchStandardEngine }, { lossFailure }, hooks] =
      await Promise.all([
        import('../session/session.ts'),
        import('../platform/events.ts'),
        import('../engine-host/standard-engine.ts'),
        import('../store/database-backups.ts'),
        loadHooks(),
      ])
    const session = openSession({
      dir: workspace,
      create,
      launchEngine: launchStandardEngine,
      events: createEventHub(),
      hooks,
    })
    const loss = lossFailure(session.workspace)
    if (loss !== null) notice(`${failureOf(loss).message} ${failureOf(loss).remedy}`)
    return session
  }

  function notice(text: string): void {
    display?.end()
    io.report(`${printableLines(text)}\n`)
  }

  async function openWithOwner(cause: unknown): Promise<SharedWorkspace> {
    const [{ canShareWorkspace, openSharedWorkspace }, { createEventHub }] = await Promise.all([
      import('../session/open-shared-workspace.ts'),
      import('../platform/events.ts'),
    ])
    if (!(cause instanceof Failure) || cause.code !== 'workspace-in-use' || !canShareWorkspace(workspace))
      throw cause
    return openSharedWorkspace(workspace, createEventHub())
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
      sessionOrSharedWorkspace() {
        opened ??= open(false)
        shared ??= opened.catch(openWithOwner)
        return shared
      },
      async progress() {
        display ??= await createProgressDisplay(io)
        return display
      },
      notice,
    },
    async close() {
      display?.end()
      // If opening failed, the command has already failed with that error.
      const session = await opened?.catch(() => null)
      await session?.close()
      if (!session) await (await shared?.catch(() => null))?.close()
    },
  }
}

function printFailure(io: Io, json: boolean, error: unknown): void {
  const failure = failureDocument(error)
  if (json) io.write(printableJson({ error: failure }))
  else io.report(printableLines(`${failure.message}\n${failure.remedy}\n(${failure.code})\n`))
}

/** Prints the stack of an error that is no Failure: it is a defect of Fanoscope, and a bug report needs the place. */
function printUnexpected(io: Io, error: unknown): void {
  if (error instanceof Error && !(error instanceof Failure)) {
    io.report(`${printableLines(error.stack ?? error.message)}\n`)
  }
}

function examplesText(examples: CommandDescription<z.ZodType>['examples']): string {
  const lines = examples.map(([line, does]) => `  # ${does}\n  fanoscope ${line}`)
  return `${examples.length === 1 ? 'Example' : 'Examples'}:\n${lines.join('\n')}`
}
