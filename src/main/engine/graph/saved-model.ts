/**
 * Writes a graph as TensorFlow's SavedModel, the only form in which tfjs-node takes a whole graph. Field
 * numbers are those of TensorFlow's graph.proto, node_def.proto, attr_value.proto, tensor.proto,
 * tensor_shape.proto, meta_graph.proto and saved_model.proto.
 */

import type { Attribute, Edge, GraphNode, TensorValue } from './ir.ts'
import { byteLength, DataTypes } from './ir.ts'
import { ProtobufWriter } from './protobuf.ts'

/** The version of the graph format that this writes; TensorFlow 2.9 and later read it. */
const PRODUCER = 1087

function writeShape(writer: ProtobufWriter, shape: readonly number[]): void {
  for (const size of shape) writer.message(2, (dimension) => dimension.integer(1, size))
}

/** Writes one value that stands for all elements. Only the typed fields of the message can express that. */
function writeRepeated(writer: ProtobufWriter, { dtype, values }: TensorValue): void {
  if (!(values instanceof Uint8Array)) throw new TypeError('strings do not repeat')
  const view = new DataView(values.buffer, values.byteOffset)
  if (dtype === DataTypes.float32) writer.floats(5, [view.getFloat32(0, true)])
  else if (dtype === DataTypes.int32) writer.integers(7, [view.getInt32(0, true)])
  else if (dtype === DataTypes.bool) writer.integers(11, [view.getUint8(0)])
  else throw new TypeError(`a constant of type ${dtype} cannot repeat`)
}

function writeTensor(writer: ProtobufWriter, tensor: TensorValue): void {
  const { dtype, shape, values } = tensor
  writer.integer(1, dtype).message(2, (message) => writeShape(message, shape))
  if (!(values instanceof Uint8Array)) for (const value of values) writer.blob(8, value)
  else if (values.length < byteLength(tensor)) writeRepeated(writer, tensor)
  else writer.blob(4, values)
}

function writeAttribute(writer: ProtobufWriter, attribute: Attribute): void {
  switch (attribute.kind) {
    case 'integer':
      writer.integer(3, attribute.value)
      break
    case 'integers':
      writer.message(1, (list) => list.integers(3, attribute.value))
      break
    case 'float':
      writer.float(4, attribute.value)
      break
    case 'floats':
      writer.message(1, (list) => list.floats(4, attribute.value))
      break
    case 'boolean':
      writer.integer(5, attribute.value)
      break
    case 'booleans':
      writer.message(1, (list) => list.integers(5, attribute.value))
      break
    case 'string':
      writer.string(2, attribute.value)
      break
    case 'strings':
      writer.message(1, (list) => {
        for (const value of attribute.value) list.string(2, value)
      })
      break
    case 'type':
      writer.integer(6, attribute.value)
      break
    case 'shape':
      writer.message(7, (shape) => writeShape(shape, attribute.value))
      break
    case 'tensor':
      writer.message(8, (tensor) => writeTensor(tensor, attribute.value))
      break
  }
}

/**
 * All nodes that the roots need, by data or by control, in an order in which each comes after those that it needs.
 */
export function reachableNodes(roots: readonly GraphNode[]): GraphNode[] {
  const done = new Set<GraphNode>()
  const order: GraphNode[] = []
  const stack = roots.map((node) => ({ node, next: 0 })).reverse()
  while (stack.length > 0) {
    const top = stack[stack.length - 1]
    if (top === undefined) break
    const { node } = top
    if (done.has(node)) {
      stack.pop()
      continue
    }
    const needed =
      top.next < node.inputs.length
        ? node.inputs[top.next]?.node
        : node.controls[top.next - node.inputs.length]
    top.next++
    if (needed === undefined) {
      done.add(node)
      order.push(node)
      stack.pop()
    } else if (!done.has(needed)) {
      stack.push({ node: needed, next: 0 })
    }
  }
  return order
}

function nameNodes(nodes: readonly GraphNode[]): Map<GraphNode, string> {
  const names = new Map<GraphNode, string>()
  const taken = new Set<string>()
  for (const [i, node] of nodes.entries()) {
    const name = node.name ?? `n${i}_${node.op}`
    if (taken.has(name)) throw new Error(`Two nodes are called ${name}.`)
    taken.add(name)
    names.set(node, name)
  }
  return names
}

/** A GraphDef message of everything that the roots need. */
export function encodeGraph(roots: readonly GraphNode[]): Uint8Array {
  const nodes = reachableNodes(roots)
  const names = nameNodes(nodes)
  const nameOf = (node: GraphNode): string => {
    const name = names.get(node)
    if (name === undefined) throw new Error(`${node.op} is not in the graph.`)
    return name
  }
  const inputName = (edge: Edge): string =>
    edge.output === 0 ? nameOf(edge.node) : `${nameOf(edge.node)}:${edge.output}`

  const graph = new ProtobufWriter()
  for (const node of nodes) {
    graph.message(1, (writer) => {
      writer.string(1, nameOf(node)).string(2, node.op)
      for (const edge of node.inputs) writer.string(3, inputName(edge))
      for (const control of new Set(node.controls)) writer.string(3, `^${nameOf(control)}`)
      if (node.device !== undefined) writer.string(4, node.device)
      for (const [name, attribute] of node.attributes) {
        writer.message(5, (entry) =>
          entry.string(1, name).message(2, (value) => writeAttribute(value, attribute)),
        )
      }
    })
  }
  graph.message(4, (versions) => versions.integer(1, PRODUCER))
  return graph.bytes()
}

/** The inputs and outputs by which other programs call a SavedModel. */
export interface Signature {
  inputs: Readonly<Record<string, GraphNode>>
  outputs: Readonly<Record<string, GraphNode>>
}

/** SignatureDef and TensorInfo of meta_graph.proto. */
function writeSignature(writer: ProtobufWriter, { inputs, outputs }: Signature): void {
  const sides = [
    [1, inputs],
    [2, outputs],
  ] as const
  for (const [field, nodes] of sides) {
    for (const [key, { name, outputs: made }] of Object.entries(nodes)) {
      const type = made[0]
      if (name === undefined || type === undefined) throw new Error(`${key} has no name to call it by.`)
      writer.message(field, (entry) =>
        entry.string(1, key).message(2, (info) =>
          info
            .string(1, `${name}:0`)
            .integer(2, type.dtype)
            .message(3, (shape) => writeShape(shape, type.shape)),
        ),
      )
    }
  }
  writer.string(3, 'tensorflow/serving/predict')
}

/**
 * A SavedModel message around a GraphDef, with the tag `serve`. It has signatures, by their names, only if other
 * programs are to call it.
 */
export function encodeSavedModel(
  graph: Uint8Array,
  signatures: Readonly<Record<string, Signature>> = {},
): Uint8Array {
  const model = new ProtobufWriter()
  model.integer(1, 1).message(2, (meta) => {
    meta.message(1, (info) => info.string(4, 'serve')).blob(2, graph)
    for (const [name, signature] of Object.entries(signatures)) {
      meta.message(5, (entry) =>
        entry.string(1, name).message(2, (value) => writeSignature(value, signature)),
      )
    }
  })
  return model.bytes()
}
