/** The app: chooses the screen, and keeps the words in sight on each of them. */

import { StatusBar } from 'expo-status-bar';
import { useEffect } from 'react';
import { KeyboardAvoidingView, Platform, ScrollView, View } from 'react-native';
import { SafeAreaProvider, SafeAreaView } from 'react-native-safe-area-context';

import { missing } from './device/config';
import { plant } from './extras';
import { AccountScreen } from './screens/account';
import { HelpScreen } from './screens/help';
import { NoticesScreen, OpenedNotice } from './screens/notices';
import { PaySheet } from './screens/pay';
import { PlansScreen } from './screens/plans';
import { SignInScreen, SignUpScreen } from './screens/entrance';
import { ids, type Screen } from './testIDs';
import { Header } from './ui/header';
import { TabBar } from './ui/tabs';
import { Quiet } from './ui/text';
import { SPACE, useTheme } from './ui/theme';
import { app, usePicture } from './ui/use';

const SCREENS: Record<Screen, () => React.JSX.Element> = {
  signup: SignUpScreen,
  signin: SignInScreen,
  plans: PlansScreen,
  help: HelpScreen,
  notices: NoticesScreen,
  account: AccountScreen,
};

export function App() {
  const { ready, screen, session } = usePicture();
  const { colours } = useTheme();
  const lacking = missing();
  const Shown = SCREENS[screen];

  useEffect(() => {
    if (lacking) return;
    plant(app);
    void app.start();
  }, [lacking]);

  return (
    <SafeAreaProvider style={{ flex: 1 }}>
      <StatusBar style="auto" />
      <SafeAreaView style={{ flex: 1, backgroundColor: colours.page }}>
        {lacking ? <Quiet centred>{lacking}</Quiet> : null}
        {ready ? (
          <KeyboardAvoidingView style={{ flex: 1 }} behavior={Platform.OS === 'ios' ? 'padding' : 'height'}>
            <Header />
            <ScrollView key={screen} role="main" style={{ flex: 1 }} contentContainerStyle={{ padding: SPACE.l, paddingBottom: SPACE.xl }} keyboardShouldPersistTaps="handled">
              <View testID={ids.screen(screen)} style={{ width: '100%', maxWidth: 560, alignSelf: 'center', gap: SPACE.l }}>
                <Shown />
              </View>
            </ScrollView>
            {session ? <TabBar /> : null}
          </KeyboardAvoidingView>
        ) : null}
        <PaySheet />
        <OpenedNotice />
      </SafeAreaView>
    </SafeAreaProvider>
  );
}
