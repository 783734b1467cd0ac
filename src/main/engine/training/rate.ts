/** Learning rate at a step: constant, or down to a tenth along half a cosine (Loshchilov and Hutter 2017). */
export function rateAt(base: number, step: number, total: number, decay: boolean): number {
  if (!decay) return base
  return base * (0.1 + 0.45 * (1 + Math.cos((Math.PI * step) / total)))
}
