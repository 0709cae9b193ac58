/** Choosing a file with the browser's own file field. */

import { createElement, type ChangeEvent } from 'react';
import { View } from 'react-native';

import { ids } from '../testIDs';
import { Quiet } from '../ui/text';
import { SPACE, useTheme } from '../ui/theme';
import { EMPTY, LARGEST, TOO_LARGE, UNREADABLE, nameOf, typeOf, type Picked } from './files';

export type { Picked };

interface Props {
  picked: Picked | null;
  onPick: (file: Picked | null) => void;
  onRefuse: (error: string) => void;
}

export function FilePicker({ picked, onPick, onRefuse }: Props) {
  const { colours, size } = useTheme();
  const change = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const file = event.target.files?.[0];
    if (!file) return onPick(null);
    const wrong = file.size > LARGEST ? TOO_LARGE : file.size ? null : EMPTY;
    if (wrong) {
      event.target.value = '';
      onPick(null);
      return onRefuse(wrong);
    }
    try {
      onPick({ name: nameOf(file.name), content_type: typeOf(file.type), base64: await base64Of(file) });
    } catch {
      onRefuse(UNREADABLE);
    }
  };
  const style = { color: colours.ink, fontSize: size(15), fontFamily: 'inherit', maxWidth: '100%', padding: '12px 0' };
  return (
    <View style={{ gap: SPACE.s }}>
      <Quiet>File (optional, up to 5 MB)</Quiet>
      {createElement('input', { type: 'file', 'data-testid': ids.helpFile, 'aria-label': 'File (optional)', style, onChange: (event: ChangeEvent<HTMLInputElement>) => void change(event) })}
      {picked ? <Quiet testID={ids.helpFileName}>{picked.name}</Quiet> : null}
    </View>
  );
}

function base64Of(file: File): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).split(',')[1] ?? '');
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
}
