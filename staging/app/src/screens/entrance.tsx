/** Signing up and signing in. */

import { useState } from 'react';
import { View } from 'react-native';

import { ids } from '../testIDs';
import { Button, Field } from '../ui/controls';
import { Quiet, Title } from '../ui/text';
import { SPACE } from '../ui/theme';
import { app } from '../ui/use';

const PLAIN = { autoCapitalize: 'none', autoCorrect: false } as const;
const SHORTEST = 8;

export function SignUpScreen() {
  const [form, setForm] = useState({ name: '', email: '', password: '', phone: '', company: '' });
  const set = (name: keyof typeof form) => (text: string) => setForm((now) => ({ ...now, [name]: text }));
  const complete = form.name.trim() && form.email.trim() && form.password.length >= SHORTEST;
  const trimmed = { ...form, name: form.name.trim(), email: form.email.trim(), phone: form.phone.trim(), company: form.company.trim() };
  return (
    <View style={{ gap: SPACE.l }}>
      <Intro title="Make an account" text="Plans, credits, and people who answer when you ask." />
      <Field id={ids.signUpName} label="Name" value={form.name} onChangeText={set('name')} autoComplete="name" textContentType="name" />
      <Field id={ids.signUpEmail} label="E-mail" value={form.email} onChangeText={set('email')} autoComplete="email" inputMode="email" {...PLAIN} />
      <Field
        id={ids.signUpPassword}
        label="Password"
        hint={`At least ${SHORTEST} characters`}
        value={form.password}
        onChangeText={set('password')}
        autoComplete="new-password"
        secureTextEntry
        {...PLAIN}
      />
      <Field id={ids.signUpPhone} label="Phone (optional)" value={form.phone} onChangeText={set('phone')} autoComplete="tel" inputMode="tel" />
      <Field id={ids.signUpCompany} label="Company (optional)" value={form.company} onChangeText={set('company')} autoComplete="organization" />
      <Button id={ids.signUpSubmit} label="Sign up" busy={!complete} onPress={() => app.signUp(trimmed)} />
      <Button id={ids.goSignIn} label="I have an account" kind="plain" onPress={() => app.go('signin')} />
    </View>
  );
}

export function SignInScreen() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  return (
    <View style={{ gap: SPACE.l }}>
      <Intro title="Welcome back" text="Sign in to see your plan and your orders." />
      <Field id={ids.signInEmail} label="E-mail" value={email} onChangeText={setEmail} autoComplete="email" inputMode="email" {...PLAIN} />
      <Field
        id={ids.signInPassword}
        label="Password"
        value={password}
        onChangeText={setPassword}
        autoComplete="current-password"
        secureTextEntry
        {...PLAIN}
      />
      <Button id={ids.signInSubmit} label="Sign in" busy={!email.trim() || !password} onPress={() => app.signIn(email.trim(), password)} />
      <Button id={ids.goSignUp} label="I am new here" kind="plain" onPress={() => app.go('signup')} />
    </View>
  );
}

function Intro({ title, text }: { title: string; text: string }) {
  return (
    <View style={{ gap: 4, paddingTop: SPACE.s }}>
      <Title>{title}</Title>
      <Quiet>{text}</Quiet>
    </View>
  );
}
