<?php
// Reads lines of password, salt (both as hex) and versions, and prints the hash of each.
while (($line = fgets(STDIN)) !== false) {
    [$text, $salt, $versions] = explode(',', trim($line));
    $text = hex2bin($text);
    $salt = hex2bin($salt);
    foreach (explode(':', $versions) as $version) {
        $numbers = explode('_', $version === '2' ? '3_32_2_67108864' : $version);
        if ($numbers[0] !== '3') {
            $text = hash($version === '0' ? 'md5' : 'sha256', $salt . $text);
            continue;
        }
        $fit = substr(str_pad($salt, SODIUM_CRYPTO_PWHASH_SALTBYTES, $salt), 0, SODIUM_CRYPTO_PWHASH_SALTBYTES);
        $text = bin2hex(sodium_crypto_pwhash(
            (int) $numbers[1], $text, $fit, (int) $numbers[2], (int) $numbers[3], SODIUM_CRYPTO_PWHASH_ALG_ARGON2ID13
        ));
    }
    echo $text, "\n";
}
