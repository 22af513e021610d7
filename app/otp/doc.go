// Package otp makes and checks one-time codes: TOTP (RFC 6238) and HOTP
// (RFC 4226) with SHA-1, SHA-256 and SHA-512, of six to eight digits.
//
// It promises that
//   - [Match] says which step a code belongs to, accepts only steps after the
//     last accepted one, and takes the same time whichever step matched;
//   - a secret below 80 bits is refused everywhere, an empty one first of all;
//   - no error holds a code or a secret.
//
// [Diagnose] says why a code was refused, [OwnersOf] whose it is, and [CourseOf]
// how a device's clock runs. They use no code up, and state how likely chance
// alone explains what they found.
//
// The package keeps no state: who calls it stores the last accepted step, and
// must do so in one conditional update together with the acceptance.
//
// Codes come from the standard library's HMAC and not from
// github.com/pquerna/otp, which is used in the tests only, as an independent
// check next to the RFC vectors and oathtool. Its generator takes the secret as
// base32 text and sets up the HMAC key again for each code; [Generator] keeps
// the keyed state, which a check over a window needs several times and a
// diagnosis over days some thousand times, and the QR and image packages that
// the module brings along stay out of the programs.
package otp
