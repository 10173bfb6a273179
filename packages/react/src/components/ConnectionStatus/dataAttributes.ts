/** The data attributes of `<ConnectionStatus>`, for your own CSS: `.rowlock-connection[data-status='live']`. */
export const connectionStatusAttributes = {
  /** `pending` (too early to say), `connecting`, `live`, `uncertain`, `reconnecting` or `refused` */
  status: 'data-status',
} as const;
