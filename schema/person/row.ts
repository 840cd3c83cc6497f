/** What is said of people. */
import { z } from 'zod'
import { account } from '../declare/field.ts'
import { said } from '../declare/shape.ts'
import { text } from '../declare/text.ts'
import { EMAIL_LENGTH_MAX } from '../limit.ts'
import { ROLES } from '../permission.ts'

export const roles = z.array(z.enum(ROLES)).describe('What the person may do here.')
export const accountId = said(account('The account of the person.'))
export const email = text({ min: 3, max: EMAIL_LENGTH_MAX, about: 'An e-mail address.' }).regex(
  z.regexes.email,
)
export const personName = z.string().describe('What to call them.')
