/** What screens are made of: cards, words with a colour, lists, sheets. */

import type { ReactElement, ReactNode } from 'react';
import { Modal, Platform, ScrollView, Text, View } from 'react-native';

import { tone } from '../core/words';
import { Quiet } from './text';
import { SPACE, useTheme } from './theme';

export function Card({ children, id }: { children: ReactNode; id?: string }) {
  const { colours } = useTheme();
  return (
    <View
      testID={id}
      style={{ backgroundColor: colours.card, borderRadius: 20, borderWidth: 1, borderColor: colours.line, padding: SPACE.l, gap: SPACE.m }}
    >
      {children}
    </View>
  );
}

/** The words for something, in the colour of what they mean. */
export function Words({ id, word, large = false }: { id: string; word: string; large?: boolean }) {
  const { colours, size } = useTheme();
  const { ink, paper } = colours.tones[tone(word)];
  return (
    <View style={{ alignSelf: 'flex-start', flexShrink: 1, backgroundColor: paper, borderRadius: 22, paddingHorizontal: SPACE.m, paddingVertical: large ? 6 : 3 }}>
      <Text testID={id} style={{ color: ink, fontSize: size(large ? 16 : 13), lineHeight: size(large ? 22 : 18), fontWeight: '700' }}>
        {word}
      </Text>
    </View>
  );
}

export function Row({ children, id }: { children: ReactNode; id?: string }) {
  return <View testID={id} style={{ flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', justifyContent: 'space-between', gap: SPACE.m }}>{children}</View>;
}

/** Lines of a card, with a rule between them. */
export function lined(lines: ReactElement[] | undefined): ReactNode {
  return (lines ?? []).flatMap((line, number) => (number ? [<Rule key={`before ${line.key}`} />, line] : [line]));
}

function Rule() {
  const { colours } = useTheme();
  return <View style={{ height: 1, backgroundColor: colours.line }} />;
}

export function Stack({ children, id, gap = SPACE.m }: { children: ReactNode; id?: string; gap?: number }) {
  return <View testID={id} style={{ gap }}>{children}</View>;
}

/** A list, and what stands there while it is empty. */
export function List({ id, empty, children }: { id: string; empty: string; children: ReactNode[] }) {
  return <Stack id={id}>{children.length ? children : <Quiet>{empty}</Quiet>}</Stack>;
}

/** In a browser a sheet that fades in is no dialog, and hard to read, until it has. */
const RISES = Platform.OS === 'web' ? 'none' : 'slide';

/** Rises from below and asks for attention. */
export function Sheet({ id, label, onClose, children }: { id: string; label: string; onClose: () => void; children: ReactNode }) {
  const { colours } = useTheme();
  return (
    <Modal transparent visible animationType={RISES} onRequestClose={onClose} aria-label={label}>
      <View style={{ flex: 1, justifyContent: 'flex-end', backgroundColor: colours.shade }}>
        <View
          testID={id}
          style={{
            maxHeight: '92%',
            width: '100%',
            maxWidth: 560,
            alignSelf: 'center',
            backgroundColor: colours.page,
            borderTopLeftRadius: 26,
            borderTopRightRadius: 26,
          }}
        >
          <ScrollView contentContainerStyle={{ padding: SPACE.l + 4, paddingBottom: SPACE.xl, gap: SPACE.l }}>{children}</ScrollView>
        </View>
      </View>
    </Modal>
  );
}
