/** `outputs`: tells how the outputs of the line go, adds, changes, tests and removes them. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import {
  type Output,
  type OutputRules,
  outputKinds,
  outputRulesKey,
  outputRulesSchema,
  outputSettingsSchema,
  type Secrets,
  secretsSchema,
} from '../../../shared/output.ts'
import { firstPoint, pointNameSchema } from '../../../shared/result.ts'
import type { AddCommand, CommandContext } from '../../command-line/command.ts'
import { several, wholeNumber } from '../../command-line/option-values.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import type { SharedWorkspace } from '../../session/open-shared-workspace.ts'
import type { Session } from '../../session/session.ts'
import type { StoredOutput } from '../../store/outputs.ts'

const texts = z.array(z.string()).default([])
const optionsSchema = z.object({
  add: z.string().optional(),
  change: z.string().optional(),
  remove: z.string().optional(),
  test: z.string().optional(),
  part: z.number().optional(),
  kind: z.enum(outputKinds).optional(),
  point: pointNameSchema.optional(),
  set: texts,
  secret: texts,
  rename: z.string().optional(),
  on: z.boolean().default(false),
  off: z.boolean().default(false),
  allow: texts,
  forbid: texts,
  verdictWithin: z.string().optional(),
  schema: z.boolean().default(false),
})
type Options = z.output<typeof optionsSchema>

export const addOutputs: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'outputs',
    summary: 'tell how results reach machines; add, change, test and remove outputs',
    examples: [
      ['outputs', 'every output, what waits for it and its last error'],
      ['outputs --allow 10.0.0.7', 'results may be sent to this machine of the plant'],
      ['outputs --add ejector --kind webhook --set url=http://10.0.0.7/parts', 'a new one'],
      [
        'outputs --change ejector --set heartbeat=5 --secret signature=key.txt',
        'the key is read from key.txt',
      ],
      ['outputs --change ejector --off', 'nothing is sent any more, and nothing waits for it'],
      ['outputs --test ejector', 'sends a test, to which no part belongs'],
      ['outputs --part 4711', 'what machines were told of a part, and when each output delivered it'],
      ['outputs --verdict-within 5', 'a part without a verdict after 5 seconds is told as a reject'],
    ],
    declare: (command) =>
      command
        .option('--add <name>', 'add an output of this name')
        .option('--change <name>', 'change it')
        .option('--remove <name>', 'remove it; what it delivered stays in the audit')
        .option('--test <name>', 'send a test')
        .option('--part <number>', 'tell what was delivered of a part', wholeNumber(1))
        .option('--kind <kind>', `of which kind the new one is: ${outputKinds.join(', ')}`)
        .option('--point <name>', 'whose results the new one gets (default: the first inspection point)')
        .option('--set <key=value>', 'a setting; docs/guide lists them', several)
        .option(
          '--secret <name=file>',
          'a secret, read from a file; an empty name of a file removes it',
          several,
        )
        .option('--rename <name>', 'its name from now on')
        .option('--on', 'switch it on: it gets the results from now on')
        .option('--off', 'switch it off')
        .option('--allow <host>', 'a machine of the plant that results may be sent to', several)
        .option('--forbid <host>', 'take it from the list', several)
        .option('--verdict-within <seconds>', 'after so long a part without a verdict is a reject; or never')
        .option('--schema', 'print the JSON schema of what outputs send'),
    options: optionsSchema,
    async act(context, options) {
      checkUse(options)
      if (options.schema) {
        const document = (await import('../../../shared/results-schema.ts')).resultsSchema()
        return { document, text: `${JSON.stringify(document, null, 2)}\n` }
      }
      // An output is added and changed while a window has the workspace: that notices it within a second.
      const shared = await context.sessionOrSharedWorkspace()
      changeRules(shared, await rulesModule(), options, context.operator)
      if (options.part !== undefined) return recordAnswer(shared, options.part)
      const tested = await carryOut(context, shared, options)
      return listAnswer(shared, tested)
    },
  })

const rulesModule = async () => ({
  ...(await import('./open-output.ts')),
  ...(await import('../../store/settings.ts')),
})

function checkUse({
  add,
  change,
  remove,
  test,
  part,
  kind,
  point,
  set,
  secret,
  rename,
  on,
  off,
}: Options): void {
  const targets = [add, change, remove, test, part].filter((target) => target !== undefined)
  if (targets.length > 1) throw new WrongUse('Give one of --add, --change, --remove, --test and --part.')
  if (add !== undefined && kind === undefined) throw new WrongUse(`Give --kind: ${outputKinds.join(', ')}.`)
  if (kind !== undefined && add === undefined) throw new WrongUse('--kind is of a new output: give --add.')
  if (point !== undefined && add === undefined) throw new WrongUse('--point is of a new output: give --add.')
  if (on && off) throw new WrongUse('Give --on or --off, not both.')
  if (change === undefined && (rename !== undefined || on || off))
    throw new WrongUse('Give --change: which output?')
  if (add === undefined && change === undefined && set.length + secret.length > 0)
    throw new WrongUse('Give --add or --change with --set and --secret.')
}

function changeRules(
  { workspace: { db } }: SharedWorkspace | Session,
  { outputRulesOf, changeSetting }: Awaited<ReturnType<typeof rulesModule>>,
  { allow, forbid, verdictWithin }: Options,
  operator: string,
): void {
  if (allow.length + forbid.length === 0 && verdictWithin === undefined) return
  const before = outputRulesOf(db)
  const gone = new Set(forbid.map((host) => host.toLowerCase()))
  const wanted: OutputRules = {
    hosts: [...new Set([...before.hosts, ...allow])].filter((host) => !gone.has(host.toLowerCase())),
    verdictWithin:
      verdictWithin === undefined
        ? before.verdictWithin
        : verdictWithin === 'never'
          ? null
          : Number(verdictWithin),
  }
  const checked = outputRulesSchema.safeParse(wanted)
  if (!checked.success)
    throw new WrongUse('Give hosts as names or addresses, and seconds from 0.1 to 3600, or "never".')
  changeSetting(db, outputRulesKey, checked.data, operator)
}

/** @returns milliseconds of a test; null where none was asked for */
async function carryOut(
  context: CommandContext,
  shared: SharedWorkspace | Session,
  options: Options,
): Promise<number | null> {
  const { db } = shared.workspace
  const { operator } = context
  const [changes, { listOutputs }, { Failure }] = await Promise.all([
    import('./change-outputs.ts'),
    import('../../store/outputs.ts'),
    import('../../../shared/failure.ts'),
  ])
  const named = (name: string): StoredOutput => {
    const found = listOutputs(db).find((output) => output.name === name)
    if (found === undefined) throw new Failure('output-unknown', { output: name })
    return found
  }
  const { add, change, remove, test, kind } = options
  if (add !== undefined) {
    const settings = settingsOf({ kind }, options.set)
    changes.addOutput(db, {
      name: add,
      point: options.point ?? firstPoint,
      settings,
      secrets: secretsOf(options.secret),
      operator,
    })
  }
  if (change !== undefined) {
    const { id, settings } = named(change)
    const enabled = options.on ? true : options.off ? false : undefined
    changes.changeOutput(db, {
      id,
      name: options.rename,
      settings: options.set.length > 0 ? settingsOf(settings, options.set) : undefined,
      secrets: secretsOf(options.secret),
      enabled,
      operator,
    })
  }
  if (remove !== undefined) changes.removeOutput(db, named(remove).id, operator)
  if (test === undefined) return null
  return changes.testOutput(db, named(test).id, { atWork: undefined, operator })
}

