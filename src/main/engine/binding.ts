/**
 * The native binding of tfjs-node: the few calls that the graph compiler records and makes. tfjs-node keeps
 * it as `tf.backend().binding` and declares no type for it outside its own package.
 */

/** A tensor that lives in TensorFlow: its handle, shape and TensorFlow type number. */
export interface NativeTensor {
  id: number
  shape: number[]
  dtype: number
}

/** One attribute of an operation; `type` is one of the binding's `TF_ATTR_*` numbers. */
export interface NativeAttribute {
  name: string
  type: number
  value: boolean | number | string | number[] | boolean[]
}

/** What a tensor can be made from: one typed array, or a byte array per string. */
export type NativeValues = Float32Array | Int32Array | Uint8Array | Uint8Array[]

export interface Binding {
  readonly TF_FLOAT: number
  readonly TF_INT32: number
  readonly TF_INT64: number
  readonly TF_BOOL: number
  readonly TF_COMPLEX64: number
  readonly TF_STRING: number
  readonly TF_RESOURCE: number
  readonly TF_UINT8: number
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_TYPE: number
  readonly TF_ATTR_SHAPE: number
  readonly TF_Version: string
  createTensor(shape: number[], dtype: number, values: NativeValues): number
  deleteTensor(id: number): void
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array
  executeOp(name: string, attributes: NativeAttribute[], inputs: number[], outputs: number): NativeTensor[]
  loadSavedModel(folder: string, tags: string): number
  deleteSavedModel(id: number): void
  /** Names are comma-joined `operation` or `operation:output`; all outputs come from one session run. */
  runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): NativeTensor[]
  getNumOfTensors(): number
  isUsingGpuDevice(): boolean
}

/** A tfjs backend that calls TensorFlow through a binding. */
export interface NativeBackend {
  binding: Binding
  /** The handles of tfjs tensors. Values that tfjs still holds in JavaScript are moved to TensorFlow first. */
  getInputTensorIds(tensors: readonly { dataId: object }[]): number[]
}

/** Whether this backend is tfjs-node's, the only one that a graph can be compiled for. */
export function isNative<T extends object>(backend: T): backend is T & NativeBackend {
  if (!('binding' in backend)) return false
  const { binding } = backend
  return typeof binding === 'object' && binding !== null && 'runSavedModel' in binding
}

/** The binding with some calls replaced; its own properties cannot be changed. */
export function overriding(binding: Binding, calls: Partial<Binding>): Binding {
  return Object.create(binding, Object.getOwnPropertyDescriptors(calls))
}
