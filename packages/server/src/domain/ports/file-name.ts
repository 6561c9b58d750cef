/** Engines make paths of names, so a name that is none must not get there. @throws Error */
export function checkFileName(name: string): void {
  if (!/^[0-9a-f]{1,64}(\/[0-9a-f]{1,64}){0,3}$/.test(name)) throw new Error('This is no name of a file.');
}
