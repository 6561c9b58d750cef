import './base.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { SettingsProvider } from './settings/settings.tsx';

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <SettingsProvider>
      <App />
    </SettingsProvider>,
  );
}
