import { Buffer } from 'node:buffer';
import { constants, publicEncrypt } from 'node:crypto';

/**
 * The initiator's password as Daraja wants it: RSA with PKCS#1 v1.5 padding under Safaricom's certificate, in base64.
 * WebCrypto has no such encryption. Null where `certificate` (PEM) cannot be read.
 */
export function securityCredential(password: string, certificate: string): string | null {
  try {
    return publicEncrypt(
      { key: certificate, padding: constants.RSA_PKCS1_PADDING },
      Buffer.from(password, 'utf8'),
    ).toString('base64');
  } catch {
    return null;
  }
}
