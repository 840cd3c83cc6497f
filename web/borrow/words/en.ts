export const en = {
  borrow: { title: 'Borrow' },
}
