/** Names of arms, gates and pointers: safe in file names, labels and logs. */
export const namePattern = /^[a-z0-9][a-z0-9-]{0,39}$/u;
