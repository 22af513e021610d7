<?php
// Reads encoded_config as Magento does, with PHP's sodium and JSON, by the description of the
// format alone, so that what Factordesk writes is checked by a program that shares no line with it.
//
// Standard input is JSON: {"key": …, "value": …}. Standard output is JSON: the text of the document,
// what json_encode makes of it, and of google the secret and whether it is active.

declare(strict_types=1);

function open(string $value, string $key): string
{
    [, $cipher, $text] = explode(':', $value, 3);
    $blob = base64_decode($text);
    $nonce = substr($blob, 0, SODIUM_CRYPTO_AEAD_CHACHA20POLY1305_IETF_NPUBBYTES);
    $plain = sodium_crypto_aead_chacha20poly1305_ietf_decrypt(substr($blob, strlen($nonce)), $nonce, $nonce, $key);
    if ($cipher !== '3' || $plain === false) {
        fwrite(STDERR, "it does not open\n");
        exit(1);
    }
    return $plain;
}

$in = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
$text = open($in['value'], $in['key']);
$config = json_decode($text, true, 512, JSON_THROW_ON_ERROR);
$google = $config['google'] ?? null;
echo json_encode([
    'text' => $text,
    'again' => json_encode($config),
    'configured' => $google !== null,
    'secret' => isset($google['secret']) ? open($google['secret'], $in['key']) : '',
    'active' => !empty($google['active']),
], JSON_THROW_ON_ERROR);
