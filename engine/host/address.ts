/** The address of a server without what must not be printed. */
export function withoutPassword(url: string): string {
  return url.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1:…@').replace(/([?&]\w*password=)[^&]*/gi, '$1…')
}
