/** A text that must not be shown; `reveal()` is called where it is used and nowhere else. */
export type SecretText = { reveal(): string };
