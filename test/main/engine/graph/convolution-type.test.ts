import { expect, it } from 'vitest'
import { convolutionType } from '../../../../src/main/engine/graph/convolution-type.ts'
import {
  type Attribute,
  DataTypes,
  integersNode,
  placeholderNode,
} from '../../../../src/main/engine/graph/ir.ts'
import { tf } from '../../../../src/main/engine/tensorflow.ts'
import { describeCompiled } from './native.ts'

const read = (...shape: number[]) => ({
  node: placeholderNode('x', { dtype: DataTypes.float32, shape }),
  output: 0,
})

function convolution(
  image: readonly number[],
  filter: readonly number[],
  { stride = 1, dilation = 1, padding = 'SAME', pads = [] as readonly number[], format = 'NHWC' } = {},
) {
  const attributes = new Map<string, Attribute>([
    ['strides', { kind: 'integers', value: [1, stride, stride, 1] }],
    ['dilations', { kind: 'integers', value: [1, dilation, dilation, 1] }],
    ['padding', { kind: 'string', value: padding }],
    ['explicit_paddings', { kind: 'integers', value: pads }],
    ['data_format', { kind: 'string', value: format }],
  ])
  return { op: 'Conv2D', attributes, inputs: [read(...image), read(...filter)], controls: [], outputs: [] }
}

const ones = (...shape: [number, number, number, number]) => tf.ones(shape).as4D(...shape)

describeCompiled('the type of a convolution that is not computed', () => {
  it.each([3, 4, 5].flatMap((window) => [1, 2, 3].map((stride) => ({ window, stride }))))(
    'is that of tfjs with a window of $window and a stride of $stride, whatever the padding',
    ({ window, stride }) => {
      for (const side of [7, 8, 15]) {
        const [image, filter] = [
          [2, side, side + 1, 3],
          [window, window, 3, 5],
        ] as const
        for (const padding of ['same', 'valid'] as const) {
          const { shape } = tf.conv2d(ones(...image), ones(...filter), stride, padding)
          const node = convolution(image, filter, { stride, padding: padding.toUpperCase() })
          expect(convolutionType(node)).toEqual({ dtype: DataTypes.float32, shape })
        }
        const { shape } = tf.conv2d(ones(...image), ones(...filter), stride, [
          [0, 0],
          [1, 2],
          [2, 0],
          [0, 0],
        ])
        const node = convolution(image, filter, {
          stride,
          padding: 'EXPLICIT',
          pads: [0, 0, 1, 2, 2, 0, 0, 0],
        })
        expect(convolutionType(node)?.shape).toEqual(shape)
      }
    },
  )

  it('is that of tfjs with holes in the window', () => {
    const { shape } = tf.conv2d(ones(1, 16, 16, 2), ones(3, 3, 2, 4), 1, 'valid', 'NHWC', 3)
    const node = convolution([1, 16, 16, 2], [3, 3, 2, 4], { dilation: 3, padding: 'VALID' })
    expect(convolutionType(node)?.shape).toEqual(shape)
  })

  it('is what gradients are told', () => {
    const sizes = { node: integersNode([2, 8, 8, 3]), output: 0 }
    const rest = { attributes: new Map(), controls: [], outputs: [] }
    const [a, b] = [read(4, 4, 3, 5), read(2, 4, 4, 5)]
    const { shape } = convolutionType({ op: 'Conv2DBackpropInput', inputs: [sizes, a, b], ...rest }) ?? {}
    expect(shape).toEqual([2, 8, 8, 3])
    const filter = { op: 'Conv2DBackpropFilter', inputs: [a, sizes, b], ...rest }
    expect(convolutionType(filter)?.shape).toEqual([2, 8, 8, 3])
  })

  it('is not told for another layout, for what does not fit, and for what is no convolution', () => {
    expect(convolutionType(convolution([1, 3, 8, 8], [3, 3, 3, 4], { format: 'NCHW' }))).toBeNull()
    expect(convolutionType(convolution([1, 8, 8, 3], [3, 3, 2, 4]))).toBeNull()
    expect(convolutionType(convolution([1, 2, 2, 3], [3, 3, 3, 4], { padding: 'VALID' }))).toBeNull()
    expect(convolutionType({ ...convolution([1, 8, 8, 3], [3, 3, 3, 4]), op: 'MaxPool' })).toBeNull()
  })
})
