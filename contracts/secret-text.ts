/** A text that must not be shown. Only the code that uses the secret calls `reveal()`. */
export type SecretText = { reveal(): string };
