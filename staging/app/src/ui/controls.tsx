/** Buttons and fields. */

import { useRef, useState } from 'react';
import { Pressable, Text, TextInput, View, type TextInputProps } from 'react-native';

import { Quiet } from './text';
import { SPACE, useTheme } from './theme';

/** A button ignores taps while what it began is not over. */
export const guard = { isClosed: (running: boolean, busy: boolean): boolean => running || busy };

interface ButtonProps {
  id: string;
  label: string;
  onPress: () => unknown;
  kind?: 'main' | 'soft' | 'plain' | 'danger';
  busy?: boolean;
  /** What a screen reader says instead of the label. */
  says?: string;
}

export function Button({ id, label, onPress, kind = 'main', busy = false, says }: ButtonProps) {
  const { colours, size } = useTheme();
  const running = useRef(false); // A ref, since two taps may come before a redraw.
  const [pending, setPending] = useState(false);
  const off = guard.isClosed(pending, busy);

  const press = async (): Promise<void> => {
    if (guard.isClosed(running.current, busy)) return;
    running.current = true;
    setPending(true);
    try {
      await onPress();
    } finally {
      running.current = false;
      setPending(false);
    }
  };

  const paper = { main: colours.accent, soft: colours.soft, plain: 'transparent', danger: 'transparent' }[kind];
  const ink = { main: colours.onAccent, soft: colours.ink, plain: colours.accent, danger: colours.danger }[kind];
  return (
    <Pressable
      testID={id}
      role="button"
      aria-label={says ?? label}
      aria-disabled={off}
      disabled={off}
      onPress={() => void press()}
      style={({ pressed }) => ({
        minHeight: 48,
        paddingHorizontal: SPACE.l,
        paddingVertical: SPACE.m,
        borderRadius: 14,
        alignItems: 'center',
        justifyContent: 'center',
        backgroundColor: off && kind === 'main' ? colours.sunk : paper,
        borderWidth: kind === 'danger' ? 1 : 0,
        borderColor: colours.line,
        transform: [{ scale: pressed ? 0.98 : 1 }],
      })}
    >
      <Text style={{ color: off ? colours.quiet : ink, fontSize: size(16), lineHeight: size(21), fontWeight: '600', textAlign: 'center' }}>
        {label}
      </Text>
    </Pressable>
  );
}

type FieldProps = TextInputProps & { id: string; label: string; hint?: string };

export function Field({ id, label, hint, multiline, ...rest }: FieldProps) {
  const { colours, size } = useTheme();
  const [focused, setFocused] = useState(false);
  return (
    <View style={{ gap: SPACE.s }}>
      <Quiet>{label}</Quiet>
      <TextInput
        testID={id}
        aria-label={label}
        multiline={multiline ?? false}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        style={{
          minHeight: multiline ? 120 : 48,
          paddingHorizontal: SPACE.m + 2,
          paddingVertical: SPACE.m,
          borderRadius: 12,
          borderWidth: 1.5,
          borderColor: focused ? colours.accent : colours.line,
          backgroundColor: colours.card,
          color: colours.ink,
          fontSize: size(16),
          lineHeight: size(21),
          textAlignVertical: multiline ? 'top' : 'center',
        }}
        {...rest}
      />
      {hint ? <Quiet>{hint}</Quiet> : null}
    </View>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  hint?: string;
  chosen: boolean;
  onPress: () => void;
  grow?: boolean;
}

export function Choice({ id, label, hint, chosen, onPress, grow = false }: ChoiceProps) {
  const { colours, size } = useTheme();
  return (
    <Pressable
      testID={id}
      role="radio"
      aria-checked={chosen}
      aria-label={hint ? `${label}, ${hint}` : label}
      onPress={onPress}
      style={{
        minHeight: 46,
        flexGrow: grow ? 1 : 0,
        flexDirection: 'row',
        alignItems: 'center',
        gap: SPACE.m,
        paddingHorizontal: SPACE.m + 2,
        paddingVertical: SPACE.m - 2,
        borderRadius: 12,
        borderWidth: 1.5,
        borderColor: chosen ? colours.accent : colours.line,
        backgroundColor: chosen ? colours.soft : colours.card,
      }}
    >
      <View style={{ width: 18, height: 18, borderRadius: 9, borderWidth: chosen ? 5.5 : 1.5, borderColor: chosen ? colours.accent : colours.quiet }} />
      <View style={{ flexShrink: 1 }}>
        <Text style={{ color: colours.ink, fontSize: size(15), lineHeight: size(20), fontWeight: '600' }}>{label}</Text>
        {hint ? <Quiet>{hint}</Quiet> : null}
      </View>
    </Pressable>
  );
}
