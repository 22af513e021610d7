<?php
// Plays the part of a shop that reads and writes the documents of its users, by the description of
// the format alone: nothing here is Factordesk's.
//
// Standard input is one request of JSON a line, {"keys": [base64, …], "do", "value", "secret"}, all
// texts base64. It opens the value, does one thing to the document and answers on one line of
// standard output: {"text", "again", "secret", "value"}, the JSON that was in the value, what PHP
// makes of it by decoding and encoding, the opened secret of google, and the new value.

declare(strict_types=1);

function open_value(string $value, array $keys): string
{
    [$key, $cipher, $text] = explode(':', $value);
    $blob = base64_decode($text, true);
    $nonce = substr($blob, 0, SODIUM_CRYPTO_AEAD_CHACHA20POLY1305_IETF_NPUBBYTES);
    $plain = sodium_crypto_aead_chacha20poly1305_ietf_decrypt(substr($blob, strlen($nonce)), $nonce, $nonce, $keys[(int)$key]);
    if ($cipher !== '3' || $plain === false) {
        throw new RuntimeException('the value does not open');
    }
    return $plain;
}

function seal_value(string $plain, array $keys): string
{
    $nonce = random_bytes(SODIUM_CRYPTO_AEAD_CHACHA20POLY1305_IETF_NPUBBYTES);
    $made = sodium_crypto_aead_chacha20poly1305_ietf_encrypt($plain, $nonce, $nonce, end($keys));
    return (count($keys) - 1) . ':3:' . base64_encode($nonce . $made);
}

while (($line = fgets(STDIN)) !== false) {
    $in = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
    $keys = array_map('base64_decode', $in['keys']);
    $text = open_value(base64_decode($in['value']), $keys);
    $config = json_decode($text, true, 512, JSON_THROW_ON_ERROR);
    $again = json_encode($config, JSON_THROW_ON_ERROR);
    $secret = isset($config['google']['secret']) ? open_value($config['google']['secret'], $keys) : '';
    switch ($in['do']) {
        case 'put':
            unset($config['google']['active']);
            $config['google']['secret'] = seal_value(base64_decode($in['secret']), $keys);
            break;
        case 'activate':
            $config['google']['active'] = true;
            break;
        case 'reset':
            unset($config['google']);
            break;
        case 'duo':
            $config['duo_security'] = ['active' => true];
            break;
    }
    echo json_encode(array_map('base64_encode', [
        'text' => $text,
        'again' => $again,
        'secret' => $secret,
        'value' => seal_value(json_encode($config, JSON_THROW_ON_ERROR), $keys),
    ])), "\n";
    flush();
}
