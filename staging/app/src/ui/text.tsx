/** Texts by what they are for. */

import type { ReactNode } from 'react';
import { Text, type TextProps } from 'react-native';

import { useTheme } from './theme';

type Props = Omit<TextProps, 'children' | 'style'> & { children: ReactNode; centred?: boolean };

export function Title({ children, ...rest }: Props) {
  const { colours, size } = useTheme();
  const style = { color: colours.ink, fontSize: size(27), lineHeight: size(33), fontWeight: '700', letterSpacing: -0.5 } as const;
  return <Text role="heading" aria-level={1} style={style} {...rest}>{children}</Text>;
}

export function Heading({ children, ...rest }: Props) {
  const { colours, size } = useTheme();
  const style = { color: colours.ink, fontSize: size(18), lineHeight: size(24), fontWeight: '700', letterSpacing: -0.2 } as const;
  return <Text role="heading" aria-level={2} style={style} {...rest}>{children}</Text>;
}

export function Strong({ children, ...rest }: Props) {
  const { colours, size } = useTheme();
  const style = { color: colours.ink, fontSize: size(16), lineHeight: size(22), fontWeight: '600' } as const;
  return <Text style={style} {...rest}>{children}</Text>;
}

export function Body({ children, ...rest }: Props) {
  const { colours, size } = useTheme();
  return <Text style={{ color: colours.ink, fontSize: size(15), lineHeight: size(21) }} {...rest}>{children}</Text>;
}

export function Quiet({ children, centred = false, ...rest }: Props) {
  const { colours, size } = useTheme();
  const style = { color: colours.quiet, fontSize: size(14), lineHeight: size(19), textAlign: centred ? 'center' : 'auto' } as const;
  return <Text style={style} {...rest}>{children}</Text>;
}
