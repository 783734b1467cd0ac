/**
 * Lets the multiplications of a graph read bfloat16 (8 bits of mantissa), which processors with AVX512-BF16 or AMX
 * do at up to twice the speed; they sum in float32. Weights, their updates and everything else that sums stay
 * float32. What such a product gives can be had without such a processor, at no gain, from rounded numbers.
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

/** Operations that read what a multiplication gave as it is, where that saves a conversion. */
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

/** Whether an edge is a bfloat16 value that was widened. */
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

/** As `bfloat16Products` computes, in float32: what is multiplied and what comes of it is rounded to bfloat16. */
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
 * Values of ONEDNN_MAX_CPU_ISA, which holds oneDNN back to what an older processor has, that leave out bfloat16.
 * Every other value either has it or is none that oneDNN knows, and then holds nothing back.
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
  // oneDNN takes its values in either case.
  if (withoutBfloat16.has((environment.ONEDNN_MAX_CPU_ISA ?? '').toUpperCase())) return false
  if (!existsSync(information)) return false
  const [, flags = ''] = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync(information, 'utf8')) ?? []
  const known = new Set(flags.trim().split(/\s+/))
  return instructions.some((name) => known.has(name))
}
