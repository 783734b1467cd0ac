/** Loaded before the application: its clock is FANOSCOPE_CLOCK milliseconds ahead of the real one, or behind. */
const moved = Number(process.env.FANOSCOPE_CLOCK ?? 0)
const Real = Date

globalThis.Date = new Proxy(Real, {
  construct: (target, given, as) =>
    Reflect.construct(target, given.length === 0 ? [Real.now() + moved] : given, as),
  apply: () => new Real(Real.now() + moved).toString(),
  get: (target, name) => (name === 'now' ? () => Real.now() + moved : Reflect.get(target, name)),
})
