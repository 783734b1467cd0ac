/** Files that an export of a model has, relative to its folder; a model does not need all of them. */
export const exportFiles = {
  savedModel: 'saved_model.pb',
  /** The graph of tiles; where a model has none, that of whole photographs. */
  onnx: 'model.onnx',
  /** The graph of whole photographs beside that of tiles. */
  memoryOnnx: 'memory.onnx',
  /** The graph that gives the features which windows are cut from. */
  featuresOnnx: 'features.onnx',
  /** Made tiles and a made photograph, and what this engine says of them. */
  check: 'check.safetensors',
} as const

/** Signatures of an exported SavedModel. */
export const signatures = {
  /** The only one, or that of tiles. */
  main: 'serving_default',
  /** That of whole photographs, beside that of tiles. */
  memory: 'memory',
  /** That of the features which windows are cut from. */
  features: 'features',
} as const

/** Inputs and outputs of the graph of a memory, besides the components that scores are made of. */
export const memoryGraphNames = {
  photograph: 'photograph',
  inside: 'inside',
  score: 'memory',
  distances: 'distances',
  map: 'map',
} as const

/** Input and output of the graph of features. */
export const featureGraphNames = { photograph: 'photograph', features: 'features' } as const
