/** Files that an export of a model has, relative to its folder. */
export const exportFiles = {
  savedModel: 'saved_model.pb',
  onnx: 'model.onnx',
  /** Made tiles, and what this engine says of them. */
  check: 'check.safetensors',
} as const
