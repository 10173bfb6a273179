/** Differences that nobody sees: a rounded corner is drawn a little differently over another ground. */
const TOLERANCE = 10;

/** How many pixels of two screenshots (PNG, base64) look different. All of them if the sizes differ. */
export async function countDifferentPixels(one: string, other: string): Promise<number> {
  const [a, b] = await Promise.all([readPixels(one), readPixels(other)]);
  if (a.width !== b.width || a.height !== b.height) return Math.max(a.data.length, b.data.length) / 4;
  let count = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    const isDifferent = [0, 1, 2].some((c) => Math.abs(a.data[i + c]! - b.data[i + c]!) > TOLERANCE);
    if (isDifferent) count += 1;
  }
  return count;
}

async function readPixels(picture: string): Promise<ImageData> {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d')!;
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height);
}
