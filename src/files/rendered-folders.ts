/** The folders below the output folder that a render may fill; with every policy switched off it fills fewer of them. */
export const renderedFolders = ['ask', 'common', 'domains', 'keys', 'rendered', 'servers', 'signing'];
