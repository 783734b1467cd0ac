/** Targets as the screen asks for them, in percent, and as main reads them, in shares. */
export const targetKinds = ['f1', 'fpr', 'recall', 'cost', 'percentile'] as const
type TargetKind = (typeof targetKinds)[number]

interface TargetValues {
  /** Percent of the good parts. */
  fpr: number
  /** Percent of the defects. */
  recall: number
  percentile: number
  falseReject: number
  escape: number
}

/** A share without the noise of binary fractions: 1 % is 0.01. */
const share = (percent: number): number => Number((percent / 100).toPrecision(12))

export function targetOf(kind: TargetKind, values: TargetValues): string {
  switch (kind) {
    case 'f1':
      return 'f1'
    case 'fpr':
    case 'recall':
      return `${kind}=${share(values[kind])}`
    case 'percentile':
      return `percentile=${values.percentile}`
    case 'cost':
      return `cost=${values.falseReject}:${values.escape}`
  }
}

/** A stored target as the name of its words and their values; null for one that no version of this screen makes. */
export function targetIs(
  text: string,
): { kind: TargetKind; share?: number; falseReject?: number; escape?: number } | null {
  const [name = '', value = ''] = text.split('=')
  const kind = targetKinds.find((known) => known === name)
  if (kind === undefined) return null
  if (kind === 'f1') return { kind }
  if (kind === 'cost') {
    const [cost, missed] = value.split(':').map(Number)
    return cost === undefined || missed === undefined ? null : { kind, falseReject: cost, escape: missed }
  }
  return { kind, share: kind === 'percentile' ? Number(value) / 100 : Number(value) }
}
