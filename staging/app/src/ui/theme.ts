/** Colours, sizes and the size of letters that the person asked their phone for. */

import { useColorScheme } from 'react-native';

import type { Tone } from '../core/words';
import { useLetterScale } from '../device/letters';

interface Pair {
  ink: string;
  paper: string;
}

export interface Colours {
  page: string;
  card: string;
  sunk: string;
  line: string;
  ink: string;
  quiet: string;
  accent: string;
  onAccent: string;
  soft: string;
  hero: string;
  onHero: string;
  danger: string;
  shade: string;
  tones: Record<Tone, Pair>;
}

const LIGHT: Colours = {
  page: '#f4f5f1',
  card: '#ffffff',
  sunk: '#eceee8',
  line: '#d5dad2',
  ink: '#12211f',
  quiet: '#4f5f5b',
  accent: '#0b6255',
  onAccent: '#ffffff',
  soft: '#dcefe9',
  hero: '#0b6255',
  onHero: '#ffffff',
  danger: '#a3271b',
  shade: 'rgba(9, 20, 18, 0.5)',
  tones: {
    good: { ink: '#0a5a3c', paper: '#dbf1e4' },
    busy: { ink: '#684600', paper: '#fbeecb' },
    bad: { ink: '#8f2218', paper: '#fbe3df' },
    calm: { ink: '#36444a', paper: '#e4e9ea' },
  },
};

const DARK: Colours = {
  page: '#10171a',
  card: '#192327',
  sunk: '#0c1214',
  line: '#2d3b40',
  ink: '#ebf1ee',
  quiet: '#a5b5b0',
  accent: '#66d0bb',
  onAccent: '#05211c',
  soft: '#173b36',
  hero: '#134c43',
  onHero: '#eefaf6',
  danger: '#ff9c8f',
  shade: 'rgba(0, 0, 0, 0.65)',
  tones: {
    good: { ink: '#8fe3b8', paper: '#12372a' },
    busy: { ink: '#f6d37c', paper: '#3b2f0e' },
    bad: { ink: '#ffb3a8', paper: '#47201b' },
    calm: { ink: '#c5d1d4', paper: '#263237' },
  },
};

export interface Theme {
  colours: Colours;
  /** A size in points as the person's letters want it. */
  size: (points: number) => number;
}

export const SPACE = { s: 6, m: 12, l: 18, xl: 28 } as const;

export function useTheme(): Theme {
  const colours = useColorScheme() === 'dark' ? DARK : LIGHT;
  const scale = useLetterScale();
  return { colours, size: (points) => Math.round(points * scale) };
}
