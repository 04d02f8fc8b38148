/**
 * What of a user's own environment names an S3 server.
 */

/** Variables by which the SDK itself is told of a server. */
export const S3_ORIGIN_VARIABLES = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'] as const
