<?php
// Seals and opens with PHP's sodium, by the description of the format alone, so that what
// Factordesk writes is checked by a program that shares no line with it.
//
// Standard input is JSON: {"keys": [base64, …], "seal": [base64, …], "open": [value, …]}. Standard
// output is JSON with "sealed", values under the last key, and "opened", base64 or null.

declare(strict_types=1);

$in = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
$keys = array_map('base64_decode', $in['keys']);
$size = SODIUM_CRYPTO_AEAD_CHACHA20POLY1305_IETF_NPUBBYTES;

$sealed = [];
foreach ($in['seal'] as $plain) {
    $nonce = random_bytes($size);
    $made = sodium_crypto_aead_chacha20poly1305_ietf_encrypt(base64_decode($plain), $nonce, $nonce, end($keys));
    $sealed[] = sprintf('%d:3:%s', count($keys) - 1, base64_encode($nonce . $made));
}

$opened = [];
foreach ($in['open'] as $value) {
    [$key, $cipher, $text] = explode(':', $value);
    $blob = base64_decode($text, true);
    $plain = false;
    if ($cipher === '3' && isset($keys[(int)$key]) && $blob !== false && strlen($blob) >= $size) {
        $nonce = substr($blob, 0, $size);
        $plain = sodium_crypto_aead_chacha20poly1305_ietf_decrypt(substr($blob, $size), $nonce, $nonce, $keys[(int)$key]);
    }
    $opened[] = $plain === false ? null : base64_encode($plain);
}

echo json_encode(['sealed' => $sealed, 'opened' => $opened], JSON_THROW_ON_ERROR);
