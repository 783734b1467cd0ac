/**
 * Rebuilds a graph node by node, from the inputs to the outputs, so that rules can replace nodes. Nodes that the
 * results do not need are dropped, and equal nodes are kept only once.
 */

import { createHash } from 'node:crypto'
import type { Attribute, Edge, GraphNode, TensorValue } from './ir.ts'
import { reachableNodes } from './saved-model.ts'

/** What a rule may use besides the node. */
export interface RewriteContext {
  /** Adds a node. If an equal one exists, that one is returned. */
  add(node: GraphNode): GraphNode
  /** An equal node that exists already, or null. */
  find(node: GraphNode): GraphNode | null
  /** How many nodes read the data of this one. */
  uses(node: GraphNode): number
}

/**
 * Returns the edge to read instead of the node's only output, or null to keep the node. The inputs of the node have
 * been rewritten before.
 */
export type Rule = (node: GraphNode, context: RewriteContext) => Edge | null

/** Returns nodes that compute the same as the roots, in the same order. */
export function rewrite(roots: readonly GraphNode[], rules: readonly Rule[]): GraphNode[] {
  const read = nodesReadBy(roots)
  const nodes = reachableNodes(roots).filter((node) => node.op !== 'ReadVariableOp' || read.has(node))
  const controlsOf = liveControls(read)
  const uses = new Map<GraphNode, number>()
  for (const node of nodes) {
    for (const { node: source } of node.inputs) uses.set(source, (uses.get(source) ?? 0) + 1)
  }
  const usesOfNew = new Map<GraphNode, number>()
  const known = new Map<string, GraphNode>()
  const keyOf = nodeKeys()
  const context: RewriteContext = {
    add(node) {
      if (!mergeable(node)) return node
      const key = keyOf(node)
      const same = known.get(key)
      if (same === undefined) known.set(key, node)
      return same ?? node
    },
    find: (node) => known.get(keyOf(node)) ?? null,
    uses: (node) => usesOfNew.get(node) ?? 1,
  }

  const edges = new Map<GraphNode, readonly Edge[]>()
  const replaced = new Map<GraphNode, GraphNode>()
  for (const node of nodes) {
    let current = rebuilt(node, controlsOf(node), edges, replaced)
    let edge: Edge | null = null
    if (node.name === undefined && node.outputs.length === 1) {
      for (const rule of rules) {
        edge = rule(current, context)
        if (edge !== null) break
      }
    }
    if (edge === null) current = context.add(current)
    edges.set(node, edge === null ? node.outputs.map((_, output) => ({ node: current, output })) : [edge])
    const result = edge === null ? current : edge.node
    replaced.set(node, result)
    usesOfNew.set(result, (usesOfNew.get(result) ?? 0) + (uses.get(node) ?? 0))
  }
  return roots.map((root) => replaced.get(root) ?? root)
}

function rebuilt(
  node: GraphNode,
  controls: readonly GraphNode[],
  edges: ReadonlyMap<GraphNode, readonly Edge[]>,
  replaced: ReadonlyMap<GraphNode, GraphNode>,
): GraphNode {
  if (node.inputs.length === 0 && controls.length === 0 && node.controls.length === 0) return node
  return {
    ...node,
    inputs: node.inputs.map((edge) => edges.get(edge.node)?.[edge.output] ?? edge),
    controls: controls.map((control) => replaced.get(control) ?? control),
  }
}

/** The nodes whose data the roots and their writes need. */
function nodesReadBy(roots: readonly GraphNode[]): Set<GraphNode> {
  const seen = new Set<GraphNode>(roots)
  for (const node of seen) {
    for (const control of node.controls) if (control.op !== 'ReadVariableOp') seen.add(control)
    for (const edge of node.inputs) seen.add(edge.node)
  }
  return seen
}

/**
 * The controls of a node without reads of variables that nothing uses: such a read would only make
 * TensorFlow copy the variable before the write that waits for it.
 */
function liveControls(read: ReadonlySet<GraphNode>): (node: GraphNode) => readonly GraphNode[] {
  const known = new Map<GraphNode, readonly GraphNode[]>()
  function controlsOf(node: GraphNode): readonly GraphNode[] {
    const before = known.get(node)
    if (before !== undefined) return before
    const controls = node.controls.flatMap((control) =>
      control.op === 'ReadVariableOp' && !read.has(control) ? controlsOf(control) : [control],
    )
    known.set(node, controls)
    return controls
  }
  return controlsOf
}

/** Whether two nodes with the same operation and inputs can be merged into one. */
function mergeable(node: GraphNode): boolean {
  return node.name === undefined && node.outputs.length > 0 && node.op !== 'VarHandleOp'
}

/** Gives nodes names by what they compute, so that equal nodes get equal names. */
function nodeKeys(): (node: GraphNode) => string {
  const numbers = new Map<GraphNode, number>()
  const numberOf = (node: GraphNode): number => {
    const number = numbers.get(node) ?? numbers.size
    numbers.set(node, number)
    return number
  }
  return (node) => {
    const inputs = node.inputs.map((edge) => `${numberOf(edge.node)}:${edge.output}`)
    const controls = node.controls.map(numberOf)
    const attributes = [...node.attributes]
      .map(([name, attribute]) => `${name}=${attributeKey(attribute)}`)
      .sort()
    return [node.op, inputs.join(), controls.join(), ...attributes].join('|')
  }
}

function attributeKey(attribute: Attribute): string {
  return attribute.kind === 'tensor' ? tensorKey(attribute.value) : `${attribute.kind}${attribute.value}`
}

function tensorKey({ dtype, shape, values }: TensorValue): string {
  const hash = createHash('sha1')
  for (const bytes of values instanceof Uint8Array ? [values] : values) hash.update(bytes).update('/')
  return `${dtype}[${shape}]${hash.digest('hex')}`
}
