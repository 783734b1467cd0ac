/**
 * The station in the information model of the companion specification "Machine Vision" (OPC 40100-1): a vision system
 * with its state machine, a result management with the newest results, and an event for each result. Verdict, score and
 * the other values that the specification leaves to the maker are in a namespace of Fanoscope.
 */
import {
  type AddressSpace,
  DataType,
  EventNotifierFlags,
  type ExtensionObject,
  type ISessionContext,
  type Namespace,
  nodesets,
  promoteToStateMachine,
  StatusCodes,
  type UAEventType,
  type UAObject,
  type UAVariable,
  Variant,
  VariantArrayType,
} from 'node-opcua'
import type { LineState, ResultDocument } from '../../../../shared/result.ts'

export const modelFiles = [nodesets.standard, nodesets.machineVision]
export const ownNamespace = 'urn:fanoscope:inspection'
const machineVision = 'http://opcfoundation.org/UA/MachineVision'

/** Results that a client can ask for again. */
const keptResults = 1000

/** `ResultStateDataType` of the specification: the result is complete. */
const completed = 1
/** `Error` of its methods: nothing is wrong; there is no such result. */
const [fine, unknownResult] = [0, 1]

/** The states of `VisionStateMachineType`. */
const visionStates: Readonly<Record<LineState, 'Operational' | 'Preoperational' | 'Error' | 'Halted'>> = {
  ready: 'Operational',
  judging: 'Operational',
  'engine-away': 'Preoperational',
  'storage-full': 'Error',
  'camera-away': 'Error',
  'light-changed': 'Error',
  stopped: 'Halted',
}

/** Values of a result that are Fanoscope's own, with their types. */
const ownFields = [
  { name: 'Number', type: DataType.UInt32, of: ({ number }) => number },
  { name: 'Part', type: DataType.UInt32, of: ({ part }) => part },
  { name: 'File', type: DataType.String, of: ({ file }) => file },
  { name: 'Verdict', type: DataType.String, of: ({ verdict }) => verdict },
  { name: 'IsGood', type: DataType.Boolean, of: ({ verdict }) => verdict === 'good' },
  { name: 'Cause', type: DataType.String, of: ({ cause }) => cause },
  { name: 'Score', type: DataType.Double, of: ({ score }) => score ?? Number.NaN },
  { name: 'Threshold', type: DataType.Double, of: ({ threshold }) => threshold ?? Number.NaN },
  { name: 'JudgedAt', type: DataType.DateTime, of: ({ judgedAt }) => new Date(judgedAt) },
] as const satisfies readonly {
  name: string
  type: DataType
  of: (result: ResultDocument) => unknown
}[]

export interface VisionSystem {
  /** Keeps the result, shows it as the newest, and raises its event. */
  announce(result: ResultDocument): void
  show(state: LineState): void
}

/** Adds the vision system to a server that has loaded `modelFiles`. */
export function addVisionSystem(addressSpace: AddressSpace, name: string): VisionSystem {
  const own = addressSpace.registerNamespace(ownNamespace)
  const index = addressSpace.getNamespaceIndex(machineVision)
  const type = addressSpace.findObjectType('VisionSystemType', index)
  const readyType = addressSpace.findEventType('ResultReadyEventType', index)
  if (type === null || readyType === null) throw new RangeError(`${machineVision} was not loaded`)
  const system = type.instantiate({
    browseName: { name, namespaceIndex: own.index },
    namespace: own,
    organizedBy: addressSpace.rootFolder.objects,
    optionals: ['ResultManagement', 'SystemState'],
  })
  system.setEventNotifier(EventNotifierFlags.SubscribeToEvents)
  addressSpace.rootFolder.objects.server.addReference({ referenceType: 'HasNotifier', nodeId: system.nodeId })
  const eventType = addEventType(own, readyType)
  const machine = promoteToStateMachine(componentOf(system, 'VisionStateMachine', index))
  const shown = addNewest(own, system)
  const results = new Map<number, ResultDocument>()
  const make = (document: ResultDocument): ExtensionObject => resultOf(addressSpace, index, document)
  bindMethods(system, index, {
    find: (id) => {
      const found = results.get(Number(id))
      return found === undefined ? null : make(found)
    },
    list: (first, count) =>
      [...results.values()]
        .reverse()
        .slice(first, first + count)
        .map(make),
    count: () => results.size,
  })
  return {
    announce(result) {
      results.delete(result.number)
      results.set(result.number, result)
      for (const number of results.keys()) {
        if (results.size <= keptResults) break
        results.delete(number)
      }
      shown.result(result)
      system.raiseEvent(eventType, eventOf(addressSpace, index, result))
    },
    show(state) {
      machine.setState(visionStates[state])
      shown.state(state)
    },
  }
}

function componentOf(parent: UAObject, name: string, index: number): UAObject {
  const found = parent.getComponentByName(name, index)
  if (found === null) throw new RangeError(`${parent.browseName.toString()} has no ${name}`)
  return found as UAObject
}

/** An event with Fanoscope's own values beside those of the specification. */
function addEventType(own: Namespace, readyType: UAEventType): UAEventType {
  const eventType = own.addEventType({ browseName: 'InspectionResultEventType', subtypeOf: readyType })
  for (const { name, type } of ownFields) {
    own.addVariable({
      propertyOf: eventType,
      browseName: name,
      dataType: type,
      modellingRule: 'Mandatory',
    })
  }
  return eventType
}

