/** Keeps a dispatcher at work for each output of an open workspace, and says how each goes. */
import { Failure, failureDocument } from '../../../shared/failure.ts'
import { type Output, secretNameSchema } from '../../../shared/output.ts'
import type { LineState, StateDocument } from '../../../shared/result.ts'
import type { Session } from '../../session/session.ts'
import type { Database } from '../../store/database.ts'
import {
  countGivenUp,
  giveUpOldest,
  newestDelivery,
  passOver,
  recordDeliveries,
  throughOf,
  throughOfAll,
} from '../../store/deliveries.ts'
import { everyPoint } from '../../store/inspection-points.ts'
import { listOutputs, type StoredOutput } from '../../store/outputs.ts'
import { listRecipes, recipeNumbers, useRecipe } from '../../store/recipes.ts'
import { countAfter, emptyResults, newestNumber } from '../../store/results.ts'
import {
  type Dispatcher,
  type DispatcherState,
  type DispatchTimes,
  standardDispatchTimes,
  startDispatcher,
} from './dispatcher.ts'
import { openOutput, outputRulesOf, secretsOf } from './open-output.ts'

/** Milliseconds between two looks for changes of outputs, which another process may have made; and of the audit. */
const times = { look: 1000, audit: 60_000 }

/** How much is kept. */
export interface DeliveryBounds {
  /** Results that may wait for one output; of more, the oldest are given up and named. */
  mostWaiting: number
  /** Results whose text is kept although every output had it. */
  keep: number
  /** Rows that are changed at a time. */
  bite: number
}
/** In one turn; the rest has time. */
const mostBites = 20
export const standardBounds: DeliveryBounds = { mostWaiting: 500_000, keep: 100_000, bite: 500 }

interface Delivery {
  readonly dispatchers: ReadonlyMap<number, Dispatcher>
  tell(point: string): void
  follow(): Promise<unknown>
}
const deliveries = new WeakMap<Session, Delivery>()
/** The states of inspection points, also where nothing is delivered. */
const states = new WeakMap<Session, Map<string, LineState>>()

export const lineStateOf = (session: Session, point: string): LineState =>
  states.get(session)?.get(point) ?? 'stopped'

/** Says in which state an inspection point is. Its outputs are told where it has changed. */
export function showLineState(session: Session, point: string, state: LineState): void {
  if (lineStateOf(session, point) === state) return
  const ofSession = states.get(session) ?? new Map<string, LineState>()
  states.set(session, ofSession.set(point, state))
  deliveries.get(session)?.tell(point)
  session.events.emit('inspection.changed', {})
}

export const stateDocument = (session: Session, point: string): StateDocument => ({
  format: 'fanoscope.state/1',
  point,
  state: lineStateOf(session, point),
  at: new Date(session.workspace.db.now()).toISOString(),
})

/** Takes up changes of the outputs now. */
export async function followOutputs(session: Session): Promise<void> {
  await deliveries.get(session)?.follow()
  session.events.emit('output.changed', {})
}

/** The dispatcher of an output, where it is at work. */
export const dispatcherOf = (session: Session, id: number): Dispatcher | undefined =>
  deliveries.get(session)?.dispatchers.get(id)

/** @param onChosen a machine has chosen a recipe */
export const openedOutput = (db: Database, output: StoredOutput, onChosen: () => void = () => undefined) =>
  openOutput(output.settings, secretsOf(output), {
    hosts: outputRulesOf(db).hosts,
    point: output.point,
    recipes: {
      numbers: () => recipeNumbers(db, output.point),
      choose: (number) => {
        const recipe = listRecipes(db, output.point).find((one) => one.number === number)
        if (recipe === undefined) throw new Failure('recipe-unknown', { recipe: String(number) })
        useRecipe(db, recipe.id, { by: null, through: output.name })
        onChosen()
      },
    },
  })

export interface DeliverOptions {
  bounds?: DeliveryBounds
  times?: DispatchTimes
}

