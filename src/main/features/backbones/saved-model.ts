/**
 * The graph of a SavedModel, as its protocol buffers say (saved_model.proto, meta_graph.proto, graph.proto,
 * function.proto), with nothing of it run.
 */
import { message } from '../../../shared/messages/message.ts'
import { Refusal } from './refusal.ts'
import { WireMessage } from './wire-format.ts'

/** A node as it is written; what its attributes hold is read when it turns out to be needed. */
export interface RawNode {
  name: string
  op: string
  /** `name`, `name:output` or `^name`. */
  inputs: string[]
  attributes: Map<string, WireMessage>
}

export interface RawFunction {
  arguments: string[]
  /** Where each result comes from, in the order of the results. */
  results: string[]
  nodes: Map<string, RawNode>
}

/** An input or output of a signature: `node:output`, and its sides, -1 for any; null where they are not said. */
export interface SignatureEnd {
  tensor: string
  shape: number[] | null
  dtype: number
}

export interface RawGraph {
  nodes: Map<string, RawNode>
  functions: Map<string, RawFunction>
  /** By name; each has inputs and outputs by name. */
  signatures: Map<string, { inputs: Map<string, SignatureEnd>; outputs: Map<string, SignatureEnd> }>
}

/** @throws Refusal */
export function readGraph(bytes: Uint8Array): RawGraph {
  // Of a Buffer, `slice` would give no copy.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const metas = new WireMessage(plain).messages(2)
  const meta = metas.find((candidate) => candidate.message(1).texts(4).includes('serve'))
  if (meta === undefined) throw new Refusal(message('saved-model-without-serve'))
  const graph = meta.message(2)
  return {
    nodes: nodesOf(graph.messages(1)),
    functions: new Map(graph.message(2).messages(1).map(functionOf)),
    signatures: new Map(
      meta
        .entries(5)
        .map(([name, signature]) => [
          name,
          { inputs: endsOf(signature.entries(1)), outputs: endsOf(signature.entries(2)) },
        ]),
    ),
  }
}

function nodesOf(messages: readonly WireMessage[]): Map<string, RawNode> {
  const nodes = new Map<string, RawNode>()
  for (const node of messages) {
    const name = node.text(1)
    nodes.set(name, { name, op: node.text(2), inputs: node.texts(3), attributes: new Map(node.entries(5)) })
  }
  return nodes
}

function functionOf(definition: WireMessage): [string, RawFunction] {
  const signature = definition.message(1)
  const names = (field: number): string[] => signature.messages(field).map((argument) => argument.text(1))
  const returned = new Map(definition.messages(4).map((entry) => [entry.text(1), entry.text(2)]))
  return [
    signature.text(1),
    {
      arguments: names(2),
      results: names(3).map((name) => returned.get(name) ?? ''),
      nodes: nodesOf(definition.messages(3)),
    },
  ]
}

const endsOf = (entries: readonly [string, WireMessage][]): Map<string, SignatureEnd> =>
  new Map(
    entries.map(([name, info]) => [
      name,
      { tensor: info.text(1), dtype: info.integer(2), shape: info.has(3) ? shapeOf(info.message(3)) : null },
    ]),
  )

/** Null where not even the number of sides is known. */
export const shapeOf = (shape: WireMessage): number[] | null =>
  shape.integer(3) === 1 ? null : shape.messages(2).map((side) => side.integer(1))
