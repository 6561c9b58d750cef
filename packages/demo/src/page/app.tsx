import { useEffect, useState } from 'react';
import { type DemoConfig, loadConfig } from './config.ts';
import { keep, kept } from './settings/kept.ts';
import { useText } from './settings/settings.tsx';
import { SignIn } from './sign-in/sign-in.tsx';
import { Boundary } from './ui/boundary.tsx';
import { Failure } from './ui/failure.tsx';
import { Workspace } from './workspace/workspace.tsx';

/** A name belongs to a tab, so that two tabs can be two people; a reload keeps it. */
export function App() {
  const text = useText();
  const [name, setName] = useState(nameAtStart);
  const [config, setConfig] = useState<DemoConfig | 'failed'>();

  useEffect(() => {
    if (config === undefined) loadConfig().then(setConfig, () => setConfig('failed'));
  }, [config]);
  useEffect(() => keep('sessionStorage', 'name', name), [name]);

  if (config === 'failed') {
    return (
      <Failure sentence={text.failure.page} action={text.failure.retry} act={() => setConfig(undefined)} />
    );
  }
  if (name === undefined) return <SignIn enter={setName} />;
  if (config === undefined) return null;
  const leave = () => {
    history.replaceState(null, '', location.pathname);
    setName(undefined);
  };
  const failed = (
    <Failure sentence={text.failure.broken} action={text.failure.retry} act={() => location.reload()} />
  );
  return (
    <Boundary instead={failed}>
      <Workspace key={name} config={config} name={name} leave={leave} />
    </Boundary>
  );
}

function nameAtStart(): string | undefined {
  return new URLSearchParams(location.search).get('name') ?? kept('sessionStorage', 'name');
}
