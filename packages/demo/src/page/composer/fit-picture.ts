/** Longer sides are of no use on a screen. */
const LONGEST_SIDE = 1600;
const QUALITY = 0.85;

/** A picture that is too large for the server, or for any screen, made smaller. */
export async function fitPicture(file: File, maxBytes: number): Promise<Blob> {
  // Shrinking would stop an animation, and drawings know no pixels.
  if (file.type === 'image/gif' || file.type === 'image/svg+xml') return file;
  const bitmap = await createImageBitmap(file);
  try {
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    if (scale === 1 && file.size <= maxBytes) return file;
    const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  } finally {
    bitmap.close();
  }
}
