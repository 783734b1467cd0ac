/** The bytes of ONNX models, read by a plain reader of the wire format; whole models are run by reference/. */
import { describe, expect, it } from 'vitest'
import { largest, resized, scaledSide, sideOf } from '../../../../src/main/engine/graph/any-size.ts'
import {
  constantNode,
  DataTypes,
  type Edge,
  type GraphNode,
  placeholderNode,
} from '../../../../src/main/engine/graph/ir.ts'
import { encodeOnnx } from '../../../../src/main/engine/graph/onnx.ts'

interface Field {
  field: number
  value: number | Uint8Array
}

/** Fields of a message: numbers of varints, bytes of everything with a length. */
function fields(bytes: Uint8Array): Field[] {
  const found: Field[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const key = varint()
    const field = key >> 3
    if ((key & 7) === 0) found.push({ field, value: varint() })
    else {
      const length = (key & 7) === 5 ? 4 : varint()
      found.push({ field, value: bytes.subarray(at, at + length) })
      at += length
    }
  }
  return found
}

const bytesOf = (message: Uint8Array, field: number): Uint8Array[] =>
  fields(message).flatMap(({ field: own, value }) =>
    own === field && typeof value !== 'number' ? [value] : [],
  )
const textOf = (message: Uint8Array, field: number): string =>
  new TextDecoder().decode(bytesOf(message, field)[0] ?? new Uint8Array())
const packed = (bytes: Uint8Array): number[] => [...bytes]

const float = (shape: number[], values: number[]) =>
  constantNode({ dtype: DataTypes.float32, shape, values: new Uint8Array(Float32Array.from(values).buffer) })

function convolution(x: GraphNode, filter: GraphNode, shape: number[], stride: number): GraphNode {
  return {
    op: 'Conv2D',
    attributes: new Map([
      ['strides', { kind: 'integers', value: [1, stride, stride, 1] }],
      ['padding', { kind: 'string', value: 'SAME' }],
      ['data_format', { kind: 'string', value: 'NHWC' }],
    ]),
    inputs: [x, filter].map((node): Edge => ({ node, output: 0 })),
    controls: [],
    outputs: [{ dtype: DataTypes.float32, shape }],
  }
}

const x = placeholderNode('s0/x', { dtype: DataTypes.float32, shape: [1, 5, 4, 1] })
const description = { name: 'test', producerVersion: '0', metadata: { threshold: '0.5' } }
const graphOf = (node: GraphNode, input = x): Uint8Array => {
  const model = encodeOnnx(
    { inputs: [{ name: 'x', node: input }], outputs: [{ name: 'y', edge: { node, output: 0 } }] },
    description,
  )
  return bytesOf(model, 7)[0] ?? new Uint8Array()
}