/** A value is JSON where it can be read as such, else text. */
function settingsOf(before: object, given: readonly string[]) {
  const settings: Record<string, unknown> = { ...before }
  for (const text of given) {
    const at = text.indexOf('=')
    if (at < 1) throw new WrongUse(`--set is given as key=value, not as ${text}.`)
    settings[text.slice(0, at)] = jsonOr(text.slice(at + 1))
  }
  const checked = outputSettingsSchema.safeParse(settings)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  throw new WrongUse(`The setting ${issue?.path.join('.') ?? ''} is wrong: ${issue?.message ?? ''}.`)
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function secretsOf(given: readonly string[]): Secrets {
  const secrets: Record<string, string | null> = {}
  for (const text of given) {
    const [name = '', ...rest] = text.split('=')
    const file = rest.join('=')
    secrets[name] = file === '' ? null : readFileSync(resolve(file), 'utf8').trim()
  }
  const checked = secretsSchema.safeParse(secrets)
  if (checked.success) return checked.data
  throw new WrongUse(`There is no secret ${Object.keys(secrets).join(', ')}, or its file is empty.`)
}

async function recordAnswer({ workspace: { db } }: SharedWorkspace | Session, part: number) {
  const { partRecord } = await import('./change-outputs.ts')
  const { result, deliveries } = partRecord(db, part)
  const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString())
  const document = {
    result: result && { ...result, at: iso(result.at) },
    deliveries: deliveries.map((delivery) => ({
      ...delivery,
      deliveredAt: iso(delivery.deliveredAt),
      givenUpAt: iso(delivery.givenUpAt),
    })),
  }
  if (result === null) return { document, text: `Machines were told nothing of part ${part}.\n` }
  return {
    document,
    text: `Result ${result.number}: ${result.verdict} (${result.cause}), ${iso(result.at)}\n${textTable([
      ['output', 'attempts', 'delivered'],
      ...document.deliveries.map(({ output, attempts, deliveredAt, givenUpAt }) => [
        output,
        String(attempts),
        deliveredAt ?? (givenUpAt === null ? 'not yet' : 'given up'),
      ]),
    ])}`,
  }
}

async function listAnswer(shared: SharedWorkspace | Session, tested: number | null) {
  const [{ storedOutputs }, { outputRulesOf }] = await Promise.all([
    import('./deliver-results.ts'),
    import('./open-output.ts'),
  ])
  const { db } = shared.workspace
  const outputs = storedOutputs(db)
  const rules = outputRulesOf(db)
  const text = textTable([['output', 'point', 'kind', 'state', 'waiting', 'newest'], ...outputs.map(row)])
  const within = rules.verdictWithin === null ? 'never' : `after ${rules.verdictWithin} seconds`
  return {
    document: { ...rules, outputs, tested },
    text: `${outputs.length === 0 ? 'There is no output.\n' : text}Machines of the plant: ${
      rules.hosts.join(', ') || 'none but this one'
    }\nA part without a verdict is a reject ${within}.\n${
      tested === null ? '' : `The test arrived after ${Math.round(tested)} ms.\n`
    }`,
  }
}

const row = ({ name, point, settings, enabled, waiting, newest }: Output): string[] => [
  name,
  point,
  settings.kind,
  enabled ? 'on' : 'off',
  String(waiting),
  newest === null ? '-' : `${newest.number} at ${new Date(newest.at).toISOString()}`,
]
