// Package phpjson changes one key of a JSON document and leaves every other
// byte of it as it was.
//
// Documents are those that PHP's json_decode and json_encode read and write as
// associative arrays. [Parse] takes what json_decode takes, no more and no
// less, as long as it is an object or the empty list, which is how PHP writes
// an array without keys. Values are kept as text: a number keeps its digits
// and its exponent, a string its escapes, {} stays {} and [] stays []. What is
// written anew is written as json_encode does without flags: a slash as \/,
// what is not ASCII as \uXXXX, an array without keys as [].
//
// So a document that PHP wrote is, after a change here, what PHP would have
// written after the same change. There is one exception: PHP writes an array
// whose keys are the numbers from 0 on as a list, and if only such keys are
// left the document here stays an object. To PHP the two are the same array.
package phpjson
