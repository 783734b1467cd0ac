/**
 * What every command has in common: the options `--workspace` and `--json`, a workspace that is opened when it is
 * needed and always closed, errors as text or as a JSON document, and exit codes.
 */

import { resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import { z } from 'zod'
import { Failure, failureDocument, failureOf } from '../../shared/failure.ts'
import { actAs } from '../platform/actor.ts'
import { defaultWorkspace } from '../platform/default-workspace.ts'
import type { SharedWorkspace } from '../session/open-shared-workspace.ts'
import type { Session, SessionHooks } from '../session/session.ts'
import type { Database } from '../store/database.ts'
import type { ReadOnly } from '../store/workspace.ts'
import { accountName } from './account-name.ts'
import type { Answer, TakenOver } from './answer.ts'
import type { Io } from './io.ts'
import { printableJson, printableLines } from './printable.ts'
import { createProgressDisplay, type ProgressDisplay } from './progress.ts'
import { Stopped } from './stopped.ts'
import { WrongUse } from './wrong-use.ts'

/** 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C (the code that shells use). */
const exitCodes = [0, 1, 2, 130] as const
export type ExitCode = (typeof exitCodes)[number]

/** What a command's action is given besides its own options and arguments. */
export interface CommandContext {
  readonly io: Io
  readonly json: boolean
  /** The folder of the workspace, which may not exist yet. */
  readonly workspace: string
  /** In whose name the command acts: `--operator`, else the name of the account of this computer. */
  readonly operator: string
  /** The PIN of an operator, from the terminal or, with `--pin-stdin`, from standard input; null where nobody can be asked. */
  askPin(operator: string): Promise<string | null>
  /**
   * Asks for the PIN of the operator, where they have one; the first session does so by itself.
   * @throws Failure where they are not who they say
   */
  prove(db: Database): Promise<void>
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
export type Act<O> = (
  context: CommandContext,
  options: O,
  ...parameters: string[]
) => Promise<Answer | TakenOver | null>

export interface CommandDescription<S extends z.ZodType> {
  name: string
  /** The positional parameters in commander's notation, such as `<dir>`, each with a description. */
  parameters?: [name: string, description: string][]
  summary: string
  /** Examples: what is typed after `fanoscope`, and what that does. */
  examples: [line: string, does: string][]
  /** Adds the command's own options. */
  declare?: (command: Command) => Command
  /**
   * The command changes something: it takes `--operator` and `--pin-stdin`, asks for the PIN of an operator who has one,
   * and every row of the audit has the name. Where that depends on the options, they say so: who only looks is asked
   * for no PIN.
   */
  acts?: true | ((options: z.output<S>) => boolean)
  /** It changes nothing in the workspace, so that it also works on one that cannot be written; takes `--read-only`. */
  readsOnly?: true | ((options: z.output<S>) => boolean)
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

const sharedOptions = z.object({
  workspace: z.string().optional(),
  json: z.boolean().default(false),
  operator: z.string().optional(),
  pinStdin: z.boolean().default(false),
  readOnly: z.boolean().default(false),
})

/** What the command line needs of features; loaded only by commands that open a workspace. */
export interface LoadFeatures {
  hooks(): Promise<SessionHooks>
  /** Proves that the operator is who acts; nothing where nobody of this name has a PIN. */
  signIn(): Promise<(db: Database, name: string, askPin: () => Promise<string | null>) => Promise<void>>
}

export function createCommandLine(
  io: Io,
  describe: (program: Command) => Command,
  load: LoadFeatures,
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
    whether: (own: Record<string, unknown>) => { acts: boolean; readsOnly: boolean; writes: boolean },
    work: (
      context: CommandContext,
      own: Record<string, unknown>,
      parameters: string[],
    ) => Promise<Answer | TakenOver | null>,
  ): Promise<void> {
    // Commander passes the parameters, the options and the command.
    const own = z.instanceof(Command).parse(received.at(-1)).opts()
    const { workspace, json, operator, pinStdin, readOnly } = sharedOptions.parse(own)
    const { acts, readsOnly, writes } = whether(own)
    // One that may be left out is undefined then; one that takes several is a list.
    const given = received
      .slice(0, -2)
      .flat()
      .filter((value) => value !== undefined)
    const parameters = z.array(z.string()).parse(given)
    const dir = workspace === undefined ? defaultWorkspace(io.environment, io.home) : resolve(workspace)
    const { context, close } = createContext(io, load, {
      workspace: dir,
      json,
      acts,
      operator: (acts ? operator : undefined) ?? accountName(io),
      pinStdin,
      readOnly: readOnly ? 'always' : readsOnly ? 'if-needed' : 'never',
    })
    try {
      if (readOnly && writes) throw new WrongUse('--read-only is given where nothing is changed.')
      const answer = await actAs(acts ? context.operator : null, () => work(context, own, parameters))
      await close()
      if (answer === null) return
      if ('exitCode' in answer) {
        exitCode = exitCodes.find((code) => code === answer.exitCode) ?? 1
        return
      }
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
    add({
      name,
      parameters = [],
      summary,
      examples,
      declare,
      acts = false,
      readsOnly = false,
      options,
      act,
    }) {
      const command = program
        .command(name)
        .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
        .summary(summary)
        .addHelpText('after', `\n${examplesText(examples)}`)
      for (const [parameter, description] of parameters) command.argument(parameter, description)
      declare?.(command)
      if (acts !== false) declareActing(command)
      const declared = command
        .option(
          '--workspace <dir>',
          'the workspace (default: FANOSCOPE_WORKSPACE, else Fanoscope in your home)',
        )
        .option('--json', 'print one JSON document on standard output')
      if (readsOnly !== false) declared.option('--read-only', 'write nothing into the workspace')
      const isSo = (
        stated: boolean | ((given: z.output<typeof options>) => boolean),
        own: Record<string, unknown>,
      ): boolean => (typeof stated === 'boolean' ? stated : stated(options.parse(own)))
      declared.action((...received: unknown[]) =>
        perform(
          received,
          (own) => ({
            acts: isSo(acts, own),
            readsOnly: isSo(readsOnly, own),
            // Of a command that has an option of this name of its own, nothing is known here.
            writes: typeof readsOnly === 'function' && !isSo(readsOnly, own),
          }),
          async (context, own, given) => act(context, options.parse(own), ...given),
        ),
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

/** A command may say in its own words who its operator is. */
function declareActing(command: Command): void {
  if (!command.options.some(({ long }) => long === '--operator')) {
    command.option('--operator <name>', 'who does it (default: the name of this user account)')
  }
  command.option('--pin-stdin', 'read the PIN of the operator from standard input')
}

function createContext(
  io: Io,
  load: LoadFeatures,
  given: {
    workspace: string
    json: boolean
    acts: boolean
    operator: string
    pinStdin: boolean
    readOnly: ReadOnly
  },
): { context: CommandContext; close: () => Promise<void> } {
  const { workspace, json, acts, operator, pinStdin, readOnly } = given
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
        load.hooks(),
      ])
    // What is put in order when a workspace is opened is nobody's act.
    const session = actAs(null, () =>
      openSession({
        dir: workspace,
        create,
        readOnly,
        launchEngine: launchStandardEngine,
        events: createEventHub(),
        hooks,
      }),
    )
    await identified(session)
    const lost = lossFailure(session.workspace.lost)
    if (lost !== null) notice(`${failureOf(lost).message} ${failureOf(lost).remedy}`)
    await tellClock(session.workspace.db)
    return session
  }

  /** A jump of the clock that waits for an answer. */
  async function tellClock(db: Database): Promise<void> {
    const { clockFailure, clockJump } = await import('../store/clock.ts')
    const jump = db.copyOf === null ? clockJump(db) : null
    if (jump === null) return
    const { message, remedy } = failureOf(clockFailure(jump))
    notice(`${message} ${remedy}`)
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
    const shared = openSharedWorkspace(workspace, createEventHub())
    await identified(shared)
    await tellClock(shared.workspace.db)
    return shared
  }

  async function askPin(name: string): Promise<string | null> {
    if (pinStdin) return io.readLine()
    return io.keyboard ? io.askHidden(`PIN of ${printableLines(name)}: `) : null
  }

  async function prove(db: Database): Promise<void> {
    const signIn = await load.signIn()
    // A wrong PIN is recorded in nobody's name.
    await actAs(null, () => signIn(db, operator, () => askPin(operator)))
  }

  /** Closes the workspace again where the operator cannot prove who they are. */
  async function identified(opening: SharedWorkspace): Promise<void> {
    if (!acts) return
    try {
      await prove(opening.workspace.db)
    } catch (error) {
      await opening.close()
      throw error
    }
  }

  return {
    context: {
      io,
      json,
      workspace,
      operator,
      askPin,
      prove,
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
