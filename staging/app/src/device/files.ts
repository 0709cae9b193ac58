/** What may be attached: the pipeline takes files up to this size. */

export interface Picked {
  name: string;
  content_type: string;
  base64: string;
}

export const LARGEST = 5_000_000;
export const TOO_LARGE = 'This file is larger than 5 MB. Choose a smaller one.';
export const EMPTY = 'There is nothing in this file.';
export const UNREADABLE = 'This file could not be read.';
const TYPE = /^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/;

/** A type that a server can do something with; an unknown one is bytes. */
export function typeOf(said: string | null | undefined): string {
  const type = (said ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return TYPE.test(type) ? type : 'application/octet-stream';
}

/** A name without a path. */
export function nameOf(said: string): string {
  return said.replaceAll(/[/\\]/g, '-').trim().slice(-200) || 'file';
}
