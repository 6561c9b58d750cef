/** What the server tells the page. */
export interface DemoConfig {
  readonly appId: string;
  readonly appKey: string;
  readonly maxUploadBytes: number;
}

export async function loadConfig(): Promise<DemoConfig> {
  const response = await fetch('/demo/config.json');
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return (await response.json()) as DemoConfig;
}
