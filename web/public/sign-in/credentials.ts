import { t } from '../words/index.ts'

export interface CredentialFields {
  email: string
  password: string
  name: string
}

const PASSWORD_LETTERS_MIN = 10

/** What is plainly wrong with what was typed, in the visitor's words; the gateway decides the rest. */
export function faultsOf(
  fields: Readonly<CredentialFields>,
  isNew: boolean,
): { email?: string; password?: string; name?: string } {
  const words = t.value.signIn
  const faults: { email?: string; password?: string; name?: string } = {}
  if (!/^\S+@\S+\.\S+$/.test(fields.email.trim())) faults.email = words.emailMissing
  if (fields.password === '') faults.password = words.passwordMissing
  else if (isNew && fields.password.length < PASSWORD_LETTERS_MIN)
    faults.password = words.passwordShort
  if (isNew && fields.name.trim() === '') faults.name = words.nameMissing
  return faults
}
