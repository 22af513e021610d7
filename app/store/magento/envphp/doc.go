// Package envphp reads app/etc/env.php, the file in which a Magento shop keeps
// its database connection and its crypt key.
//
// The file is a PHP program that returns an array. It is never run. The reader
// takes the literal array that Magento writes and that most people edit by
// hand: both notations of arrays, texts in single and double quotes, numbers,
// true, false, null, comments, and a declare of strict_types. Whatever else
// stands there, such as a constant, a function call or a variable, is refused
// with its line and with what to do.
//
// [Read] and [Parse] return a [Shop]: what a connection needs, typed, and what
// of it the file does not say. The file has no last word on it: Magento lets
// the environment variables MAGENTO_DC_… and CONFIG__… of the web server
// override any value, and nobody sees these from outside.
//
// No error and no printed Shop shows a password or a key.
package envphp
