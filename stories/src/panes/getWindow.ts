import { expect, screen, waitFor } from 'storybook/test';

/** The page in the frame of that title, when it is there. */
export async function getWindow(title: string): Promise<HTMLElement> {
  const frame = (await screen.findByTitle(title)) as HTMLIFrameElement;
  await waitFor(() => expect(frame.contentDocument?.querySelector('main')).toBeInTheDocument());
  return frame.contentDocument!.body;
}
