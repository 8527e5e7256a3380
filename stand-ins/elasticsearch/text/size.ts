import { illegalArgument } from '../errors.ts';

const UNIT_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1_024,
  mb: 1_048_576,
  gb: 1_073_741_824,
  tb: 1_099_511_627_776,
  pb: 1_125_899_906_842_624,
};

/** Bytes of a size such as `50gb`. @param name of the setting, for the message */
export function parseSizeBytes(name: string, value: string): number {
  const match = /^(\d+(?:\.\d+)?)(b|kb|mb|gb|tb|pb)$/.exec(value.trim().toLowerCase());
  const unit = UNIT_BYTES[match?.[2] ?? ''];
  if (match === null || unit === undefined) {
    throw illegalArgument(
      `failed to parse setting [${name}] with value [${value}] as a size in bytes: unit is missing or unrecognized`,
    );
  }
  return Number(match[1]) * unit;
}
