import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type ParleyProcess, startParleyProcess } from '@parley/testkit';
import { type Browser, type BrowserContext, launchBrowser, type Page } from '@parley/testkit/browser';
import { expect } from 'vitest';

/** On a busy machine everything takes its time; conditions are waited for, not moments. */
export const PATIENCE = 90_000;

export type PersonOptions = Parameters<Browser['newContext']>[0];

/** What a browser says about a network that a test took away. */
const EXPECTED = /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|WebSocket connection to/;

/** A server as `npm start` runs it, and a browser for the people who look at its page. */
export class Stage {
  readonly browser: Browser;
  readonly folder: string;
  readonly #port: number;
  #server: ParleyProcess;
  readonly #contexts: BrowserContext[] = [];
  readonly #complaints: string[] = [];

  private constructor(browser: Browser, folder: string, port: number, server: ParleyProcess) {
    this.browser = browser;
    this.folder = folder;
    this.#port = port;
    this.#server = server;
  }

  static async open(): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-page-'));
    const port = await freePort();
    const [browser, server] = await Promise.all([launchBrowser(), start(folder, port)]);
    return new Stage(browser, folder, port, server);
  }

  get url(): string {
    return this.#server.url;
  }

  /** What the page is told: the keys of its app. */
  async keys(): Promise<{ readonly appId: string; readonly appKey: string }> {
    return (await fetch(`${this.url}/demo/config.json`)).json();
  }

  /** Somebody who opens the page in a browser of their own and is who they say. */
  async enter(name: string, options: PersonOptions = {}): Promise<Page> {
    const page = await this.visit(options);
    await page.goto(`${this.url}/?name=${encodeURIComponent(name)}`);
    await page.getByRole('navigation').getByText('Mei', { exact: true }).waitFor();
    return page;
  }

  /** Somebody who has not opened the page yet. */
  async visit(options: PersonOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      locale: 'en-US',
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    this.#contexts.push(context);
    context.setDefaultTimeout(PATIENCE);
    context.on('weberror', (error) => this.#complaints.push(String(error.error())));
    context.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED.test(message.text())) this.#complaints.push(message.text());
    });
    return context.newPage();
  }

  /** As a power cut would. */
  async killServer(): Promise<void> {
    await this.#server.killNine();
  }

  async restartServer(): Promise<void> {
    this.#server = await start(this.folder, this.#port);
  }

  /** After each test: nothing failed in the browser that the page did not show. */
  async leave(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
    expect(this.#complaints.splice(0)).toEqual([]);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.#server.killNine();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function start(folder: string, port: number): Promise<ParleyProcess> {
  return startParleyProcess({ PARLEY_DATA_DIR: folder, PORT: String(port), PARLEY_DEMO: 'on' });
}
