import { describe, expect, it } from 'vitest'
import { createTickets } from '../../../src/main/shell/tickets.ts'

const cookieOf = (admission: { kind: string; cookie?: string }): string =>
  admission.cookie?.split(';')[0] ?? ''

describe('tickets of the browser host', () => {
  it('let the first browser in and give it a cookie for this ticket alone', () => {
    const tickets = createTickets()
    const ticket = tickets.issue()
    const first = tickets.admit(ticket, undefined, true)
    expect(first).toMatchObject({ kind: 'first' })
    const attributes = 'cookie' in first ? first.cookie.split('; ').slice(1) : []
    expect(attributes).toEqual([
      `Path=/${ticket}/`,
      expect.stringMatching(/^Max-Age=/),
      'HttpOnly',
      'SameSite=Strict',
    ])
    expect(tickets.admit(ticket, `a=b; ${cookieOf(first)}; c=d`, false)).toEqual({ kind: 'admitted' })
  })

  it('let nobody else in afterwards', () => {
    const tickets = createTickets()
    const ticket = tickets.issue()
    tickets.admit(ticket, undefined, true)
    const other = cookieOf(tickets.admit(tickets.issue(), undefined, true))
    for (const cookie of [undefined, '', 'fanoscope=', 'fanoscope=guess', `x${other}`, other]) {
      expect(tickets.admit(ticket, cookie, true)).toEqual({ kind: 'refused' })
    }
  })

  it('are not begun by a request that cannot begin, nor by one that is not a ticket', () => {
    const tickets = createTickets()
    const ticket = tickets.issue()
    expect(tickets.admit(ticket, 'fanoscope=x', false)).toEqual({ kind: 'refused' })
    expect(tickets.admit(ticket.slice(1), undefined, true)).toEqual({ kind: 'refused' })
    expect(tickets.admit('', undefined, true)).toEqual({ kind: 'refused' })
    expect(tickets.admit(ticket, undefined, true).kind).toBe('first')
  })

  it('cannot be guessed: 192 random bits each', () => {
    const tickets = createTickets()
    const issued = Array.from({ length: 100 }, () => tickets.issue())
    expect(new Set(issued).size).toBe(100)
    for (const ticket of issued) expect(ticket).toMatch(/^[\w-]{32}$/)
  })
})