/** Variables with the newest result and the state of the line, for clients that only read. */
function addNewest(own: Namespace, system: UAObject) {
  const folder = own.addObject({ componentOf: system, browseName: 'LatestResult' })
  const add = (name: string, dataType: DataType, parent: UAObject): UAVariable =>
    own.addVariable({ componentOf: parent, browseName: name, dataType, minimumSamplingInterval: 50 })
  const variables = ownFields.map((field) => ({ field, variable: add(field.name, field.type, folder) }))
  const state = add('LineState', DataType.String, system)
  return {
    result(document: ResultDocument) {
      for (const { field, variable } of variables)
        variable.setValueFromSource({ dataType: field.type, value: field.of(document) })
    },
    state: (value: LineState) => state.setValueFromSource({ dataType: DataType.String, value }),
  }
}

/** Text for whatever the specification leaves to the maker: the document of results. */
const contentOf = (document: ResultDocument): Variant =>
  new Variant({ dataType: DataType.String, value: JSON.stringify(document) })

const identity = (addressSpace: AddressSpace, index: number, type: string, id: string): ExtensionObject => {
  const dataType = addressSpace.findDataType(type, index)
  if (dataType === null) throw new RangeError(`there is no data type ${type}`)
  return addressSpace.constructExtensionObject(dataType, { id })
}

/** What the specification asks of a result. The model is its recipe, the operating point its configuration. */
function valuesOf(addressSpace: AddressSpace, index: number, document: ResultDocument) {
  const of = (type: string, id: string): ExtensionObject => identity(addressSpace, index, type, id)
  return {
    resultId: of('ResultIdDataType', String(document.number)),
    jobId: of('JobIdDataType', document.point),
    partId: of('PartIdDataType', String(document.part)),
    internalRecipeId: of('RecipeIdInternalDataType', document.run ?? ''),
    internalConfigurationId: of('ConfigurationIdDataType', String(document.operatingPoint ?? '')),
  }
}

function resultOf(addressSpace: AddressSpace, index: number, document: ResultDocument): ExtensionObject {
  const dataType = addressSpace.findDataType('ResultDataType', index)
  if (dataType === null) throw new RangeError('there is no ResultDataType')
  return addressSpace.constructExtensionObject(dataType, {
    ...valuesOf(addressSpace, index, document),
    isPartial: false,
    resultState: completed,
    creationTime: new Date(document.judgedAt),
    resultContent: [contentOf(document)],
  })
}

function eventOf(
  addressSpace: AddressSpace,
  index: number,
  document: ResultDocument,
): Record<string, Variant> {
  const event: Record<string, Variant> = {
    isPartial: new Variant({ dataType: DataType.Boolean, value: false }),
    resultState: int32(completed),
    creationTime: new Variant({ dataType: DataType.DateTime, value: new Date(document.judgedAt) }),
    message: new Variant({
      dataType: DataType.LocalizedText,
      value: { text: `${document.file}: ${document.verdict}` },
    }),
    severity: new Variant({ dataType: DataType.UInt16, value: document.verdict === 'good' ? 100 : 500 }),
  }
  for (const [name, value] of Object.entries(valuesOf(addressSpace, index, document)))
    event[name] = new Variant({ dataType: DataType.ExtensionObject, value })
  for (const { name, type, of } of ownFields) {
    const key = `${name.charAt(0).toLowerCase()}${name.slice(1)}`
    event[key] = new Variant({ dataType: type, value: of(document) })
  }
  return event
}

interface Known {
  find(id: string): ExtensionObject | null
  /** The newest first. */
  list(first: number, count: number): ExtensionObject[]
  count(): number
}

const listed = (value: readonly ExtensionObject[]): Variant =>
  new Variant({ dataType: DataType.ExtensionObject, arrayType: VariantArrayType.Array, value: [...value] })
const int32 = (value: number): Variant => new Variant({ dataType: DataType.Int32, value })
const handle = new Variant({ dataType: DataType.UInt32, value: 0 })
const uint32Of = (given: readonly Variant[], at: number): number => Number(given[at]?.value ?? 0)

/** The identifier in an argument such as `ResultIdDataType`. */
function idIn(given: readonly Variant[]): string {
  const value: unknown = given[0]?.value
  return typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : ''
}

/** Clients read results again by methods; they do not steer the station. */
function bindMethods(system: UAObject, index: number, known: Known): void {
  const management = componentOf(system, 'ResultManagement', index)
  const bind = (parent: UAObject, name: string, answer: (given: Variant[]) => Variant[] | null): void => {
    parent.getMethodByName(name, index)?.bindMethod(async (given: Variant[], _context: ISessionContext) => {
      const outputArguments = answer(given)
      return outputArguments === null
        ? { statusCode: StatusCodes.BadNotSupported }
        : { statusCode: StatusCodes.Good, outputArguments }
    })
  }
  bind(management, 'GetResultById', (given) => {
    const result = known.find(idIn(given))
    const value = new Variant({ dataType: DataType.ExtensionObject, value: result })
    return [handle, value, int32(result === null ? unknownResult : fine)]
  })
  bind(management, 'GetResultComponentsById', () => null)
  bind(management, 'GetResultListFiltered', (given) => {
    // Arguments 9 and 10 of 12: how many, and from which on. No other filter is known.
    const [most, first] = [uint32Of(given, 9), uint32Of(given, 10)]
    const list = known.list(first, most === 0 ? keptResults : most)
    return [
      new Variant({ dataType: DataType.Boolean, value: first + list.length >= known.count() }),
      new Variant({ dataType: DataType.UInt32, value: list.length }),
      handle,
      listed(list),
      int32(fine),
    ]
  })
  for (const name of ['Halt', 'Reset'])
    bind(componentOf(system, 'VisionStateMachine', index), name, () => null)
}
