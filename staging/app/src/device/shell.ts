/** On a phone the app is there without a network anyway. */
export function keepShell(): void {}
