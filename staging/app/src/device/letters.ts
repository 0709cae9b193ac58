/** On a phone the system enlarges letters by itself. */
export function useLetterScale(): number {
  return 1;
}
