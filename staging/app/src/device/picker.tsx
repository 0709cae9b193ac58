/** Choosing a file with the phone's own chooser. */

import * as DocumentPicker from 'expo-document-picker';
import { File } from 'expo-file-system';
import { View } from 'react-native';

import { ids } from '../testIDs';
import { Button } from '../ui/controls';
import { Quiet } from '../ui/text';
import { SPACE } from '../ui/theme';
import { EMPTY, LARGEST, TOO_LARGE, UNREADABLE, nameOf, typeOf, type Picked } from './files';

export type { Picked };

interface Props {
  picked: Picked | null;
  onPick: (file: Picked | null) => void;
  onRefuse: (error: string) => void;
}

export function FilePicker({ picked, onPick, onRefuse }: Props) {
  const pick = async (): Promise<void> => {
    const chosen = await DocumentPicker.getDocumentAsync({ copyToCacheDirectory: true });
    const asset = chosen.assets?.[0];
    if (!asset) return;
    try {
      const file = new File(asset.uri);
      if (file.size > LARGEST) return onRefuse(TOO_LARGE);
      if (!file.size) return onRefuse(EMPTY);
      onPick({ name: nameOf(asset.name), content_type: typeOf(asset.mimeType), base64: await file.base64() });
    } catch {
      onRefuse(UNREADABLE);
    }
  };
  return (
    <View style={{ gap: SPACE.s }}>
      <Button id={ids.helpFile} label={picked ? 'Choose another file' : 'Attach a file'} kind="soft" onPress={pick} />
      {picked ? <Quiet testID={ids.helpFileName}>{picked.name}</Quiet> : null}
    </View>
  );
}
