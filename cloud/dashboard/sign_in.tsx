import { useState } from 'preact/hooks';
import { Notice } from '../../shared/ui/components.tsx';
import { request } from '../../shared/ui/http.ts';
import { SessionAnswer, signIn } from './session.ts';

export function SignIn() {
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (form: HTMLFormElement) => {
    const fields = new FormData(form);
    setBusy(true);
    const answer = await request(SessionAnswer, '/v1/staff_sessions', {
      method: 'POST',
      body: { email: fields.get('email'), password: fields.get('password') },
    });
    setBusy(false);
    if (answer.ok) signIn(answer.value);
    else
      setTrouble(
        answer.problem === null
          ? 'No connection. Try again.'
          : 'That e-mail and password do not go together, or the account is locked for a while.',
      );
  };
  return (
    <main class="sign-in">
      <form
        class="card stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        <h1>Sesame</h1>
        {trouble !== null && <Notice tone="alarm">{trouble}</Notice>}
        <label>
          E-mail
          <input name="email" type="email" autoComplete="username" required />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <button class="primary" type="submit" disabled={busy}>
          Sign in
        </button>
      </form>
    </main>
  );
}
