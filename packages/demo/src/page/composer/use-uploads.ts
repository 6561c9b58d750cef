import { type Conversation, ImageMessage } from '@parley/client';
import { useState } from 'react';
import { useText } from '../settings/settings.tsx';
import { useToast } from '../ui/toasts.tsx';
import { useSeat } from '../workspace/seat.ts';
import { fitPicture } from './fit-picture.ts';

/** A picture on its way to the server. */
export interface Upload {
  readonly id: number;
  readonly name: string;
  /** Where the browser shows it from. */
  readonly preview: string;
  /** From 0 to 1. */
  readonly progress: number;
  readonly controller: AbortController;
}

let count = 0;
const MEGABYTE = 1024 * 1024;
const MOST_AT_ONCE = 6;

export function useUploads(conversation: Conversation) {
  const { client, maxUploadBytes } = useSeat();
  const { composer } = useText();
  const toast = useToast();
  const [list, setList] = useState<readonly Upload[]>([]);
  async function send(file: File): Promise<void> {
    const upload: Upload = {
      id: ++count,
      name: file.name,
      preview: URL.createObjectURL(file),
      progress: 0,
      controller: new AbortController(),
    };
    setList((others) => [...others, upload]);
    const changed = (progress: number) =>
      setList((others) => others.map((other) => (other.id === upload.id ? { ...other, progress } : other)));
    try {
      const picture = await fitPicture(file, maxUploadBytes);
      if (picture.size > maxUploadBytes) {
        toast(composer.tooLarge(file.name, maxUploadBytes / MEGABYTE));
        return;
      }
      const stored = await client.files.upload(picture, {
        name: file.name,
        onProgress: changed,
        signal: upload.controller.signal,
      });
      const isPair = conversation.data.members.length === 2;
      // The list shows what becomes of the message itself.
      conversation.send(new ImageMessage(stored), { receipt: isPair }).catch(() => {});
    } catch {
      if (!upload.controller.signal.aborted) toast(composer.uploadFailed(file.name));
    } finally {
      setList((others) => others.filter(({ id }) => id !== upload.id));
    }
  }

  function add(files: readonly File[]): void {
    for (const file of files.slice(0, MOST_AT_ONCE)) {
      if (file.type.startsWith('image/')) void send(file);
      else toast(composer.notAPicture(file.name));
    }
  }

  return { list, add, cancel: (upload: Upload) => upload.controller.abort() };
}
