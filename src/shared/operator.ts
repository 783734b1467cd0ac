/** Operators: who decides, and how they sign in. */

import { z } from 'zod'
import { call, none } from './call.ts'
import { timeSchema } from './values.ts'

export const operatorNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters')

export const operatorSchema = z.object({
  id: z.int().positive(),
  name: operatorNameSchema,
  createdAt: timeSchema,
  /** A PIN is asked for at sign-in. */
  hasPin: z.boolean(),
  hasBadge: z.boolean(),
})
export type Operator = z.infer<typeof operatorSchema>

export const operatorCalls = {
  'operator.list': call(none, z.array(operatorSchema)),
  /** Makes the operator when the name is new. */
  'operator.signIn': call(
    z.object({ name: z.string().trim().min(1).max(100), pin: z.string().max(32).nullable().default(null) }),
    operatorSchema,
  ),
  /** The code that a badge reader types. */
  'operator.badgeIn': call(
    z.object({ badge: z.string().trim().min(1).max(200), pin: z.string().max(32).nullable().default(null) }),
    operatorSchema,
  ),
  /** What is done in the name of an operator who has a PIN is refused at a window where that one is not signed in. */
  'operator.signOut': call(z.object({ name: z.string().min(1).max(100) }), none),
  'operator.isSignedIn': call(
    z.object({ name: z.string().min(1).max(100) }),
    z.object({ isSignedIn: z.boolean() }),
  ),
  /** Sets or takes away the PIN and the badge of an operator, who proves to be that one by the PIN so far. */
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
