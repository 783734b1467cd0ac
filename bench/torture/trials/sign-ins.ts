/** Sign-ins at the same time: by name, and with all the wrong PINs at once. */
import { checkWhole, noDecisions } from '../health.ts'
import type { Trial } from '../place.ts'

const atOnce = 40
/** Wrong PINs that are checked before the operator is locked out, with some to spare. */
const mostChecked = 10

export const signIns: Trial = {
  what: 'parallel sign-ins',
  each: 1,
  async run(place, count) {
    const station = await place.start()
    for (let i = 0; i < count; i += 1) {
      const name = `Operator ${place.random.int(1_000_000)}`
      const same = await Promise.all(
        Array.from({ length: atOnce }, () => station.must('operator.signIn', { name })),
      )
      if (new Set(same.map(({ id }) => id)).size !== 1) place.find(`${name} became several operators`)
      const pin = `${100_000 + place.random.int(900_000)}`
      const secured = await station.ask('operator.secure', { name, pin: null, newPin: pin, badge: null })
      if (!secured.ok) {
        place.say(`PIN refused: ${secured.failure.code}`)
        continue
      }
      const wrong = await Promise.all(
        Array.from({ length: atOnce }, (_, n) =>
          station.ask('operator.signIn', {
            name,
            pin: `${(Number(pin) + n + 1) % 1_000_000}`.padStart(6, '0'),
          }),
        ),
      )
      const codes = wrong.map((answer) => (answer.ok ? 'signed in' : answer.failure.code))
      const checked = codes.filter((code) => code === 'pin-wrong').length
      place.say(`${atOnce} wrong PINs at once: ${checked} checked`)
      if (codes.includes('signed in')) place.find('a wrong PIN signs in')
      if (checked > mostChecked) place.find(`${checked} wrong PINs were checked`)
      const after = await station.ask('operator.signIn', { name, pin })
      if (after.ok) place.find('the right PIN is taken while the operator is locked out')
    }
    await checkWhole(station, place, noDecisions())
    await station.end()
  },
}