describe('an ONNX model', () => {
  const filter = float([2, 3, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  const graph = graphOf(convolution(x, filter, [1, 3, 2, 2], 2))

  it('has the operations in their order, with channels first where ONNX wants them', () => {
    expect(bytesOf(graph, 1).map((node) => textOf(node, 4))).toEqual([
      'Transpose',
      'Conv',
      'Transpose',
      'Identity',
    ])
  })

  it('pads as TensorFlow does: what is odd goes to the end', () => {
    const conv = bytesOf(graph, 1).find((node) => textOf(node, 4) === 'Conv') ?? new Uint8Array()
    const attributes = new Map(
      bytesOf(conv, 5).map((attribute) => [
        textOf(attribute, 1),
        packed(bytesOf(attribute, 8)[0] ?? new Uint8Array()),
      ]),
    )
    // Rows: (3 - 1) * 2 + 2 - 5 = 1; columns: (2 - 1) * 2 + 3 - 4 = 1.
    expect(attributes.get('pads')).toEqual([0, 0, 1, 1])
    expect(attributes.get('strides')).toEqual([2, 2])
  })

  it('has filters as [out, in, height, width]', () => {
    const [tensor = new Uint8Array()] = bytesOf(graph, 5)
    expect(packed(bytesOf(tensor, 1)[0] ?? new Uint8Array())).toEqual([2, 1, 2, 3])
    const raw = bytesOf(tensor, 9)[0] ?? new Uint8Array()
    expect([...new Float32Array(Uint8Array.from(raw).buffer)]).toEqual([
      1, 3, 5, 7, 9, 11, 2, 4, 6, 8, 10, 12,
    ])
  })

  it('takes the largest values along the last axis, as many as a constant says, in a list of one', () => {
    const values = Uint8Array.from(new Uint8Array(Int32Array.of(2).buffer))
    const count = constantNode({ dtype: DataTypes.int32, shape: [], values })
    const largest = graphOf({
      op: 'TopKV2',
      attributes: new Map([['sorted', { kind: 'boolean', value: false }]]),
      inputs: [x, count].map((node): Edge => ({ node, output: 0 })),
      controls: [],
      outputs: [
        { dtype: DataTypes.float32, shape: [1, 5, 4, 2] },
        { dtype: DataTypes.int32, shape: [1, 5, 4, 2] },
      ],
    })
    const [node = new Uint8Array()] = bytesOf(largest, 1)
    expect(textOf(node, 4)).toBe('TopK')
    // ONNX gives both, wanted or not.
    expect(bytesOf(node, 2)).toHaveLength(2)
    const [k = new Uint8Array()] = bytesOf(largest, 5)
    expect(packed(bytesOf(k, 1)[0] ?? new Uint8Array())).toEqual([1])
    const raw = Uint8Array.from(bytesOf(k, 9)[0] ?? new Uint8Array())
    expect([...new BigInt64Array(raw.buffer)]).toEqual([2n])
  })

  it('makes a convolution by depth one of a group for each channel', () => {
    const deep = placeholderNode('s0/deep', { dtype: DataTypes.float32, shape: [1, 5, 4, 2] })
    const byDepth = {
      ...convolution(deep, float([1, 1, 2, 1], [3, 4]), [1, 5, 4, 2], 1),
      op: 'DepthwiseConv2dNative',
    }
    const model = graphOf(byDepth, deep)
    const conv = bytesOf(model, 1).find((node) => textOf(node, 4) === 'Conv') ?? new Uint8Array()
    const group = bytesOf(conv, 5).find((attribute) => textOf(attribute, 1) === 'group') ?? new Uint8Array()
    expect(fields(group)).toContainEqual({ field: 3, value: 2 })
    const [tensor = new Uint8Array()] = bytesOf(model, 5)
    expect(packed(bytesOf(tensor, 1)[0] ?? new Uint8Array())).toEqual([2, 1, 1, 1])
  })

  it('leaves padding to the reader where the sides are only known when it runs', () => {
    const any = placeholderNode('s0/any', { dtype: DataTypes.float32, shape: [1, -1, -1, 1] })
    const model = graphOf(convolution(any, filter, [1, -1, -1, 2], 2), any)
    const conv = bytesOf(model, 1).find((node) => textOf(node, 4) === 'Conv') ?? new Uint8Array()
    const texts = bytesOf(conv, 5).map((attribute) => [textOf(attribute, 1), textOf(attribute, 4)])
    expect(texts).toContainEqual(['auto_pad', 'SAME_UPPER'])
    const [input = new Uint8Array()] = bytesOf(model, 11)
    const shape = bytesOf(bytesOf(bytesOf(input, 2)[0] ?? input, 1)[0] ?? input, 2)[0] ?? new Uint8Array()
    expect(bytesOf(shape, 1).map((side) => textOf(side, 2))).toEqual(['', 'x.1', 'x.2', ''])
  })

  it('works out sizes with integers of 64 bits', () => {
    const any = placeholderNode('s0/any', { dtype: DataTypes.float32, shape: [1, -1, -1, 1] })
    const x: Edge = { node: any, output: 0 }
    const half = resized(x, scaledSide(sideOf(x, 1), 0.5), scaledSide(sideOf(x, 2), 0.5))
    const operations = bytesOf(graphOf(half.node, any), 1).map((node) => textOf(node, 4))
    expect(operations).toEqual(expect.arrayContaining(['Shape', 'Gather', 'Floor', 'Max', 'Resize']))
  })

  it('takes as many of the largest values as the graph works out', () => {
    const values = placeholderNode('s0/values', { dtype: DataTypes.float32, shape: [-1] })
    const x: Edge = { node: values, output: 0 }
    const model = graphOf(largest(x, scaledSide(sideOf(x, 0), 0.02)).node, values)
    const top = bytesOf(model, 1).find((node) => textOf(node, 4) === 'TopK') ?? new Uint8Array()
    expect(bytesOf(top, 1)).toHaveLength(2)
  })

  it('carries what is needed besides the graph', () => {
    const model = encodeOnnx(
      { inputs: [{ name: 'x', node: x }], outputs: [{ name: 'y', edge: { node: x, output: 0 } }] },
      description,
    )
    const [entry = new Uint8Array()] = bytesOf(model, 14)
    expect([textOf(entry, 1), textOf(entry, 2)]).toEqual(['threshold', '0.5'])
  })

  it('names the operation that it has no counterpart for', () => {
    const strange: GraphNode = { ...convolution(x, filter, [1, 3, 2, 2], 2), op: 'Cholesky' }
    expect(() => graphOf(strange)).toThrow(
      expect.objectContaining({ code: 'not-exportable', message: expect.stringContaining('Cholesky') }),
    )
  })
})
