/** Weights of a backbone with batch normalization folded into the convolutions before it. */
import { ownDocumentOf } from '../../model/backbones/own-backbones.ts'
import type { StoredTensor, TensorMap } from '../../model/safetensors.ts'
import { requireLength } from '../../platform/array-bounds.ts'
import { blocks } from './blocks.ts'
import { foldedConvolution } from './folded-convolution.ts'

/** @throws TypeError where there is none of that name */
export const tensorOf = (tensors: TensorMap, name: string) => {
  const tensor = tensors[name]
  if (tensor === undefined) throw new TypeError(`The backbone has no tensor "${name}".`)
  requireLength(
    tensor.data,
    tensor.shape.reduce((product, side) => product * side, 1),
    `Values of ${name}`,
  )
  return tensor
}

/** One convolution and the normalization after it, as one filter and one bias. */
function folded(
  tensors: TensorMap,
  convolution: string,
  normalization: string,
): { filter: StoredTensor; bias: StoredTensor } {
  const { shape, data } = tensorOf(tensors, `${convolution}.weight`)
  const [out = 0, within = 0, height = 0, width = 0] = shape
  const statistic = (name: string) => tensorOf(tensors, `${normalization}.${name}`).data
  const { filter, bias } = foldedConvolution(
    data,
    { out, within, places: height * width },
    {
      gamma: statistic('weight'),
      beta: statistic('bias'),
      mean: statistic('running_mean'),
      variance: statistic('running_var'),
    },
  )
  // A convolution by depth has one filter for each channel: [height, width, channels, 1].
  const filterShape = within === 1 ? [height, width, out, 1] : [height, width, within, out]
  return { filter: { shape: filterShape, data: filter }, bias: { shape: [out], data: bias } }
}

/**
 * The weights up to one block, with the normalization folded in, by names of their own: what a model keeps of the
 * backbone that it was made with.
 * @param tensors as the package of the network names them: filters [out, in, height, width]
 */
export function foldedWeights(tensors: TensorMap, lastBlock: number): TensorMap {
  // A network that a person added is kept as it is.
  if (ownDocumentOf(tensors) !== null) return tensors
  const weights: TensorMap = {}
  const add = (name: string, convolution: string, normalization: string): void => {
    const { filter, bias } = folded(tensors, convolution, normalization)
    weights[`${name}/filter`] = filter
    weights[`${name}/bias`] = bias
  }
  add('stem', '_conv_stem', '_bn0')
  for (const [at, { expanded }] of blocks.slice(0, lastBlock + 1).entries()) {
    const block = `_blocks.${at}`
    if (expanded) add(`block${at}/expand`, `${block}._expand_conv`, `${block}._bn0`)
    add(`block${at}/depthwise`, `${block}._depthwise_conv`, `${block}._bn1`)
    add(`block${at}/project`, `${block}._project_conv`, `${block}._bn2`)
  }
  return weights
}
