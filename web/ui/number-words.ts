/** What is wrong with a number as it was typed, in the language in use. */
import { AMOUNT_MINOR_MAX, RATE_PPM_MAX } from '../../schema/limit.ts'
import { format, t } from '../i18n/index.ts'
import type { NumberFault } from '../i18n/read-number.ts'

export function moneyFaultText(fault: NumberFault): string {
  return fault.kind === 'too-large'
    ? t.value.field.most(format.value.money(AMOUNT_MINOR_MAX))
    : faultText(fault, '1,250.50')
}

export function rateFaultText(fault: NumberFault): string {
  return fault.kind === 'too-large'
    ? t.value.field.most(format.value.rate(RATE_PPM_MAX))
    : faultText(fault, '9.5')
}

export function countFaultText(fault: NumberFault): string {
  return fault.kind === 'too-fine' ? t.value.field.whole : faultText(fault, '36')
}

function faultText(fault: NumberFault, example: string): string {
  const words = t.value.field
  switch (fault.kind) {
    case 'not-number':
      return words.notNumber(example)
    case 'negative':
      return words.negative
    case 'too-fine':
      return words.tooFine(String(fault.digits))
    case 'ambiguous':
      return words.ambiguous(...fault.readings)
    case 'too-large':
      return words.notNumber(example)
  }
}
