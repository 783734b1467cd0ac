/**
 * Lets the multiplications of a graph read bfloat16 (8 bits of mantissa), which processors with AVX512-BF16 or AMX do
 * at up to twice the speed; the sums are kept in float32. Weights, their updates and all other sums stay float32. On
 * a processor without bfloat16 the same results can be computed from rounded float32 numbers, without a gain in
 * speed.
 */

import { existsSync, readFileSync } from 'node:fs'
import { type Attribute, DataTypes, type Edge, edgeType, type GraphNode } from './ir.ts'
import type { RewriteContext, Rule } from './rewrite.ts'

const value = (node: GraphNode): Edge => ({ node, output: 0 })

const multiplying = new Set([
  'Conv2D',
  'Conv2DBackpropInput',
  'Conv2DBackpropFilter',
  'BatchMatMulV2',
  'MatMul',
])

/** Operations that can read the bfloat16 result of a multiplication directly, which saves a conversion. */
const following = new Set(['BiasAdd', 'LeakyRelu', 'Relu'])

function cast(edge: Edge, to: number, { add }: RewriteContext): Edge {
  const { dtype, shape } = edgeType(edge)
  if (dtype === to) return edge
  if (edge.node.op === 'Cast') {
    const [source] = edge.node.inputs
    if (source !== undefined && edgeType(source).dtype === to && to === DataTypes.bfloat16) return source
  }
  return value(
    add({
      op: 'Cast',
      attributes: new Map<string, Attribute>([
        ['SrcT', { kind: 'type', value: dtype }],
        ['DstT', { kind: 'type', value: to }],
        ['Truncate', { kind: 'boolean', value: false }],
      ]),
      inputs: [edge],
      controls: [],
      outputs: [{ dtype: to, shape }],
    }),
  )
}

/** Whether an edge is a bfloat16 value that was converted to float32. */
function isWidened(edge: Edge): boolean {
  const [source] = edge.node.op === 'Cast' ? edge.node.inputs : []
  return source !== undefined && edgeType(source).dtype === DataTypes.bfloat16
}

function isFloat32(node: GraphNode): boolean {
  const type = node.attributes.get('T')
  return type?.kind === 'type' && type.value === DataTypes.float32
}

export const bfloat16Products: Rule = (node, context) => {
  if (!isFloat32(node)) return null
  const low = multiplying.has(node.op) || (following.has(node.op) && node.inputs.some(isWidened))
  if (!low) return null
  const narrow = context.add({
    ...node,
    attributes: new Map<string, Attribute>([
      ...node.attributes,
      ['T', { kind: 'type', value: DataTypes.bfloat16 }],
    ]),
    inputs: node.inputs.map((edge) =>
      edgeType(edge).dtype === DataTypes.float32 ? cast(edge, DataTypes.bfloat16, context) : edge,
    ),
    outputs: node.outputs.map(({ shape }) => ({ dtype: DataTypes.bfloat16, shape })),
  })
  return cast(value(narrow), DataTypes.float32, context)
}

/** Computes what `bfloat16Products` does, but in float32: the factors and the results are rounded to bfloat16. */
export const roundedProducts: Rule = (node, context) => {
  if (!isFloat32(node) || !multiplying.has(node.op)) return null
  const rounded = (edge: Edge): Edge =>
    cast(cast(edge, DataTypes.bfloat16, context), DataTypes.float32, context)
  const inputs = node.inputs.map((edge) =>
    edgeType(edge).dtype === DataTypes.float32 ? rounded(edge) : edge,
  )
  return rounded(value(context.add({ ...node, inputs })))
}

const instructions = ['avx512_bf16', 'amx_bf16', 'bf16']

/**
 * Values of ONEDNN_MAX_CPU_ISA without bfloat16. The variable limits oneDNN to the instructions of an older
 * processor. Every other value either includes bfloat16 or is unknown to oneDNN and then limits nothing.
 */
const withoutBfloat16 = new Set([
  'SSE41',
  'AVX',
  'AVX2',
  'AVX2_VNNI',
  'AVX2_VNNI_2',
  'AVX512_CORE',
  'AVX512_CORE_VNNI',
])

/**
 * Whether this processor multiplies bfloat16 itself; elsewhere it is emulated and slow. Known on Linux only.
 * `ONEDNN_MAX_CPU_ISA=AVX2` in the environment makes any processor behave as one without.
 */
export function hasBfloat16(information = '/proc/cpuinfo', environment = process.env): boolean {
  // oneDNN ignores upper and lower case in its values.
  if (withoutBfloat16.has((environment.ONEDNN_MAX_CPU_ISA ?? '').toUpperCase())) return false
  if (!existsSync(information)) return false
  const [, flags = ''] = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync(information, 'utf8')) ?? []
  const known = new Set(flags.trim().split(/\s+/))
  return instructions.some((name) => known.has(name))
}
