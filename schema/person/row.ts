/** What is said of people. */
import { z } from 'zod'
import { account } from '../declare/field.ts'
import { said } from '../declare/shape.ts'
import { ROLES } from '../permission.ts'

export const roles = z.array(z.enum(ROLES)).describe('What the person may do here.')
export const accountId = said(account('The account of the person.'))
export const email = z.email().max(254)
export const personName = z.string().describe('What to call them.')
