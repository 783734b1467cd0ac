/** Operators: the people who decide about parts, and how they sign in. */

import { z } from 'zod'
import { call, none } from './call.ts'
import { timeSchema } from './values.ts'

export const operatorNameSchema = z
  .string()
  .normalize('NFC')
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters')

export const operatorSchema = z.object({
  id: z.int().positive(),
  name: operatorNameSchema,
  createdAt: timeSchema,
  /** Whether signing in requires a PIN. */
  hasPin: z.boolean(),
  hasBadge: z.boolean(),
})
export type Operator = z.infer<typeof operatorSchema>

export const operatorCalls = {
  'operator.list': call(none, z.array(operatorSchema)),
  /** Signs in by name; a new name becomes an operator. */
  'operator.signIn': call(
    z.object({ name: z.string().trim().min(1).max(100), pin: z.string().max(32).nullable().default(null) }),
    operatorSchema,
  ),
  /** Signs in by the code that a badge reader types. */
  'operator.badgeIn': call(
    z.object({ badge: z.string().trim().min(1).max(200), pin: z.string().max(32).nullable().default(null) }),
    operatorSchema,
  ),
  /** Signs out. From then on this window may not act in the name of the operator, if the operator has a PIN. */
  'operator.signOut': call(z.object({ name: z.string().min(1).max(100) }), none),
  'operator.isSignedIn': call(
    z.object({ name: z.string().min(1).max(100) }),
    z.object({ isSignedIn: z.boolean() }),
  ),
  /** Sets or removes the PIN and the badge of an operator; the present PIN is required. */
  'operator.secure': call(
    z.object({
      name: z.string().min(1),
      pin: z.string().max(32).nullable(),
      newPin: z.string().max(32).nullable(),
      badge: z.string().max(200).nullable(),
    }),
    operatorSchema,
  ),
} as const
