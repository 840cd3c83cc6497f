/** Made by the build: see web/reject-words.ts. */
declare module 'reject-words:*' {
  const words: Readonly<Record<import('../../schema/reject.ts').RejectCode, string>>
  export default words
}