/** Delivers for as long as the workspace is open. @returns what ends that, once the outputs are told of it */
export function deliverResults(session: Session, options: DeliverOptions = {}): () => Promise<void> {
  const { workspace, events, log } = session
  const { db } = workspace
  const { bounds = standardBounds, times: dispatchTimes = standardDispatchTimes } = options
  const dispatchers = new Map<number, Dispatcher>()
  /** What each dispatcher was started with: where that has changed, another takes its place. */
  const startedWith = new Map<number, string>()
  let turn: Promise<unknown> = Promise.resolve()

  const delivery: Delivery = {
    dispatchers,
    tell: (point) => {
      for (const dispatcher of dispatchers.values()) if (dispatcher.output.point === point) dispatcher.tell()
    },
    follow: () => look(),
  }
  deliveries.set(session, delivery)

  const changed = (): void => events.emit('output.changed', {})
  const begin = (output: StoredOutput): Dispatcher =>
    startDispatcher({
      db,
      log,
      output,
      ...openedOutput(db, output, () => events.emit('inspection.changed', {})),
      state: () => stateDocument(session, output.point),
      onChange: changed,
      times: dispatchTimes,
    })

  async function end(id: number): Promise<void> {
    const dispatcher = dispatchers.get(id)
    dispatchers.delete(id)
    startedWith.delete(id)
    await dispatcher?.close()
  }

  /** Starts and ends dispatchers, so that there is one for each output that is switched on, with its settings. */
  async function follow(): Promise<void> {
    const rules = JSON.stringify(outputRulesOf(db).hosts)
    const wanted = new Map(
      listOutputs(db)
        .filter(({ enabled }) => enabled)
        .map((output) => [output.id, output]),
    )
    const versionOf = ({ changedAt }: StoredOutput): string => `${changedAt} ${rules}`
    for (const id of [...dispatchers.keys()]) {
      const output = wanted.get(id)
      if (output === undefined || startedWith.get(id) !== versionOf(output)) await end(id)
    }
    for (const [id, output] of wanted) {
      if (dispatchers.has(id)) continue
      dispatchers.set(id, begin(output))
      startedWith.set(id, versionOf(output))
      changed()
    }
    for (const [id, output] of wanted) giveUp(id, output)
  }

  function giveUp(id: number, output: StoredOutput): void {
    const count = giveUpOldest(db, output, { mostWaiting: bounds.mostWaiting, limit: bounds.bite })
    if (count === 0) return
    log.error(`${count} results were given up, because too many wait for the output ${output.name}.`, {
      output: id,
      count,
    })
    changed()
  }

  function tellAudit(): void {
    for (const output of listOutputs(db)) {
      recordDeliveries(db, output)
      if (output.enabled) passOver(db, output)
    }
    for (const point of everyPoint(db)) {
      const through = throughOfAll(db, point) ?? newestNumber(db)
      for (let bites = 0; bites < mostBites; bites += 1) {
        const { keep, bite } = bounds
        if (emptyResults(db, { point, through, keep, limit: bite }) < bite) break
      }
    }
  }

  /** One after another; a failure is of this turn only. */
  const inTurn = (what: string, work: () => void | Promise<void>): Promise<unknown> => {
    turn = turn.then(work).catch((error: unknown) => log.error(`${what} failed.`, failureDocument(error)))
    return turn
  }
  const look = (): Promise<unknown> => inTurn('Following the outputs', follow)
  const wake = (): void => {
    for (const dispatcher of dispatchers.values()) dispatcher.wake()
  }
  const stops = [events.on('live.judged', wake), events.on('output.changed', wake)]
  const looking = setInterval(() => void look(), times.look)
  const telling = setInterval(() => void inTurn('Telling the audit of deliveries', tellAudit), times.audit)
  void look()

  return async () => {
    clearInterval(looking)
    clearInterval(telling)
    for (const stop of stops) stop()
    await inTurn('Ending the outputs', async () => {
      await Promise.all([...dispatchers.keys()].map(end))
    })
    await inTurn('Telling the audit of deliveries', tellAudit)
    deliveries.delete(session)
  }
}

/** Each output as a person sees it. */
export const outputStates = (session: Session): Output[] =>
  storedOutputs(session.workspace.db, (id) => dispatcherOf(session, id)?.state())

/** What is stored of each output, for a process that may not be the one that delivers. */
export function storedOutputs(
  db: Database,
  stateOf: (id: number) => DispatcherState | undefined = () => undefined,
): Output[] {
  return listOutputs(db).map((output) => {
    const { id, point, name, settings, enabled } = output
    const { condition, awaySince, needsPerson, errors } = stateOf(id) ?? notAtWork
    const secrets = secretNameSchema.options.filter((secret) => secretsOf(output)[secret] !== undefined)
    return {
      id,
      point,
      name,
      settings,
      secrets,
      enabled,
      condition: enabled ? condition : 'off',
      awaySince,
      needsPerson,
      waiting: enabled ? countAfter(db, point, throughOf(db, output), id) : 0,
      givenUp: countGivenUp(db, output),
      newest: newestDelivery(db, output),
      errors: [...errors],
    }
  })
}

const notAtWork: DispatcherState = { condition: 'waiting', awaySince: null, needsPerson: false, errors: [] }
